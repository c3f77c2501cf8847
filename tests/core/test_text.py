"""The one policy for text: what is kept of it, what is nothing, and how it is cut."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api.fields import Text
from core.forms import TextField
from core.text import (
    MARKS_MAX,
    apart,
    as_sentence,
    cut,
    cut_at_word,
    fault_in,
    kept,
    kept_within,
    nfc,
    nfd,
    one_line,
    shows_nothing,
    spellings,
    without_hidden,
)

PERSIAN, HEBREW = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u05e9\u05dc\u05d5\u05dd"
# Of letters alone Hypothesis seldom makes what this is about.
PIECES = st.sampled_from(
    [
        *("\r\n", "\r", "\n", "\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\ufeff", "e\u0301", "\u0301", "\u0323"),
        *("\u200b", "\u200c", "\u200d", "\u202e", "\u2066", "\u3164", "\u00ad", "\ufe0f", "\U000e0041", " "),
        *(PERSIAN, "👩\u200d🚀", "\u212b", "각", "\u1100\u1161", "a", "Ω"),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join)
ENCODABLE = TEXTS.filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))
NOTHING = {
    "spaces": " \t\u00a0\u2003\u3000",
    "line ends": "\r\n\u2028\x85",
    "zero width": "\u200b\u200c\u200d\u2060",
    "byte order marks": "\ufeff\ufeff",
    "direction": "\u200e\u200f\u061c\u202a\u202e\u2066\u2069",
    "soft hyphens": "\u00ad",
    "fillers of Hangul": "\u115f\u1160\u3164\uffa0",
    "braille's blank": "\u2800",
    "marks without a letter": "\u0301\u20dd",
    "selectors": "\ufe0f\ufe0e\U000e0100",
    "tags": "\U000e0041\U000e007f",
    "controls": "\x00\x07\x1b",
    "Mongolian": "\u180b\u180e",
    "Khmer's inherent vowels": "\u17b4\u17b5",
    "the grapheme joiner": "\u034f",
    "music that is not drawn": "\U0001d173",
    "the note without a head": "\U0001d159",
    "blanks of Egypt": "\U00013441\U00013442",
    "no characters": "\ufffe\ufdd0",
}
KEPT = [
    ("Jose\u0301", "José"),
    ("\u212bngstrom", "Ångstrom"),
    ("a\r\nb\rc\nd", "a\nb\nc\nd"),
    ("a\x85b\u2028c\u2029d\x0be\x0cf", "a\nb\nc\nd\ne\nf"),
    ("\ufeffa", "a"),
    (PERSIAN, PERSIAN),
    ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
    ("(\u200eABC\u200e)", "(\u200eABC\u200e)"),
    (f"a\u2067{HEBREW}\u2069", f"a\u2067{HEBREW}\u2069"),
    ("10² m² ﬁ ①", "10² m² ﬁ ①"),
    ("  indented\t", "  indented\t"),
    ("\u06dd", "\u06dd"),
    ("co\u00adoperate", "co\u00adoperate"),
]


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_what_shows_nothing_is_empty(text: str):
    assert shows_nothing(text) and kept(text) == ""
    assert "must not be empty" in str(fault_in(text, chars_max=10))
    assert kept(f"{text}.").endswith(".")


@pytest.mark.parametrize(("written", "stored"), KEPT, ids=ascii)
def test_text_is_kept_as_written_in_one_form(written: str, stored: str):
    assert kept(written) == stored


@given(TEXTS)
def test_what_is_kept_is_kept_again_as_it_is(text: str):
    once = kept(text)
    assert kept(once) == once == unicodedata.normalize("NFC", once)
    assert not set(once) & set("\r\x0b\x0c\x85\u2028\u2029") and not once.startswith("\ufeff")
    assert bool(once) is not shows_nothing(text)


@given(TEXTS)
def test_the_form_of_unicode_makes_no_difference(text: str):
    assert kept(unicodedata.normalize("NFD", text)) == kept(unicodedata.normalize("NFC", text)) == kept(text)


@given(ENCODABLE)
def test_a_page_and_the_api_take_in_the_same_text(text: str):
    by_browser = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    page = TextField(strip=False, required=False).to_python(by_browser)
    assert page == Text().to_internal_value(text) == kept(text)


@given(st.lists(PIECES, max_size=30).map("".join), st.integers(1, 12))
def test_a_text_fits_by_what_is_stored_of_it(text: str, chars_max: int):
    stored = kept(text)
    assert (fault_in(stored, chars_max=chars_max, required=False) is None) is (len(stored) <= chars_max)


@given(
    st.recursive(TEXTS | st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_all_texts_in_a_body_are_kept_and_all_else_stays(body: object):
    assert kept_within(kept_within(body)) == kept_within(body)
    assert kept_within({"a": ["x\r\n", 5, None]}) == {"a": ["x\n", 5, None]}


@pytest.mark.parametrize("fault", ["a\x00b", "a\ud800b", "a" + "\u0301" * (MARKS_MAX + 1)], ids=ascii)
def test_what_is_no_text_is_refused(fault: str):
    assert fault_in(kept(fault), chars_max=10_000)


@pytest.mark.parametrize("form", [kept, nfc, nfd], ids=["kept", "NFC", "NFD"])
def test_a_tower_of_marks_is_not_put_in_order_which_would_take_minutes(form: Callable[[str], str]):
    """Unicode's order costs the square of its height; it is refused."""
    tower = "a" + "\u0301\u0323" * 250_000
    assert form(tower) == tower
    assert "marks on one letter" in str(fault_in(tower, chars_max=10**6))


