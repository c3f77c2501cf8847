"""A file of the site's own is sent whole, in part, or not at all where it is known already, as HTTP has it."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

PATH = "/static/css/tokens.css"
NO_RANGES = ["", "bytes=", "bytes=-", "bytes=--5", "bytes=+1-2", "bytes=\u0661-", "bytes=0-0,2-3", "lines=1-2"]


def asked(method="get", **headers):
    answer = getattr(Client(), method)(PATH, headers={name.replace("_", "-"): text for name, text in headers.items()})
    return answer.status_code, answer.getvalue(), answer


@pytest.fixture(scope="module")
def whole():
    return asked()[1]


@pytest.mark.parametrize("known", ["{etag}", "W/{etag}", '"x", {etag}', '"a,b",W/{etag}', "*", " {etag} "])
def test_whoever_knows_it_is_told_so(known):
    etag = asked()[2]["ETag"]
    status, content, answer = asked(If_None_Match=known.format(etag=etag))
    assert (status, content, answer["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize("known", ['"x"', "x", "", 'W/"x", "y"'])
def test_whoever_knows_another_gets_it(known, whole):
    # Where an ETag is named, the time says nothing.
    assert asked(If_None_Match=known, If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT")[:2] == (200, whole)


@given(st.integers(0, 5_000), st.none() | st.integers(0, 9_000))
def test_a_range_is_what_it_names(start, end):
    all_of_it = asked()[1]
    status, content, answer = asked(Range=f"bytes={start}-{'' if end is None else end}")
    if end is not None and end < start:
        assert (status, content) == (200, all_of_it)
    elif start >= len(all_of_it):
        assert (status, answer["Content-Range"]) == (416, f"bytes */{len(all_of_it)}")
    else:
        last = min(len(all_of_it) - 1, len(all_of_it) if end is None else end)
        assert (status, content) == (206, all_of_it[start : last + 1])
        assert answer["Content-Range"] == f"bytes {start}-{last}/{len(all_of_it)}"


@pytest.mark.parametrize("count", [1, 5, 1_000_000])
def test_its_end_can_be_asked_for(count, whole):
    assert asked(Range=f"bytes=-{count}")[:2] == (206, whole[-count:])


@pytest.mark.parametrize("odd", NO_RANGES)
def test_what_is_no_range_of_ours_is_passed_over(odd, whole):
    assert asked(Range=odd)[:2] == (200, whole)


def test_of_nothing_there_is_no_part(whole):
    assert asked(Range="bytes=-0")[0] == 416
    status, _, answer = asked("head", Range="bytes=0-1")
    assert (status, answer["Content-Length"]) == (200, str(len(whole)))
