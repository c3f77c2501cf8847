"""Strangers' words at a terminal: whatever is in them, they are only words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clorp_cli.text import clean, columns, cut, one_line, table
from tests.cli.conftest import key_of

HOSTILE = {
    "colours": ("\x1b[31mred\x1b[0m", "red"),
    "the screen": ("\x1b[2J\x1b[Hgone", "gone"),
    "a title": ("\x1b]0;you won\x07here", "here"),
    "a clipboard": ("\x1b]52;c;cm0gLXJm\x1b\\here", "here"),
    "a link": ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
    "eight bits": ("\x9b31mred\x9d0;title\x9cend", "redend"),
    "no end": ("\x1b]0;all the rest", ""),
    "over the line": ("paid $5\rpaid $9", "paid $5\npaid $9"),
    "backspaces": ("no\x08\x08yes", "noyes"),
    "a question": ("\x1b[6n\x05\x1bZ", ""),
    "another way round": ("abc\u202edef\u2066ghi", "abcdefghi"),
    "bells": ("\a\a\x00", ""),
    "a charset": ("\x1b(0qqq\x1b(B", "qqq"),
}
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize(("text", "left"), HOSTILE.values(), ids=HOSTILE)
def test_what_moves_a_terminal_is_taken_out(text, left):
    assert clean(text) == left


@given(st.text())
def test_nothing_that_is_cleaned_holds_a_control_character(text):
    assert not CONTROL.search(clean(text))
    assert "\n" not in one_line(text)


def test_words_of_every_script_stay_as_they_are():
    for text in ("Zażółć", "日本語", "שלום", "👩‍👩‍👧 ok", "e\u0301"):
        assert clean(text) == text


def test_columns_are_those_of_a_terminal():
    assert [columns(text) for text in ("abc", "日本", "e\u0301", "")] == [3, 4, 1, 0]
    assert cut("日本語です", 5) == "日本…"
    lines = table([["ID", "NAME"], ["日", "x" * 200]], width=40)
    assert [columns(line) <= 40 for line in lines] == [True, True]


@pytest.mark.django_db(transaction=True)
def test_a_hostile_drop_is_harmless_on_every_page_and_still_whole_for_programs(clorp, site):
    evil = "Name it.\x1b]0;pwned\x07\x1b[2J\u202e\x9b31m Now."
    key = key_of("sender@example.com")
    job = clorp("drop", evil, "--title", "\x1b[31mred\x9b1m", "-y", key=key)
    assert job.code == 0, job.err
    for arguments in (["board"], ["view", job.json["id"]], ["status", job.json["id"]], ["jobs"], ["whoami"]):
        ran = clorp(*arguments, key=key, typed="")
        shown = re.sub(r"\x1b\[\d+m", "", ran.out + ran.err)
        assert ran.code == 0
        assert not CONTROL.search(shown), arguments
    piped = clorp("view", job.json["id"], key=key)
    assert piped.json["prompt"] == job.json["prompt"]
    assert not CONTROL.search(piped.out)