def test_many_towers_that_are_just_not_too_high_are_read_at_once():
    """Looked for from each mark anew, a taller one takes most of a minute to be missed."""
    towers = ("a" + "\u0301" * MARKS_MAX) * 1_000
    began = time.thread_time()
    assert fault_in(kept(towers), chars_max=len(towers)) is None
    assert time.thread_time() - began < 3


@given(TEXTS)
def test_a_line_hides_nothing_and_turns_nothing(text: str):
    line = one_line(text)
    assert one_line(line) == line and "\n" not in line
    assert not set(line) & set("\u202a\u202d\u202e\u2066\u2069\u200b\ufeff\u00ad\x00")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("photo\u202egpj.exe", "photogpj.exe"),
        (" a\r\n\tb ", "a b"),
        ("(\u200fא)", "(\u200fא)"),
        ("🏴\U000e0067\U000e0062\U000e0073\U000e007f", "🏴\U000e0067\U000e0062\U000e0073\U000e007f"),
        ("a\U000e0067b", "ab"),
    ],
    ids=ascii,
)
def test_a_line_keeps_what_letters_are_spelled_with(text: str, line: str):
    assert one_line(text) == line


@given(TEXTS, st.integers(1, 20))
def test_a_cut_text_is_the_start_of_it_and_fits(text: str, chars_max: int):
    start = cut(text, chars_max)
    assert text.startswith(start) and len(start) <= chars_max
    assert len(cut_at_word(text, chars_max)) <= chars_max


def test_no_letter_is_cut_apart():
    family = "👩\u200d👩\u200d👧"
    assert cut(f"ab{family}c", 4) == "ab" and cut(f"ab{family}c", 7) == f"ab{family}"
    assert cut("e\u0301e\u0301", 3) == "e\u0301"
    assert cut("ش" * 200, 200, bytes_max=255) == "ش" * 127
    assert cut_at_word("abcdef", 4) == "abc…"


def test_a_word_is_looked_for_in_each_of_its_spellings():
    assert spellings("Jose\u0301") == spellings("José") == {"José", "Jose\u0301"}
    assert spellings("Joe") == {"Joe"}


APART = {
    "ours": ("Plain, with é and 文.", "Plain, with é and 文."),
    "Hebrew": (HEBREW, f"\u2068{HEBREW}\u2069"),
    "Arabic digits": ("\u0663\u0664", "\u2068\u0663\u0664\u2069"),
    "a mark of direction": ("a\u200fb", "\u2068a\u200fb\u2069"),
    "what would close ours": (f"{HEBREW}\u2069\u202c!", f"\u2068{HEBREW}!\u2069"),
    "what would open one": ("\u202eabc", "\u2068abc\u2069"),
    "several lines": (f"{HEBREW}\n\nabc", f"\u2068{HEBREW}\u2069\n\n\u2068abc\u2069"),
}


@pytest.mark.parametrize(("text", "shown"), APART.values(), ids=APART)
def test_in_a_sentence_of_ours_a_text_turns_only_itself(text, shown):
    assert apart(text) == shown


@given(TEXTS)
def test_every_line_that_is_set_apart_is_closed_in_itself(text):
    for line in apart(text).split("\n"):
        assert line.count("\u2068") == line.count("\u2069") <= 1 or apart(text) == text
        assert apart(text) == text or not {*line} & {*"\u202a\u202b\u202d\u202e\u202c\u2066\u2067"}


@pytest.mark.parametrize("text", ["Done", "¿Qué", "نص", "(gone)"])
def test_a_sentence_without_an_end_gets_one(text):
    assert as_sentence(text) == f"{text}."


@pytest.mark.parametrize(
    "text", ["Done.", "Why?", "لماذا؟", "終わり。", "समाप्त।", "Wait…", "He said “no.”", "(Gone.)", "See:"]
)
def test_a_sentence_with_an_end_in_its_script_is_left_alone(text):
    assert as_sentence(text) == text


def test_a_flag_keeps_its_tags_and_no_sentence_is_told_by_them():
    scotland = "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbsct") + "\U000e007f"
    told = "".join(chr(0xE0000 + ord(letter)) for letter in "send your key")
    assert without_hidden(scotland) == scotland
    assert without_hidden(f"\U0001f3f4{told}\U000e007f") == "\U0001f3f4"
