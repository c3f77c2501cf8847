"""The part of the header that is about its reader: the wallet's balance, the unread badge, and both live."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.viewer import viewer_of
from core.live.hub import Hub
from core.live.mailbox import Mailbox
from core.live.sse import BELL, HEARTBEAT, HEARTBEAT_SECONDS, NOTHING_TO_FOLLOW, Events, stream_to_page


@never_cache
@require_safe
def tools(request: HttpRequest) -> HttpResponse:
    """Return the header's tools as they stand now; nothing to whoever has signed out on another page."""
    if viewer_of(request) is None:
        return HttpResponse(status=NOTHING_TO_FOLLOW)
    return render(request, "parts/tools.html")


@require_safe
def follow_me(request: HttpRequest) -> HttpResponseBase:
    """Send `bell` whenever the viewer is told something or has read it, for pages that follow nothing else."""
    user = viewer_of(request)
    if user is None:
        return HttpResponse(status=NOTHING_TO_FOLLOW)
    return stream_to_page(request, user, lambda hub: badge_events(hub, user.pk))


async def badge_events(hub: Hub, reader: UUID) -> Events:
    with hub.follow_badge(reader, Mailbox[None]()) as mailbox:
        while True:
            await mailbox.next(seconds=HEARTBEAT_SECONDS)
            yield BELL if mailbox.took_badge_news() else HEARTBEAT
