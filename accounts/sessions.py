"""The sessions of somebody's account: which are alive, and ending those they no longer want.

allauth keeps a row for each session; whether its session still opens the account is asked of Django's own table, once
for all of them.
"""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Refused


class NoSuchSession(Refused):
    code = "no_such_session"
    status = 404
    message = _("There is no such session; it may have ended already.")  # type: ignore[assignment]


def live_sessions(*, user: User, now: datetime) -> list[UserSession]:
    """Return the user's sessions that still open the account, newest first; rows of those that don't are deleted."""
    rows = list(UserSession.objects.filter(user=user).order_by("-created_at", "-pk"))
    keys = [row.session_key for row in rows]
    stored = {each.session_key: each for each in Session.objects.filter(session_key__in=keys, expire_date__gt=now)}
    alive = [row for row in rows if row.session_key in stored and _opens(stored[row.session_key], user)]
    for row in rows:
        if row not in alive:
            row.delete()
    return alive


def _opens(session: Session, user: User) -> bool:
    """Whether the session proves the password as it is now: a new one ends all that proved the old one."""
    proven = str(session.get_decoded().get(HASH_SESSION_KEY, ""))
    good = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(proven, each) for each in good)


def end_session(*, user: User, session_id: int) -> None:
    """Sign one of the user's browsers out. Raises NoSuchSession."""
    row = UserSession.objects.filter(user=user, pk=session_id).first()
    if row is None:
        raise NoSuchSession
    row.end()


def end_other_sessions(*, user: User, kept: str) -> int:
    """Sign all of the user's browsers out but the one whose session has the key `kept`; return how many."""
    others = list(UserSession.objects.filter(user=user).exclude(session_key=kept))
    for row in others:
        row.end()
    return len(others)
