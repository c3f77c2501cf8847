"""The command's words, in the language of whoever runs it. English needs no catalogue, so none is read for it.

click says its own words by the same catalogue, since it asks gettext, which is told of it here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations, bindtextdomain, find, textdomain, translation
from inspect import cleandoc

ENGLISH = "en"
DOMAIN = "clorp"
# Of programs that name none: nobody's, so what is looked up there stays English.
NO_DOMAIN = "messages"
LOCALE = os.path.join(os.path.dirname(__file__), "locale")


class _Speech:
    """What is spoken now: one language in one process, as it speaks to one person."""

    language = ENGLISH
    catalogue: NullTranslations | None = None


def own_language() -> str:
    """Return the first language asked for that we speak, as gettext reads the environment; else English."""
    asked = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    place = next(filter(None, asked), "")
    # As for gettext, "C" is what scripts set to read the same everywhere.
    if place in {"C", "POSIX"}:
        return ENGLISH
    for named in (os.environ.get("LANGUAGE") or place).split(":"):
        language = named.partition(".")[0].partition("@")[0]
        # Of English there is no catalogue: gettext would go on to what is liked less.
        if language.partition("_")[0] in {ENGLISH, "C", "POSIX"}:
            break
        if language and find(DOMAIN, LOCALE, [language]):
            return language
    return ENGLISH


def speak(language: str) -> None:
    """Say all that follows in this language, which is English or that of `own_language`."""
    _Speech.language, _Speech.catalogue = language, None
    bindtextdomain(DOMAIN, LOCALE)
    textdomain(NO_DOMAIN if language == ENGLISH else DOMAIN)


@contextmanager
def for_a_person() -> Iterator[None]:
    """Speak a person's own language, where all else is English because a program reads it."""
    before = _Speech.language
    speak(own_language())
    try:
        yield
    finally:
        speak(before)


def asked_of_the_site() -> str:
    """Return the language spoken now as `Accept-Language` has it: "de-AT"."""
    return _Speech.language.replace("_", "-")


def _catalogue() -> NullTranslations:
    if _Speech.catalogue is None:
        is_english = _Speech.language == ENGLISH
        _Speech.catalogue = NullTranslations() if is_english else translation(DOMAIN, LOCALE, [_Speech.language])
    return _Speech.catalogue


def gettext(message: str) -> str:
    return _catalogue().gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    return _catalogue().ngettext(singular, plural, number)


def pgettext(context: str, message: str) -> str:
    return _catalogue().pgettext(context, message)


def marked(message: str) -> str:
    """Return a message as it is: it stands in a module, and is said later, once the language is known."""
    return message


def paragraphs(text: str | None) -> str | None:
    """Return help as it is read: each paragraph is one message, on one line; what begins with \\b is no prose."""
    if text is None:
        return None
    parts = [part if part.startswith("\b") else " ".join(part.split()) for part in cleandoc(text).split("\n\n")]
    return "\n\n".join(part if part.startswith("\b") else gettext(part) for part in parts)
