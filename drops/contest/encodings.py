"""In which encoding a text file was saved. Told only where one reading stands out: a wrong one would be judged."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterable

import regex
from charset_normalizer import from_bytes

from drops.contest.plain_bytes import ISO_2022_JP, plain_encoding_of

UTF_8 = "utf-8"
SAMPLE_BYTES_MAX = 64 * 1024
# So much is looked at letter by letter: beyond it a text is of the same kind, or read for what was found.
JUDGED_BYTES_MAX = 1024 * 1024
# Longer ones first: a mark of UTF-32 begins like one of UTF-16.
_MARKS = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", b"\x841\x953": "gb18030"} | dict.fromkeys(
    [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE], "utf-16"
)
# By the names under which they are registered, which Python knows too.
_LATIN = ("windows-1252", "windows-1250", "windows-1254", "windows-1257", "iso-8859-2")
_JAPANESE = ("shift_jis", "euc-jp")
_OTHERS = (
    *("windows-1251", "windows-1253", "windows-1255", "windows-1256", "iso-8859-5", "iso-8859-6", "koi8-r", "koi8-u"),
    # Without it a Thai text would look like a Korean one.
    "windows-874",
    *("gb18030", "big5", "euc-kr", *_JAPANESE),
)
# What is sent as Shift JIS is what Windows calls that, as browsers know.
_CODECS = {"shift_jis": "cp932", "windows-874": "cp874", ISO_2022_JP: "iso2022_jp_ext"}
# What each language adds to a to z. A byte is another letter in each encoding of Latin script, and by these sets a
# reading in the wrong one is seen: no language has both.
_ALPHABETS = [
    set(letters)
    for letters in (
        *("àâæçéèêëîïôœùûüÿ", "äöüß", "áéíñóúü", "ãáàâçéêíóôõúü", "àèéìíîòóùúáêâïç", "éèëïóöüáíêûç", "åäöé", "æøåéòóô"),
        *("áðéíóúýþæö", "àçèéíïòóúü", "õäöüšž", "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíľňóôšťúýž", "áéíóöőúüű"),
        *("ăâîşţ", "čćđšž", "çğıöşüâîû\u0307", "ąčęėįšųūž", "āčēģīķļņšūž"),
    )
]
_SIGNS = set(
    "\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014\u2026\u2039\u203a\u20ac\u2022\u2020\u2030\u2122"
    "\u00a0\u00a1\u00a3\u00a7\u00a9\u00aa\u00ab\u00ad\u00ae\u00b0\u00b1\u00b2\u00b3\u00b4\u00b5\u00b7\u00ba"
    "\u00bb\u00bc\u00bd\u00be\u00bf\u00d7"
)
# Without a mark at their beginning.
_WIDE = ("utf-16le", "utf-16be", "utf-32le", "utf-32be")
_BREAK = regex.compile(r"[ \n\u3000-\u3002\uff0c]")
_UNASSIGNED = regex.compile(r"[\p{Cn}\p{Co}\p{Cs}]")
_SCRIPTS = {"Latin": regex.compile(r"\p{Latin}"), "Han": regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")} | {
    name: regex.compile(rf"\p{{{name}}}")
    for name in ("Cyrillic", "Greek", "Hebrew", "Arabic", "Hangul", "Thai", "Devanagari", "Armenian", "Georgian")
}
# A quotation mark that opens where a word ends, a sign within a word or a fraction that ends one, a capital where one
# goes on (but after the small letter that Irish puts before it), another script in its middle: signs that a text was
# read in the wrong encoding.
_MISREAD_LATIN = regex.compile(
    "\\p{L}[\u201a\u201e]|[\u201a\u201e]\\s|\\p{L}[¼½¾]|[¼½]u|§\\p{L}"
    "|\\p{L}[\u2018\u201c\u201d\u2039\u203a\u20ac\u2022\u2020\u2030\u2122¡£§©ª«»®°±²³\u00b4µº¿\u00d7]\\p{L}"
    "|\\p{Ll}(?![A-ZÁÉÍÓÚ])\\p{Lu}"
)
_MISREAD_OTHER = regex.compile(
    r"(?!\p{Latin})\p{Ll}(?!\p{Latin})\p{Lu}|\p{Latin}[\p{Arabic}\p{Greek}\p{Cyrillic}\p{Hebrew}]|[\p{Arabic}\p{Greek}\p{Cyrillic}\p{Hebrew}]\p{Latin}"
)
_HIGH = regex.compile(rb"[\x80-\xff]")
_HIGH_RUNS = regex.compile(rb"[\x80-\xff]+")
# What is not plain, and stands by one or two in a plain word or at its edge, as accents do.
_NOT_PLAIN = regex.compile(r"[^\x00-\x7f]+")
_ACCENTS = regex.compile(
    r"(?<=[A-Za-z])[^\x00-\x7f]{1,2}(?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f]{1,2}(?=[A-Za-z])"
)
# What stands in a Thai text most often, at least every third letter.
_THAI_COMMON = regex.compile(
    "[\u0e01\u0e07\u0e19\u0e21\u0e22\u0e23\u0e25\u0e27\u0e2d\u0e31\u0e32\u0e34\u0e40\u0e48\u0e49]"
)
_KANA = regex.compile(r"[\u3041-\u30fa]")
_NO_TEXT = regex.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\p{Noncharacter_Code_Point}]")
# Of what the library finds, how much likelier one reading is than the next: less mess, or more of a language in it.
_LESS_MESS, _MORE_COHERENCE = 0.05, 0.15


def encoding_of(chunks: Iterable[bytes]) -> str | None:
    """Return the registered name of the encoding in which all of `chunks` is text; None where that can't be told."""
    content = b"".join(chunks)
    mark = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    if mark is not None:
        return mark if _reads_as_text(content, mark) else None
    if content.isascii() and b"\x00" not in content and (plain := plain_encoding_of(content)) is not None:
        # The others are read by no browser, and hardly by anybody who judges.
        return plain if plain == ISO_2022_JP else None
    if is_in(UTF_8, content) and b"\x00" not in content:
        return UTF_8
    wide = [name for name in _WIDE if _is_wide(content, name)]
    if wide or b"\x00" in content:
        return wide[0] if len(wide) == 1 else None
    if _is_broken_utf_8(_from_first_high(content, JUDGED_BYTES_MAX)):
        return None
    likeliest = _likeliest(_sample(content))
    return likeliest if likeliest is not None and _reads_as_text(content, likeliest) else None


