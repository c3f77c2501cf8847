"""Sessions whose cookie may be anything: what is no key of ours is no session, and never reaches the store."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from core.db.compiled import Compiled

if settings.REDIS_URL:
    from django.contrib.sessions.backends.cached_db import SessionStore as Store
else:
    from django.contrib.sessions.backends.db import SessionStore as Store  # type: ignore[assignment]

ALIVE = Compiled(lambda key: Session.objects.filter(session_key=key, expire_date__gt=Now()), key=str)
KEY = re.compile(r"[0-9a-z]{8,40}\Z")


class SessionStore(Store):
    """The store by the name under which Django looks for it (`SESSION_ENGINE`)."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key if session_key and KEY.match(session_key) else None)

    def get_session_cookie_age(self) -> int:
        """Return how long the session lasts; a stranger's for a day at most, whatever a page puts into it."""
        age: int = super().get_session_cookie_age()
        return age if SESSION_KEY in self else min(age, settings.STRANGERS_SESSION_SECONDS)

    def _get_session_from_db(self) -> Any:
        """Return the row as Django would, by a query that is written once a process: every page begins with it."""
        rows = ALIVE.objects(key=self.session_key) if self.session_key else []
        if not rows:
            self._session_key = None
        return rows[0] if rows else None
