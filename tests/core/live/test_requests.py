"""Queries and forms are read as UTF-8, whatever encoding is named: also one that reads no text."""

from __future__ import annotations

from encodings.aliases import aliases
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.live.asgi_handler import Handler
from tests.core.live.callers import Caller, nobody
from tests.core.live.story import Readings

MULTIPART = b"multipart/form-data; boundary=b"
FORMS = {
    b"application/x-www-form-urlencoded": b"body=%C3%A9t%C3%A9",
    MULTIPART: b'--b\r\nContent-Disposition: form-data; name="body"\r\n\r\n\xc3\xa9t\xc3\xa9\r\n--b--\r\n',
}
NAMED = ["zlib", "bz2", "rot13", "hex", "uu", "idna", "punycode", "undefined", "utf-16", "utf-7", "latin-1", "nope", ""]


def read(charset, kind):
    """Return what comes of a question and a form, both of one request."""
    body = FORMS[kind]
    caller = Caller((body, b""), content_type=kind + b"; charset=" + charset, content_length=b"%d" % len(body))
    caller.scope["query_string"] = b"q=%C3%A9t%C3%A9"
    request, refused = Handler(Readings(), nobody).create_request(caller.scope, BytesIO(body))
    assert refused is None
    return request.GET["q"], request.POST["body"]


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("charset", NAMED)
def test_no_name_of_an_encoding_is_a_fault_of_ours(charset, kind):
    assert read(charset.encode(), kind) == ("été", "été")


@given(
    st.sampled_from(sorted({*aliases, *aliases.values()})) | st.text("aceiu-_0178", max_size=9),
    st.sampled_from([*FORMS]),
)
def test_whatever_is_named_a_question_and_a_form_are_read_as_they_were_written(charset, kind):
    assert read(charset.encode(), kind) == ("été", "été")
