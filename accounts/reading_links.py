"""Links by which a moderator reads what is sealed: made by a page of ours for one person, one thing and some minutes.

Reading leaves a record in the reader's name. A session's cookie travels with any link that somebody follows, so it
alone must not be enough for one.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner

from accounts.models import User

GOOD_FOR = timedelta(minutes=30)
_SIGNER = TimestampSigner(salt="accounts.reading_links")


def sign_reading(user: User, thing: object) -> str:
    """Return what such a link carries."""
    return _SIGNER.sign_object([str(user.pk), str(thing)])


def is_signed_reading(signed: str, user: User, thing: object) -> bool:
    """Return whether a page of ours made the link, for this person and this thing, and not long ago."""
    try:
        return bool(_SIGNER.unsign_object(signed, max_age=GOOD_FOR) == [str(user.pk), str(thing)])
    except (BadSignature, ValueError):
        return False
