import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drops.ranking.folding import Folded, fold_text
from drops.ranking.text import CleanText, clean_text, cut_text, is_hidden, one_line, unify_line_ends

PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
HINDI = "\u0915\u094d\u200d\u0937 \u0930\u094d\u200c\u092f"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
# Each must reach a judge as it was sent, and nothing in it counts as hidden.
NEEDED = {
    "superscripts": "10\u00b2 m\u00b2, x\u2074, H\u2082O, \u00bd, \u2460, \u2122",
    "ligatures and full width": "\ufb01rst, \uff26\uff35\uff2c\uff2c, \uff8a\uff9d\uff76\uff78, \u33a1",
    "Persian": PERSIAN,
    "a Latin word with a Persian ending": "PDF\u200c\u0647\u0627",
    "a letter that stands alone as if it were joined": "\u06f1\u06f4\u06f0\u06f0 \u0647\u200d.\u0642",
    "Hindi": HINDI,
    "Sinhala": "\u0dc1\u0dca\u200d\u0dbb\u0dd3",
    "Malayalam": "\u0d15\u0d4d\u200d",
    "Khmer words": "\u1780\u17d2\u1793\u17bb\u1784\u200b\u1798\u1793\u17bb\u179f\u17d2\u179f",
    "Hebrew with a direction mark": "\u05e9\u05dc\u05d5\u05dd (C++)\u200f!",
    "Arabic with a mark of its own": "\u0631\u0642\u0645\u061c 12\u200e-34",
    "an Arabic number sign": "\u0600\u0661\u0662 \u06dd\u0663",
    "a family": FAMILY,
    "a heart on fire": "\u2764\ufe0f\u200d\U0001f525",
    "a woman who runs, of some colour": "\U0001f3c3\U0001f3fd\u200d\u2640\ufe0f",
    "a rainbow's and a pirate's flag": "\U0001f3f3\ufe0f\u200d\U0001f308 \U0001f3f4\u200d\u2620\ufe0f",
    "Scotland's flag": SCOTLAND,
    "a keycap": "1\ufe0f\u20e3 #\ufe0f\u20e3",
    "a sign as text": "\u260e\ufe0e",
    "a Japanese name with its own form of a character": "\u845b\U000e0100\u57ce",
    "Mongolian": "\u1828\u180e\u1820 \u182d\u180b",
}


@pytest.mark.parametrize("raw", NEEDED.values(), ids=NEEDED)
def test_what_a_script_needs_reaches_the_judge_as_it_was_sent(raw: str) -> None:
    assert clean_text(raw) == CleanText(raw, 0)
    assert clean_text(f"Before it {raw}\nand after.") == CleanText(f"Before it {raw}\nand after.", 0)


@pytest.mark.parametrize(
    ("raw", "clean", "hidden"),
    [
        ("zero\u200bwidth", "zerowidth", 1),
        ("\u202eturned\u202c", "turned", 2),
        ("\u2067\u0634\u2069 isolated", "\u0634 isolated", 2),
        ("tag\U000e0041\U000e0042s", "tags", 2),
        ("\U0001f3f4\U000e0068\U000e0069\U000e007f", "\U0001f3f4", 3),
        ("private\ue000use", "privateuse", 1),
        ("bell\x07 and escape\x1b", "bell and escape", 2),
        ("selectors\ufe01\ufe02\U000e0101", "selectors", 3),
        ("\U0001f600\ufe0f\U000e0101\U000e0102\U000e0103", "\U0001f600\ufe0f", 3),
        ("blank\u2800\u3164s", "blanks", 2),
        ("soft\u00adhyphen", "softhyphen", 1),
        ("lat\u200cin\u200d", "latin", 2),
        ("mark\u200eed\u200f", "marked", 2),
        ("\u0645\u06cc\u200c\u200d\u200c\u200b\u200c\u062e", "\u0645\u06cc\u200c\u062e", 4),
        ("\u05e9\u200f\u200f\u200e\u05dc", "\u05e9\u200f\u05dc", 2),
        ("\u1780\u200b\u200b\u200b\u1781", "\u1780\u200b\u1781", 2),
        ("\U0001f600\u200d lone", "\U0001f600 lone", 1),
        ("1\ufe0f", "1", 1),
    ],
)
def test_hidden_characters_are_taken_out_and_counted(raw: str, clean: str, hidden: int) -> None:
    cleaned = clean_text(raw)

    assert (cleaned.text, cleaned.hidden) == (clean, hidden)


