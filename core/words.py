"""In which language a sentence of ours is said.

A page speaks the language of whoever asks for it. What is written for somebody who isn't there, such as a notification
or a mail, is made under `in_language_of` them: a sentence that is kept until then is lazy (`gettext_lazy`, filled by
`format_lazy`), and becomes text when it is written.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import override

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Promise
else:
    from django.utils.functional import Promise

# A sentence, or one that becomes text in the language of whoever reads it.
Words = str | Promise


def sentences(*parts: Words) -> Words:
    """Return whole sentences as one text, of which each keeps its reader's language; what is empty is left out."""
    given = [part for part in parts if part]
    return format_lazy(" ".join("{}" for _part in given), *given)


def in_english(words: Words) -> str:
    """Return a sentence as programs read it, in whichever language somebody asks for it."""
    with override("en"):
        return str(words)


def language_of(person: object) -> str:
    """Return the language that somebody reads: their own choice, where there is one, else the site's."""
    # Refusals are words too, and some are imported before there are settings.
    from django.conf import settings

    return getattr(person, "language", "") or settings.LANGUAGE_CODE


def in_language_of(person: object) -> AbstractContextManager[None]:
    """Say everything inside in the language that `person` reads."""
    return override(language_of(person))
