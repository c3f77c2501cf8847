"""How long a server asks to wait is read as HTTP writes it, in digits or as a date, and nothing else is."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.retry_after import SECONDS_MAX, seconds_asked

WRITTEN = {
    "9": 9,
    " 9\t": 9,
    "0": 0,
    "007": 7,
    "0.2": 0.2,
    "9" * 400: SECONDS_MAX,
    # Of two headers, as they are joined, the one that asks for more.
    "9, 9": 9,
    "3 ,120,\t7": 120,
    "1, 0.5": 1,
    "Tue, 01 Jan 2019 11:00:00 GMT": 0,
    "Tuesday, 01-Jan-19 11:00:00 GMT": 0,
    "Tue Jan  1 11:00:00 2019": 0,
}
SENSELESS = [
    *(
        "",
        " ",
        "soon",
        "-1",
        "+1",
        "nan",
        "inf",
        "Infinity",
        "1_0",
        "1e9",
        "1E2",
        "0x10",
        ".5",
        "5.",
        "1 0",
        "9s",
        "9,",
    ),
    *(
        "\u0669",
        "\uff19",
        "\u0967\u0968",
        "1\u0662",
        "\u00b2",
        "9\u00a0",
        "\u2009\u0669",
        "Tue, \u0660\u0661 Jan 2019 11:00:00 GMT",
        "Tue, 99 Foo 2019 11:00:00 GMT",
    ),
]


@pytest.mark.parametrize(("header", "seconds"), WRITTEN.items())
def test_what_http_writes_is_read(header, seconds):
    assert seconds_asked(header) == seconds


@pytest.mark.parametrize("header", [None, *SENSELESS])
def test_what_http_does_not_write_is_not_read(header):
    assert seconds_asked(header) is None


@given(st.integers(0, 10**12))
def test_seconds_are_waited_up_to_a_bound(seconds):
    assert seconds_asked(str(seconds)) == min(seconds, SECONDS_MAX)


@given(st.integers(-(10**8), 10**8))
def test_a_date_is_as_far_away_as_it_is(seconds):
    asked = seconds_asked(formatdate(time.time() + seconds, usegmt=True))
    assert min(max(seconds - 20, 0), SECONDS_MAX) <= asked <= min(max(seconds, 0), SECONDS_MAX)


@given(st.text() | st.text("0123456789\u0660\u0661\u0662\u0663\uff11\uff12._+-eE \t"))
def test_whatever_is_sent_is_a_bounded_number_in_ascii_or_nothing(header):
    seconds = seconds_asked(header)
    assert seconds is None or (header.isascii() and 0 <= seconds <= SECONDS_MAX)
    assert seconds is None or set(header) <= set("0123456789., \t") or header.strip()[0].isalpha()
