"""Passwords as people type them: one keyboard sends é as one character, another as two."""

from __future__ import annotations

import unicodedata


def spellings(password: str) -> list[str]:
    """Return the forms in which a password may be stored: NFC, as it is now, then as it was typed before that."""
    forms = (unicodedata.normalize("NFC", password), password, unicodedata.normalize("NFD", password))
    return list(dict.fromkeys(forms))
