"""Whether an account may act, and on what grounds."""

from __future__ import annotations

from accounts.models import User
from core.errors import Forbidden, Invalid, Suspended
from core.text import REASON_CHARS_MAX, fault_in


def require_good_standing(user: User) -> None:
    """Raise `Suspended` where moderators have suspended `user`."""
    if user.is_suspended:
        raise Suspended


def require_moderator(staff: User, reason: str) -> None:
    """Raise `Forbidden` where `staff` may not moderate now, `Invalid` where they give no reason."""
    if not staff.moderates or not staff.is_active or staff.is_suspended:
        raise Forbidden("Only our moderators may do that.")
    require_reason(reason)


def require_reason(reason: str) -> None:
    """Raise `Invalid` for what is no reason that could be stored and read."""
    fault = fault_in(reason, chars_max=REASON_CHARS_MAX)
    if fault:
        raise Invalid({"reason": fault})
