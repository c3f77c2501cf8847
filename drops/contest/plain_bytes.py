"""Encodings that write every letter in plain bytes, which read as UTF-8 too, and are gibberish then."""

from __future__ import annotations

import regex

ISO_2022_JP, UTF_7, HZ = "iso-2022-jp", "utf-7", "hz"
# A sign that shifts, and what would be letters then. Patches, sums and telephone numbers have such signs too.
_SHIFTED = {
    UTF_7: regex.compile(r"\+[A-Za-z0-9+/]{3,}"),
    HZ: regex.compile(r"~\{(?:[!-}][!-~])+~\}"),
    ISO_2022_JP: regex.compile(r"\x1b\$[@B]|\x1b\([IJ]"),
}
# As Python reads it with the half-width signs that mails have.
_CODECS = {ISO_2022_JP: "iso2022_jp_ext"}
_NO_LETTERS = regex.compile(r"[\p{Cn}\p{Co}\p{Cs}]|(?![\n\r\t\f])\p{Cc}")
_NOT_PLAIN = regex.compile(r"[^\x00-\x7f]")
# So many are looked at one by one, from the first that was shifted.
SAMPLE_CHARS_MAX = 64 * 1024
_LATIN_1 = regex.compile("[\u00c0-\u00ff]")
_SCRIPTS = [
    regex.compile(rf"[{letters}]")
    for letters in (
        *(r"\p{Latin}", r"\p{Cyrillic}", r"\p{Greek}", r"\p{Hebrew}", r"\p{Arabic}", r"\p{Thai}", r"\p{Hangul}"),
        *(r"\p{Devanagari}", r"\p{Han}\p{Hiragana}\p{Katakana}\u30fc\uff70"),
    )
]


def plain_encoding_of(content: bytes) -> str | None:
    """Return in which of these encodings plain `content` was saved, if all that is shifted in it reads as one script.

    None for plain text, which by chance has signs that shift, but hardly any after which letters come.
    """
    written = content.decode("ascii")
    return next((name for name, signs in _SHIFTED.items() if signs.search(written) and _is_in(name, content)), None)


def _is_in(encoding: str, content: bytes) -> bool:
    try:
        text = content.decode(_CODECS.get(encoding, encoding))
    except UnicodeDecodeError:
        return False
    first = _NOT_PLAIN.search(text)
    at = first.start() if first else 0
    shifted = [char for char in text[at : at + SAMPLE_CHARS_MAX] if char > "\x7f"]
    letters = [char for char in shifted if char.isalpha()]
    of_one = max(sum(bool(script.match(char)) for char in letters) for script in _SCRIPTS)
    is_enough = len(letters) > 1 or any(map(_LATIN_1.match, letters))
    return is_enough and of_one == len(letters) and not _NO_LETTERS.search(text)
