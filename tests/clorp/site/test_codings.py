"""Static files are packed for whoever takes that, and for nobody who refuses it."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from clorp.site.codings import accepted

TAKES = ["gzip", "GZIP", "gzip;q=1", "gzip;q=0.001", "br, gzip;q=0.5", "gzip ; q = 1.0", "x-gzip", "*;q=0, gzip"]
REFUSES = [
    *("", "identity", "gzip;q=0", "gzip;q=0.0", "gzip; q=0.000", "GZIP;Q=0", "gzip;q=0, br", "gzip, gzip;q=0"),
    *("not-gzip", "gzip-not", "gzip2", "gzip;q=-1", "gzip;q=2", "gzip;q=nan", "gzip;level=0;q=0", "*;q=0", "deflate"),
]


@pytest.fixture
def ask(tmp_path, settings, db):
    """`ask(header)` is a sheet as production serves it, packed beside its plain form."""
    sheet = tmp_path / "sheet.css"
    sheet.write_text("a { color: red; }\n" * 500)
    (tmp_path / "sheet.css.gz").write_bytes(gzip.compress(sheet.read_bytes()))
    settings.STATIC_ROOT, settings.WHITENOISE_USE_FINDERS, settings.WHITENOISE_AUTOREFRESH = tmp_path, False, False

    def answer(header):
        answered = Client().get("/static/sheet.css", headers={"Accept-Encoding": header})
        sent = b"".join(answered.streaming_content)
        answered.close()
        return answered.get("Content-Encoding"), sent[:2] == b"\x1f\x8b", answered["Vary"]

    return answer


def test_who_takes_packed_files_gets_them_and_who_refuses_them_does_not(ask):
    assert {header: ask(header) for header in TAKES} == dict.fromkeys(TAKES, ("gzip", True, "Accept-Encoding"))
    assert {header: ask(header) for header in REFUSES} == dict.fromkeys(REFUSES, (None, False, "Accept-Encoding"))


@pytest.mark.parametrize("condition", ['"an-older-etag"', 'W/"weak"', "Sun, 06 Nov 1994 08:49:37 GMT", "x", '""'])
def test_who_has_a_part_of_another_version_gets_the_whole_of_this_one(ask, condition):
    part = {"Range": "bytes=0-9"}
    for headers, status in ((part, 206), ({**part, "If-Range": condition}, 200)):
        answer = Client().get("/static/sheet.css", headers=headers)
        answer.close()
        assert (answer.status_code, "Content-Range" in answer) == (status, status == 206)


@given(st.text(), st.text("gzip;q=0.1, *br-", max_size=30))
def test_no_header_breaks_it_and_none_gets_what_it_refuses(before, after):
    assert "gzip" not in accepted(f"{before},gzip;q=0,{after}")
