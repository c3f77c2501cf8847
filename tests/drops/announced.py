"""The announcements of verbs to open pages, and the marks that pages compare."""

from __future__ import annotations

from core.live.pubsub import PERSON
from drops.live_marks import read_news


def marks(drop):
    news = read_news([str(drop.pk)])[str(drop.pk)]
    return news.public, news.private


def said_by(capture, monkeypatch, call):
    """The ids of the drops that `call` announces once it is committed."""
    published = []
    monkeypatch.setattr("core.live.pubsub.publish", published.extend)
    with capture(execute=True):
        call()
    return {name for name in published if not name.startswith(PERSON)}
