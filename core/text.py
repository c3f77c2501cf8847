"""Strangers' text at the door: in what form it is kept, and what may be stored at all. No rows, no clock.

Every door calls `kept` before it measures, compares, digests or stores a text; the fields of `core.forms` and
`core.api.fields` do.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import regex
from django.utils.translation import gettext as _

from core.figures import grouped

# How long a reason may be that staff give for what they do.
REASON_CHARS_MAX = 2000
# And how long what the person it concerns is told.
TOLD_CHARS_MAX = 1000
# Marks on one letter. No script stacks a hundredth of it, and to order them takes a time that grows with their square.
MARKS_MAX = 1_000

# Of the numbers that rows have, which are of eight bytes.
NUMBER_DIGITS_MAX = 18

# What breaks a line by Unicode's rules (UAX 14: BK, CR, NL), Word's soft break and the page break among them.
_LINE_ENDS = regex.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Asked where a run begins only, or each mark of a shorter one would be where the next search begins.
_TOO_MANY_MARKS = regex.compile(rf"(?<!\p{{M}})\p{{M}}{{{MARKS_MAX + 1}}}")
# Letters and signs by category of which nothing is drawn: braille's blank, music's note without a head, Egypt's blanks.
BLANKS = "\u2800\U0001d159\U00013441\U00013442"
# Nothing is drawn of what may be ignored (joiners, fillers, selectors, tags, soft hyphens), of spaces and controls, of
# marks without a letter, and of blanks. Some signs are controls by category, and yet drawn.
_SHOWN = regex.compile(
    r"[[^\p{Default_Ignorable_Code_Point}\p{Z}\p{M}\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}"
    + BLANKS
    + r"]\p{Prepended_Concatenation_Mark}]",
    regex.VERSION1,
)
# What is hidden in a line of text, or turns it. Joiners, the marks of direction, and the few tags that spell a flag
# stay: emoji and several scripts are written with them, and they show nothing other than there is.
_HIDDEN = regex.compile(
    r"(\U0001F3F4[\U000E0020-\U000E007E]{1,6}\U000E007F)|"
    r"[[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]"
    r"--[\u200c\u200d\u200e\u200f\u061c\n\r\t\p{Prepended_Concatenation_Mark}]]",
    regex.VERSION1,
)
_SPACES = regex.compile(r"\s+")
# Letters of a script that runs from right to left, its digits, and the marks that stand for such a letter.
_RIGHT_TO_LEFT = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}\p{Bidi_Class=AN}]")
# What opens or closes a run of another direction; a text's own would close ours.
_TURNS = regex.compile("[\u202a-\u202e\u2066-\u2069]")
# The end of a sentence in any script, within its quotation marks and brackets too.
_ENDED = regex.compile(r"[\p{Sentence_Terminal}…:][\p{Quotation_Mark}\p{Pe}]*\Z")
# Around what runs in its own direction: the first strong letter's (UAX 9).
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"


def kept(text: str) -> str:
    """Return `text` as it is stored: in NFC, its lines ended by LF, without a byte order mark; "" if it shows nothing.

    All else stays as it was written. Doing it twice changes nothing more.
    """
    text = nfc(_LINE_ENDS.sub("\n", text.lstrip("\ufeff")))
    return "" if shows_nothing(text) else text


def kept_within(value: Any) -> Any:
    """Return what JSON or a form held, with each text in it as it is kept."""
    if isinstance(value, str):
        return kept(value)
    if isinstance(value, Mapping):
        return {name: kept_within(one) for name, one in value.items()}
    return [kept_within(one) for one in value] if isinstance(value, list | tuple) else value


def nfc(text: str) -> str:
    """Return `text` in NFC; one that stacks more marks than `MARKS_MAX` as it is, which `fault_in` refuses."""
    if text.isascii() or _TOO_MANY_MARKS.search(text):
        return text
    return unicodedata.normalize("NFC", text)


def nfd(text: str) -> str:
    """Return `text` in NFD, under the same condition."""
    return text if _TOO_MANY_MARKS.search(text) else unicodedata.normalize("NFD", text)


def spellings(words: str) -> set[str]:
    """Return the forms in which `words` may stand in a text that was stored before texts were kept in NFC."""
    form = kept(words)
    return {form, nfd(form)}


def shows_nothing(text: str) -> bool:
    """Whether nothing of a text is seen: it has but spaces, what is invisible, and marks without a letter."""
    return _SHOWN.search(text) is None


def without_hidden(text: str) -> str:
    """Return `text` without what would hide in it or turn its direction; tabs, line ends and joiners stay."""
    return str(_HIDDEN.sub(r"\1", text))


def one_line(text: str) -> str:
    """`text` in one line of NFC, without what is invisible or turns the reading direction: fit for a title, a mail."""
    return _SPACES.sub(" ", nfc(without_hidden(_LINE_ENDS.sub("\n", text)))).strip()


def apart(text: str) -> str:
    """Return somebody's `text` for the middle of a sentence of ours: it runs in its own direction, and what stands
    around it in ours. A text that runs as ours does comes back as it is."""
    if text.isascii() or not (_RIGHT_TO_LEFT.search(text) or _TURNS.search(text)):
        return text
    lines = _TURNS.sub("", text).split("\n")  # The end of a line would end the isolate too.
    return "\n".join(f"{ISOLATE}{line}{END_OF_ISOLATE}" if line else "" for line in lines)


def cut(text: str, chars_max: int, *, bytes_max: int | None = None) -> str:
    """Return the start of `text`, at most so long (in UTF-8 too, where `bytes_max` says so), with no letter cut apart:
    what belongs to it, such as its marks or what is joined to an emoji, stays or goes as a whole."""
    if len(text) <= chars_max and (bytes_max is None or len(text.encode()) <= bytes_max):
        return text
    chars = size = 0
    for match in regex.finditer(r"\X", text[: chars_max + 1]):
        chars, size = chars + len(match[0]), size + len(match[0].encode("utf-8", "surrogatepass"))
        if chars > chars_max or (bytes_max is not None and size > bytes_max):
            return text[: match.start()]
    return text[:chars_max]


def cut_at_word(line: str, chars_max: int) -> str:
    """Return `line`, at most `chars_max` characters of it: cut after a word, and inside one only if it is very long."""
    if len(line) <= chars_max:
        return line
    start = cut(line, chars_max - 1)
    whole, space, _half = start.rpartition(" ")
    ends_in_a_word = space and not line[len(start)].isspace()
    return (whole if ends_in_a_word and len(whole) > chars_max // 2 else start).rstrip() + "…"


def as_sentence(text: str) -> str:
    """Return `text` with a full stop where it lacks an end, so that another sentence may follow it."""
    text = text.strip()
    return text if _ENDED.search(text) else f"{text}."


def sentence_apart(text: str) -> str:
    """Return what somebody said as a sentence between ours, set apart from them."""
    return apart(as_sentence(text))


def fault_in(text: object, *, chars_max: int, required: bool = True) -> str | None:
    """Return a sentence on why `text` can't be stored as text of at most `chars_max` characters; None if it can."""
    if not isinstance(text, str):
        return _("This must be text.")
    if required and shows_nothing(text):
        return _("This must not be empty: nothing in it is visible.") if text.strip() else _("This must not be empty.")
    if len(text) > chars_max:
        return _("This has {count} characters; at most {most} fit.").format(
            count=grouped(len(text)), most=grouped(chars_max)
        )
    return _unfit(text)


def _unfit(text: str) -> str | None:
    if "\x00" in text:
        return _("This contains NUL bytes, which are not text.")
    if _TOO_MANY_MARKS.search(text):
        return _(
            "This stacks more than {most} marks on one letter, which nobody can read. Take some of them off."
        ).format(most=MARKS_MAX)
    try:
        text.encode()
    except UnicodeEncodeError:
        return _("This is not valid Unicode text: it contains half of a surrogate pair.")
    return None


def uuid_of(text: object) -> UUID | None:
    """Return the id that a text names; None where it names none."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def number_of(text: str) -> int | None:
    """Return the number of a row that a text names, as an address or a header has it; None where it names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS_MAX else None
