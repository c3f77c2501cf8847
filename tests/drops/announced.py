"""The announcements of verbs to open pages, and the marks that pages compare."""

from __future__ import annotations

from core.live.pubsub import PERSON
from drops.live_marks import read_news


def marks(drop):
    found = read_news([str(drop.pk)])[str(drop.pk)]
    return found.public, found.private


def said_by(capture, monkeypatch, call):
    """The ids of the drops that `call` announces once it is committed."""
    said = []
    monkeypatch.setattr("core.live.pubsub.publish", said.extend)
    with capture(execute=True):
        call()
    return {name for name in said if not name.startswith(PERSON)}
