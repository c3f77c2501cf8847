"""A copy of somebody's data that staff hand over, for one who can't sign in; on record before a byte is written."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from accounts.models import ERASE, User
from drops.moderation.acts import record_act
from drops.privacy.archive import write_archive


def export_for(*, user: User, staff: User, reason: str, target: IO[bytes], now: datetime) -> None:
    """Write the copy of the user's data into `target`. Whoever may erase an account may do this; raises Forbidden."""
    record_act(staff, "export-person", user, reason, now, right=ERASE)
    write_archive(target, user, now, go_on=lambda: None)
