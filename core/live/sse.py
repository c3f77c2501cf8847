"""Streams of events: how they are written, how they begin, stay awake and end."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, Refused
from core.json import dump
from core.live.hub import Hub
from core.live.mailbox import Closed
from core.live.stream_quota import Place
from core.text import number_of

MEDIA_TYPE = "text/event-stream"
# A comment now and then: proxies close what is silent, and a browser that went away is only noticed by writing.
HEARTBEAT_SECONDS = 15.0
# A stream ends by itself after a while, and whoever comes again is asked again for the right to listen.
STREAM_SECONDS_MAX = 600.0
# When to come again, spread so that not all come at once after a restart.
RETRY_MILLISECONDS = (1_500, 4_000)
MARK_CHARS_MAX = 64
# 204 tells a browser not to come again, so the page looks by itself from time to time. It is no error to complain of.
NOTHING_TO_FOLLOW = 204

Events = AsyncGenerator[bytes, None]


class NoStream(Refused):
    code = "no_stream"
    status = 503
    message = _("No stream can be served here now.")
    next_step = _("Ask for JSON from time to time instead; the ETag makes that cheap.")


class TooManyStreams(Refused):
    code = "too_many_streams"
    status = 429
    message = _("You have as many streams open as you may.")
    next_step = _("Close one, or ask for JSON from time to time instead.")


def hub_for(request: HttpRequest) -> Hub | None:
    """Return the hub that the server gave to `request`, where it can keep streams open and hears what happens."""
    hub: Hub | None = getattr(request, "hub", None)
    return hub if hub is not None and hub.is_listening else None


def admit(request: HttpRequest, user: AbstractBaseUser | None) -> tuple[Hub, Place]:
    """The hub and a place for one stream. Raises NoStream, TooManyStreams."""
    hub = hub_for(request)
    if hub is None:
        raise NoStream
    place = hub.quota.take_place(request, user)
    if place is None:
        raise TooManyStreams
    return hub, place


def event(name: str, data: object, *, mark: str | None = None) -> bytes:
    """One event; `data` becomes one line of JSON, `mark` what the reader names to go on from here."""
    return event_of(name, dump(data), mark=mark)


def event_of(name: str, written: bytes, *, mark: str | None = None) -> bytes:
    """As `event`, of data that is written already."""
    named = f"id: {mark}\n" if mark is not None else ""
    return f"{named}event: {name}\ndata: ".encode() + written + b"\n\n"


HEARTBEAT = b":\n\n"


class Heartbeat:
    """When heartbeats are due: every `seconds`, whatever happens meanwhile. A late one would tell its reader that
    something happened which is not for them."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.next_at = seconds, time.monotonic() + seconds

    @property
    def wait(self) -> float:
        """Seconds until the next one."""
        return max(0.0, self.next_at - time.monotonic())

    def is_due(self) -> bool:
        """Whether one is due; the one after it then is the next."""
        due = time.monotonic() >= self.next_at
        if due:
            self.next_at += self.seconds
        return due


# What the reader was told, or has read, has changed. It has no mark: who missed it looks when they come again.
BELL = event("bell", {})


def last_mark(request: HttpRequest) -> str:
    """Where the reader left off: by the header that a browser sends when it comes again, else by the address."""
    return (request.headers.get("Last-Event-ID") or request.GET.get("since", ""))[:MARK_CHARS_MAX]


def number_asked(request: HttpRequest) -> int | None:
    """Return the number where the reader left off; None for whoever has none. Raises Invalid."""
    mark = last_mark(request)
    number = number_of(mark)
    if mark and number is None:
        raise Invalid({"Last-Event-ID": gettext("This is the id of none of our events.")})
    return number


class Stream:
    """The body of a streaming response; it gives its place back however it ends."""

    def __init__(self, events: Events, place: Place) -> None:
        self.events, self.place = events, place

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield f"retry: {random.randint(*RETRY_MILLISECONDS)}\n\n".encode()  # noqa: S311 - it only spreads
        end = time.monotonic() + STREAM_SECONDS_MAX
        with suppress(Closed):
            async with aclosing(self.events) as events:
                async for written in events:
                    yield written
                    if time.monotonic() > end:
                        return

    def close(self) -> None:
        self.place.give_back()


def stream(events: Events, place: Place) -> StreamingHttpResponse:
    """`events` as the answer to a request. X-Accel-Buffering asks nginx to pass each on at once."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(Stream(events, place), content_type=MEDIA_TYPE, headers=headers)


def stream_to_page(
    request: HttpRequest, reader: AbstractBaseUser | None, events: Callable[[Hub], Events]
) -> HttpResponseBase:
    """`events` of the hub as a page's stream; where none can be served, or its reader has enough, 204."""
    hub = hub_for(request)
    place = hub.quota.take_place(request, reader) if hub else None
    if hub is None or place is None:
        return HttpResponse(status=NOTHING_TO_FOLLOW)
    return stream(events(hub), place)