def codec_of(encoding: str) -> str:
    """Return Python's name for the codec that reads what is registered under `encoding`."""
    return codecs.lookup(_CODECS.get(encoding, encoding)).name


def is_in(encoding: str, content: bytes) -> bool:
    """Whether `content` can be read in this encoding."""
    try:
        content.decode(codec_of(encoding))
    except UnicodeDecodeError:
        return False
    return True


def _reads_as_text(content: bytes, encoding: str) -> bool:
    return is_in(encoding, content) and not _NO_TEXT.search(content.decode(codec_of(encoding)))


def _is_wide(content: bytes, encoding: str) -> bool:
    """Whether `content`, which has no mark, is text of two or four bytes a character: of one script, with spaces.

    Read from the wrong end, a text is of many scripts and has no space.
    """
    sample = content[:SAMPLE_BYTES_MAX]
    if len(content) % 2 or not _reads_as_text(sample, encoding):
        return False
    text = sample.decode(encoding)
    scripts = Counter(script for char in text if (script := _script_of(char)))
    of_one = max((scripts["Latin"] + count for name, count in scripts.items() if name != "Latin"), default=len(text))
    return bool(_BREAK.search(text)) and not _UNASSIGNED.search(text) and of_one >= 0.95 * scripts.total() > 0


def _script_of(char: str) -> str:
    """Return the script of a letter, Han and kana as one; nothing for what stands in all of them."""
    return next((name for name, letters in _SCRIPTS.items() if letters.match(char)), "") or (
        "others" if char.isalpha() else ""
    )


