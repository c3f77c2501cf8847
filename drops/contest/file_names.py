"""A stranger's file name, made fit for every disk and honest to the eye. Pure Python."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

import regex

from core.text import BLANKS, cut, kept, without_hidden

NAME_CHARS_MAX = 200
# As much as common file systems take.
NAME_BYTES_MAX = 255
SUFFIX_CHARS_MAX = 20
NAMELESS = "file"

# A joiner spells something between two letters or signs that are not plain; among plain ones it would only hide.
_LOOSE_JOINERS = regex.compile(
    r"(?<![^\p{ASCII}\p{Z}\p{Cf}])[\u200c\u200d]+|[\u200c\u200d]+(?![^\p{ASCII}\p{Z}\p{Cf}])"
)
# A selector tells how one letter or sign is drawn, such as an emoji, a Mongolian letter or the Han of a family's name.
_LOOSE_SELECTORS = regex.compile(
    r"(?<![[^\p{ASCII}\p{Z}\p{Cf}\p{Variation_Selector}]0-9#*])\p{Variation_Selector}+"
    r"|(?<=\p{Variation_Selector})\p{Variation_Selector}+",
    regex.VERSION1,
)
# What else draws nothing, such as fillers, and would push an ending out of sight.
_UNSEEN = regex.compile(
    r"[[\p{Default_Ignorable_Code_Point}" + BLANKS + r"]--[\u200c\u200d\p{Variation_Selector}\U000E0020-\U000E007F]]",
    regex.VERSION1,
)
# No part of a name to Windows; what comes behind a colon would go into a hidden stream of the file.
_FORBIDDEN = regex.compile(r'[<>:"|?*]')
# Devices to Windows, whatever comes after the dot, and with spaces before it too.
_DEVICES = regex.compile(
    r"(?:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?= *(?:\.|$))", regex.IGNORECASE
)


def clean_name(name: str) -> str:
    """Return the last part of a path in NFC, without what is invisible or turns the reading direction.

    Joiners that spell a word or an emoji stay, and so does the dot that `.env` begins with. What is too long is cut
    before the ending, between letters. What is no name at all is "file".
    """
    last = without_hidden(kept(name).replace("\\", "/").rpartition("/")[2])
    last = _FORBIDDEN.sub("_", _LOOSE_JOINERS.sub("", _LOOSE_SELECTORS.sub("", _UNSEEN.sub("", last))))
    # Windows drops dots and spaces at the end by itself.
    last = unicodedata.normalize("NFC", " ".join(last.split())).rstrip(". ")
    dot = "." if last.startswith(".") else ""
    last = dot + last.lstrip(". ")
    if last in {"", "."} or not kept(last):
        return NAMELESS
    if _DEVICES.match(last):
        last = f"_{last}"
    return _within_bounds(last)


def suffix_of(name: str) -> str:
    """Return the ending with its dot, such as `.txt`; what is too long to be one is none."""
    suffix = PurePosixPath(name).suffix
    return suffix if len(suffix) <= SUFFIX_CHARS_MAX else ""


def _within_bounds(name: str) -> str:
    suffix = suffix_of(name)
    stem = name.removesuffix(suffix)
    room = NAME_CHARS_MAX - len(suffix), NAME_BYTES_MAX - len(suffix.encode())
    return (cut(stem, room[0], bytes_max=room[1]).rstrip(". ") or NAMELESS) + suffix
