"""Whether an account may act."""

from __future__ import annotations

from clorp.accounts.models import User
from clorp.errors import Suspended


def require_good_standing(user: User) -> None:
    """Raise `Suspended` where moderators have suspended `user`."""
    if user.is_suspended:
        raise Suspended