def _is_broken_utf_8(content: bytes) -> bool:
    """Whether all but a few bytes are of UTF-8, which no other encoding is by chance: cut somewhere, or mixed."""
    text = content.decode(UTF_8, "replace")
    broken = text.count("\ufffd")
    return sum(char > "\x7f" for char in text) - broken >= 4 * broken


def _sample(content: bytes) -> bytes:
    """Return so much as is looked at: from before the first byte that is not plain, whole lines where it has lines."""
    sample = _from_first_high(content, SAMPLE_BYTES_MAX)
    return sample if content.endswith(sample) else sample[: sample.rfind(b"\n") + 1] or sample


def _from_first_high(content: bytes, size: int) -> bytes:
    """Return so many bytes, from somewhat before the first that is not plain."""
    first = _HIGH.search(content)
    begin = max(0, first.start() - 1000) if first else 0
    return content[begin : begin + size]


def _likeliest(sample: bytes) -> str | None:
    japanese = next((name for name in _JAPANESE if _is_japanese(sample, name)), None)
    if japanese is not None:
        return japanese
    latin = _latin_readings(sample)
    if latin:
        return next(iter(latin.values())) if len(latin) == 1 else None
    readings = [
        reading
        for reading in from_bytes(sample, cp_isolation=[codec_of(name) for name in _OTHERS])
        if _is_thai_if_it_looks_so(str(reading))
    ]
    if not readings or not _is_other_script(str(readings[0])):
        return None
    best = readings[0]
    for rival in readings[1:]:
        is_messier = rival.chaos - best.chaos >= _LESS_MESS
        is_stranger = rival.chaos >= best.chaos and best.coherence - rival.coherence >= _MORE_COHERENCE
        if str(rival) != str(best) and not is_messier and not is_stranger:
            return None
    return next(name for name in _OTHERS if codec_of(name) == codec_of(best.encoding))


def _is_japanese(sample: bytes, encoding: str) -> bool:
    """Whether a fifth of what is not plain reads as kana, which no other script's bytes do."""
    if not is_in(encoding, sample):
        return False
    text = sample.decode(codec_of(encoding))
    high = [char for char in text if char > "\x7f"]
    return bool(high) and not _is_latin(text) and len(_KANA.findall("".join(high))) >= len(high) / 5


def _latin_readings(sample: bytes) -> dict[str, str]:
    """Return each text, with its encoding, that some one language of Latin script could have written."""
    runs = [len(run) for run in _HIGH_RUNS.findall(sample)]
    # There most letters are plain, and most of the others stand alone.
    if sum(length == 1 for length in runs) < 0.5 * len(runs):
        return {}
    readings: dict[str, str] = {}
    for name in _LATIN:
        text = sample.decode(codec_of(name), "replace")
        if _MISREAD_LATIN.search(text):
            continue
        written = [char for char in text.lower() if char > "\x7f" and char not in _SIGNS]
        if len(written) <= 0.4 * sum(map(str.isalpha, text)) and any(set(written) <= own for own in _ALPHABETS):
            readings.setdefault(text, name)
    return readings


def _is_latin(text: str) -> bool:
    """Whether what another script's encoding makes of a text stands where accents of Latin letters do."""
    return len(_ACCENTS.findall(text)) > len(_NOT_PLAIN.findall(text)) / 2


def _is_thai_if_it_looks_so(text: str) -> bool:
    """Not where a text of another script only looks like a Thai one, in which nearly every byte is a letter."""
    return len(_THAI_COMMON.findall(text)) >= 0.4 * len(_SCRIPTS["Thai"].findall(text))


def _is_other_script(text: str) -> bool:
    if _is_latin(text):
        return False
    letters = "".join(char for char in text if char > "\x7f" and char.isalpha())
    if len(_MISREAD_OTHER.findall(text)) > len(letters) / 100:
        return False
    return len(regex.findall(r"\p{Latin}", letters)) <= len(letters) / 10
