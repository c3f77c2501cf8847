"""Guesses at a mailed code are counted where all processes see it, before each is looked at.

allauth counts in the session, which requests at the same time all read before one of them has written.
"""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.core import context

from core import clock
from core.db.tally import count

KEPT_SECONDS = 3_600


class CountedGuesses:
    """A form for a code of which so many guesses are looked at as a login may have, and no more."""

    is_used_up = False

    def clean_code(self) -> str:
        """Return the code. Raises ValidationError for a wrong one, and for any beyond the last guess."""
        guess = count(self._key(), seconds=KEPT_SECONDS, now=clock.now())
        self.is_used_up = guess >= app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS
        if guess > app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS:
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]
        return code

    def _key(self) -> str:
        """Return the name of what is counted: this code in this session, which a new code or session begins afresh."""
        expected: Any = self.expected_code  # type: ignore[attr-defined]
        named = f"{context.request.session.session_key} {expected or ''}"
        return f"code-guess:{hashlib.sha256(named.encode()).hexdigest()}"
