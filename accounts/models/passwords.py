"""Passwords as people type them: one keyboard sends é as one character, another as two."""

from __future__ import annotations

from core.text import nfc, nfd


def spellings(password: str) -> list[str]:
    """Return the forms in which a password may be stored: NFC, as it is now, then as it was typed before that."""
    forms = (nfc(password), password, nfd(password))
    return list(dict.fromkeys(forms))
