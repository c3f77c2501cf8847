"""A body in another form than the page's own is refused by its own status, not taken for an empty form."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.api import Api, is_problem
from tests.browsers import signed_in
from tests.play import open_drop

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
OTHERS = [
    *("application/json", "text/plain", "application/xml", "application/octet-stream", "", "nonsense", "*/*"),
    *("application/json; charset=utf-8", f"text/plain; a={FORM}", "application/x-www-form", "multipart/mixed"),
    *(f"{FORM}; charset=utf-16", f"{FORM}; charset=latin-1", f"{FORM}; charset=utf-7", f"{FORM};charset=nonsense"),
    "multipart/form-data; boundary=b; charset=iso-8859-1",
    # Python's codecs that read no text, or not whatever comes.
    *(
        f"multipart/form-data; boundary=b; charset={name}"
        for name in ("zlib", "bz2", "rot13", "hex", "idna", "punycode")
    ),
    *("multipart/form-data; boundary=b; charset=undefined", f"{FORM}; charset=unicode_escape"),
]
TAKEN = [
    *(FORM, FORM.upper(), f"{FORM};charset=utf-8", f'{FORM}; charset="UTF-8"', f"{FORM};charset=utf8", f"{FORM};"),
    *(f"{FORM}; charset=us-ascii", f"{FORM}; charset=", f"{FORM}; boundary=x"),
]
BODY = b"login=ada%40example.com&password=wrong+password"


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("path", ["/accounts/login/", "/preview", "/accounts/password/reset/", "/admin/login/"])
def test_a_body_that_is_no_form_is_refused_as_that(path, kind):
    answer = Client().generic("POST", path, BODY, content_type=kind)
    assert answer.status_code == 415 and "as a form" in answer.content.decode()
    assert answer["Accept"] == f"{FORM}, multipart/form-data"


@pytest.mark.parametrize("kind", OTHERS)
def test_so_is_that_of_somebody_who_is_signed_in_and_nothing_is_done(kind, sender, agent):
    drop = open_drop(sender)
    assert signed_in(agent).generic("POST", f"/drops/{drop.pk}/claim", b"a=b", content_type=kind).status_code == 415
    assert not drop.claims.exists()


FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="\xc3\xa9.txt"\r\n\r\nhello\r\n--b--\r\n'


@pytest.mark.parametrize("kind", [kind for kind in OTHERS if kind.startswith("multipart/form-data")])
def test_an_upload_in_another_encoding_is_refused_by_the_api(kind, agent):
    api = Api(agent)
    answer = api.client.generic("POST", "/api/attachments", FILE, content_type=kind, headers=api.headers)
    is_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("kind", TAKEN)
def test_a_form_is_one_however_its_type_is_written(kind):
    answer = Client().generic("POST", "/accounts/login/", BODY, content_type=kind)
    assert answer.status_code == 200 and "ada@example.com" in answer.content.decode()


@pytest.mark.parametrize("kind", ["", "text/plain", "application/json"])
def test_a_button_without_a_form_sends_nothing_and_is_pressed_all_the_same(kind, sender, agent):
    drop = open_drop(sender)
    assert signed_in(agent).generic("POST", f"/drops/{drop.pk}/claim", b"", content_type=kind).status_code == 302
    assert drop.claims.exists()


@pytest.mark.parametrize("name", ["mcp", "client_registration"])
def test_doors_for_programs_read_what_they_read(name):
    paths = {entry.name: entry for entry in get_resolver().url_patterns if getattr(entry, "name", None)}
    path = f"/{paths[name].pattern}" if name in paths else "/identity/o/api/clients"
    assert Client().generic("POST", path, b"{}", content_type="application/json").status_code != 415
