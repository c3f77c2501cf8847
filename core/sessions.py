"""Sessions whose cookie may be anything: what is no key of ours is no session, and never reaches the store."""

from __future__ import annotations

import re

from django.conf import settings

if settings.REDIS_URL:
    from django.contrib.sessions.backends.cached_db import SessionStore as Store
else:
    from django.contrib.sessions.backends.db import SessionStore as Store  # type: ignore[assignment]

KEY = re.compile(r"[0-9a-z]{8,40}\Z")


class SessionStore(Store):
    """The store by the name under which Django looks for it (`SESSION_ENGINE`)."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key if session_key and KEY.match(session_key) else None)