@pytest.mark.parametrize("raw", ["\ufeffa start", "a\r\nb\rc\u2028d"])
def test_what_a_file_begins_with_and_its_line_ends_are_not_counted(raw: str) -> None:
    assert clean_text(raw).hidden == 0


def test_a_letter_has_one_spelling_to_judges_and_fewer_looks_to_comparisons() -> None:
    assert clean_text("\uff1c/entry\uff1e \ufb01t e\u0301").text == "\uff1c/entry\uff1e \ufb01t \u00e9"
    assert fold_text(f"\uff1c/entry\uff1e \ufb01t {PERSIAN}").text == f"</entry> fit {PERSIAN.replace(chr(0x200C), '')}"


def test_line_ends_become_newlines_and_tabs_stay() -> None:
    assert clean_text("a\r\nb\rc\x0bd\te").text == "a\nb\nc\nd\te"


# What composes, joins, turns, hides, and what all of that does something to.
TROUBLE = (
    "a1# \r\n\u0301\u0338\u2190\u200b\u200c\u200d\u200e\u061c\u202e\u2066\ufe0f\ufe00\U000e0100\uffa0\u1160\u034f\u2028"
)
TROUBLE += (
    "\U000e0041\U000e007f\U0001f3f4\U0001f468\u2764\u20e3\ufb01\u00b2\uac00\u11a8\u0645\u06cc\u0653\u0627\u094d\u0915"
)
TROUBLE += "\u0e01\u1780\u05d0\u182d\u180b\u845b\ufeff\ufffe\ue000\u00ad\u0600"
texts = st.text(st.sampled_from(TROUBLE) | st.characters(codec="utf-8"), max_size=14)


@settings(max_examples=300, deadline=None)
@given(texts)
@example("\u2190\u200b\u0338\ufe0f")
def test_cleaning_twice_changes_nothing_and_leaves_nothing_hidden(raw: str) -> None:
    once = clean_text(raw).text

    assert clean_text(once) == CleanText(once, 0)
    assert unicodedata.is_normalized("NFC", once)
    assert not {unicodedata.category(char) for char in once if char != "\n"} & {"Co", "Cs"}
    assert not set(once) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00ad\ufeff\r")


@settings(max_examples=300, deadline=None)
@given(texts)
def test_what_is_taken_out_is_counted_and_nothing_that_is_seen_changes(raw: str) -> None:
    sent = unicodedata.normalize("NFC", unify_line_ends(raw))
    cleaned = clean_text(raw)

    assert cleaned.hidden == sum(map(is_hidden, sent)) - sum(map(is_hidden, cleaned.text))
    assert seen(cleaned.text) == seen(sent)


def seen(text: str) -> str:
    return unicodedata.normalize("NFC", "".join(char for char in text if not is_hidden(char)))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(list(NEEDED.values())), st.sampled_from(list(NEEDED.values())), st.text("ab .\n", max_size=4))
def test_needed_characters_stay_in_whatever_company(one: str, other: str, between: str) -> None:
    raw = f"{one}\n{between}\n{other}"

    assert clean_text(raw) == CleanText(raw, 0)


@settings(max_examples=200, deadline=None)
@given(texts)
def test_folding_twice_changes_nothing_and_cleaning_first_makes_no_other_fold(raw: str) -> None:
    once = fold_text(raw).text

    assert fold_text(once).text == once
    assert fold_text(clean_text(raw).text).text == once


@settings(max_examples=200, deadline=None)
@given(texts)
def test_each_folded_character_knows_where_it_comes_from(raw: str) -> None:
    folded = Folded.of(raw)

    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    for place, char in enumerate(folded.text):
        start, end = folded.span(place, place + 1)
        assert char in Folded.of(raw[start:end]).text


def test_a_cut_says_how_much_is_left_out() -> None:
    assert cut_text("abcdef", 4) == ("abcd", 2)
    assert cut_text("abc", 4) == ("abc", 0)


def test_one_line_has_no_line_ends_and_an_end() -> None:
    assert one_line(" a\n\n b\u202e ", 10) == "a b"
    assert one_line("x" * 20, 10) == "x" * 9 + "…"
