import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drops.ranking.text import CleanText, clean_text, cut_text, one_line


@pytest.mark.parametrize(
    ("raw", "clean", "hidden"),
    [
        ("zero\u200bwidth", "zerowidth", 1),
        ("\u202eturned\u202c", "turned", 2),
        ("tag\U000e0041\U000e0042s", "tags", 2),
        ("private\ue000use", "privateuse", 1),
        ("bell\x07 and escape\x1b", "bell and escape", 2),
        ("selectors\ufe01\ufe02\U000e0101", "selectors", 3),
        ("blank\u2800\u3164s", "blanks", 2),
        ("soft\u00adhyphen", "softhyphen", 1),
    ],
)
def test_hidden_characters_are_taken_out_and_counted(raw: str, clean: str, hidden: int) -> None:
    cleaned = clean_text(raw)

    assert (cleaned.text, cleaned.hidden) == (clean, hidden)


@pytest.mark.parametrize(
    "raw",
    ["\ufeffa start", "a\r\nb\rc\u2028d", "1\ufe0f\u20e3", "\u2764\ufe0f\u200d\U0001f525", "\u0645\u06cc\u200c\u0634"],
)
def test_what_ordinary_writing_needs_is_not_counted(raw: str) -> None:
    assert clean_text(raw).hidden == 0


def test_letters_have_one_spelling() -> None:
    assert clean_text("\uff1c/entry\uff1e \ufb01t").text == "</entry> fit"


def test_line_ends_become_newlines_and_tabs_stay() -> None:
    assert clean_text("a\r\nb\rc\x0bd\te").text == "a\nb\nc\nd\te"


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        st.sampled_from("a \r\n\u0301\u200b\u200d\ufe0f\uffa0\u1160\u034f\u2028\U000e0041\ufb01\uac00\u11a8"),
        max_size=12,
    )
)
def test_cleaning_twice_changes_nothing_and_leaves_nothing_hidden(raw: str) -> None:
    once = clean_text(raw).text

    assert clean_text(once) == CleanText(once, 0)
    assert not {unicodedata.category(char) for char in once if char != "\n"} & {"Cc", "Cf", "Co", "Cs"}


def test_a_cut_says_how_much_is_left_out() -> None:
    assert cut_text("abcdef", 4) == ("abcd", 2)
    assert cut_text("abc", 4) == ("abc", 0)


def test_one_line_has_no_line_ends_and_an_end() -> None:
    assert one_line(" a\n\n b\u202e ", 10) == "a b"
    assert one_line("x" * 20, 10) == "x" * 9 + "…"
