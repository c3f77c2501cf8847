"""News for open pages: that something has changed, and nothing of what. The page then asks for it like anybody else.

The same stream carries news of its reader's unread badge, so that a page needs one connection and no more.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.viewer import viewer_of
from core.live.hub import Hub
from core.live.sse import (
    BELL,
    HEARTBEAT,
    HEARTBEAT_SECONDS,
    Events,
    Heartbeat,
    event,
    last_mark,
    stream_to_page,
)
from drops.pages.shared import load_drop


@require_safe
def follow_drop(request: HttpRequest, drop_id: UUID) -> HttpResponseBase:
    """`change` with a new mark whenever what this viewer may see of the drop is another.

    It goes on after the drop's end: what staff then take out of sight must leave the pages that are open.
    """
    drop = load_drop(request, drop_id)
    viewer = viewer_of(request)
    reader, private, seen = viewer.pk if viewer else None, drop.is_sent_by(viewer), last_mark(request)
    return stream_to_page(
        request, viewer, lambda hub: drop_events(hub, str(drop.pk), reader=reader, private=private, seen=seen)
    )


async def drop_events(hub: Hub, drop_id: str, *, reader: UUID | None, private: bool, seen: str) -> Events:
    with hub.follow(drop_id, reader=reader) as line:
        # Read now that nothing is missed any more: something may have happened since the page was made.
        news = await hub.look(drop_id)
        heartbeat = Heartbeat(HEARTBEAT_SECONDS)
        while True:
            if line.took_badge_news():
                yield BELL
            if news is not None:
                mark = news.private if private else news.public
                if mark != seen:
                    yield event("change", {"drop": drop_id}, mark=mark)
                    seen = mark
            if heartbeat.is_due():
                yield HEARTBEAT
            news = await line.next(seconds=heartbeat.wait)


@require_safe
def follow_board(request: HttpRequest) -> HttpResponseBase:
    """`change` whenever an open drop came, went, or has other counts."""
    viewer = viewer_of(request)
    reader, seen = viewer.pk if viewer else None, last_mark(request)
    return stream_to_page(request, viewer, lambda hub: board_events(hub, reader=reader, seen=seen))


async def board_events(hub: Hub, *, reader: UUID | None, seen: str) -> Events:
    with hub.follow_board(reader=reader) as line:
        mark: str | None = hub.board_mark
        while True:
            if line.took_badge_news():
                yield BELL
            if mark is None:
                yield HEARTBEAT
            elif mark != seen:
                yield event("change", {}, mark=mark)
                seen = mark
            mark = await line.next(seconds=HEARTBEAT_SECONDS)
