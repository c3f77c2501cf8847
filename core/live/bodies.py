"""Taking a request's body: how much of it, from whom, in what coding, and for how long.

Asked before any view is, and before any of the body is read where its length is told. A body that comes holds no
thread, and neither memory nor disk beyond what its view takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.disk_full import refused_when_full
from core.errors import Refused
from core.http import FORM_LIMITS, BodyLimits, view_at

Receive = Callable[[], Awaitable[Any]]
# Asked where more comes than a stranger may send, and only there.
IsMember = Callable[[], Awaitable[bool]]

# A body has so long to come, and a second more for each so many bytes that have come.
BODY_SECONDS_MAX = 30.0
BYTES_A_SECOND_MIN = 16 * 1024
# All that lies on disk at once, in one process, from the first byte until the view is done with it.
SPOOLED_BYTES_MAX = 1024 * 1024 * 1024
# All that lies in memory; forms as people fill them in are so small that they are always taken.
HELD_BYTES_MAX = 256 * 1024 * 1024
SMALL_BYTES = 64 * 1024
UNCODED = {b"", b"identity"}


class BodyTooLarge(Refused):
    code = "too_large"
    status = 413
    message = gettext_lazy("This request is too large.")
    next_step = gettext_lazy("Send less at once.")


class BodyTooSlow(Refused):
    code = "too_slow"
    status = 408
    retryable = True
    message = gettext_lazy("The rest of this request was too long in coming.")
    next_step = gettext_lazy("Send it again.")


class BodyCoded(Refused):
    code = "unsupported_encoding"
    status = 415
    message = gettext_lazy("Compressed requests are not read here.")
    next_step = gettext_lazy("Send it again without Content-Encoding.")
    headers: Mapping[str, str] = {"Accept-Encoding": "identity"}


class TransferCoded(Refused):
    code = "unsupported_transfer_coding"
    status = 501
    retryable = False
    message = gettext_lazy("A body in this transfer coding is not read here.")
    next_step = gettext_lazy("Send it whole, or in chunks alone.")


class ExpectsMore(Refused):
    code = "expectation_failed"
    status = 417
    message = gettext_lazy("We don't support what this request asks for in `Expect`.")
    next_step = gettext_lazy("Send it again without `Expect`, or with 100-continue.")


class BodyBroken(Refused):
    code = "body_broken"
    status = 400
    retryable = True
    message = gettext_lazy("The rest of this request never arrived, or isn't valid HTTP.")
    next_step = gettext_lazy("Send it again, whole.")


class TooManyBodies(Refused):
    code = "too_many_uploads_at_once"
    status = 503
    message = gettext_lazy("Too many large uploads are coming in at once.")
    next_step = gettext_lazy("Send it again in a minute.")
    headers: Mapping[str, str] = {"Retry-After": "60"}


class Intake:
    """The bodies that lie in one process, coming or being worked on. They come in its event loop and end in threads."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.spooled_bytes = self.held_bytes = 0

    def book(self, spooled: int, held: int) -> None:
        with self.lock:
            self.spooled_bytes += spooled
            self.held_bytes += held

    async def take(self, scope: Any, receive: Receive, is_member: IsMember) -> IO[bytes]:
        """Return the whole body, at its beginning; in memory while it is small. Its room is taken until it is closed.

        Raises BodyTooLarge, BodyTooSlow, BodyCoded, TransferCoded, ExpectsMore, TooManyBodies, DiskFull; BodyBroken
        where its sender has gone, or sends in chunks what are none: the server tells of both alike.
        """
        if codings_of(scope, b"expect") - {b"", b"100-continue"}:
            raise ExpectsMore
        transfer, told = codings_of(scope, b"transfer-encoding"), dict(scope["headers"]).get(b"content-length", b"")
        if transfer - {*UNCODED, b"chunked"}:
            raise TransferCoded
        length = int(told) if told.isdigit() else 0
        # Of a request without a body some clients say how they would have packed one.
        is_coded = bool(codings_of(scope, b"content-encoding") - UNCODED)
        if (length or transfer) and is_coded:
            raise BodyCoded
        most = _Most(limits_of(scope["path"]), is_member)
        await most.admit(length)
        body = await self._read(receive, most, Body(self, copies=2 if is_multipart(scope) else 1))
        # HTTP/2 tells of a body by sending it.
        if body.read(1) and is_coded:
            body.close()
            raise BodyCoded
        body.seek(0)
        return body

    async def _read(self, receive: Receive, most: _Most, body: Body) -> Body:
        size, more, began = 0, True, asyncio.get_running_loop().time()
        try:
            while more:
                part = await _next_part(receive, until=began + BODY_SECONDS_MAX + size / BYTES_A_SECOND_MIN)
                size += len(part.get("body", b""))
                await most.admit(size)
                body.make_room(size)
                with refused_when_full():
                    body.write(part.get("body", b""))
                more = part.get("more_body", False)
            with refused_when_full():
                body.seek(0)
        except BaseException:
            body.close()
            raise
        return body


class Body(SpooledTemporaryFile[bytes]):
    """A request's body, in memory and then on disk; it gives its room back as it is closed.

    Of what is on disk there may be `copies`: Django lays each upload of a form down once more.
    """

    def __init__(self, intake: Intake, *, copies: int) -> None:
        super().__init__(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)
        self.intake, self.copies = intake, copies
        self.spooled = self.held = 0

    def make_room(self, size: int) -> None:
        """Take the room for so many bytes in all. Raises TooManyBodies."""
        is_on_disk = size > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
        spooled = size * self.copies if is_on_disk else 0
        held = size if size > SMALL_BYTES and not is_on_disk else 0
        self.intake.book(spooled - self.spooled, held - self.held)
        self.spooled, self.held = spooled, held
        is_too_much = spooled and self.intake.spooled_bytes > SPOOLED_BYTES_MAX
        if is_too_much or (held and self.intake.held_bytes > HELD_BYTES_MAX):
            raise TooManyBodies

    def close(self) -> None:
        # What is left in its buffer may find no room on a full disk, and nobody asks for it any more.
        with suppress(OSError):
            super().close()
        self.make_room(0)

    def __exit__(self, *_: object) -> None:
        self.close()


def is_multipart(scope: Any) -> bool:
    return is_of_kind(scope, b"multipart/")


def is_long_form(scope: Any) -> bool:
    """Whether a body that has come is a form which takes long to read, letter by letter."""
    size = int(dict(scope["headers"]).get(b"content-length", b"0"))
    return size > SMALL_BYTES and is_of_kind(scope, b"application/x-www-form-urlencoded")


def is_of_kind(scope: Any, kind: bytes) -> bool:
    named = (value for name, value in scope["headers"] if name == b"content-type")
    return any(value.strip().lower().startswith(kind) for value in named)


def codings_of(scope: Any, name: bytes) -> set[bytes]:
    """Return the codings that the headers of this name list, one or several of them, in small letters."""
    listed = b",".join(value for header, value in scope["headers"] if header == name)
    return {coding.strip().lower() for coding in listed.split(b",")} if listed else set()


async def _next_part(receive: Receive, *, until: float) -> Any:
    try:
        async with asyncio.timeout_at(until):
            part = await receive()
    except TimeoutError:
        raise BodyTooSlow from None
    if part["type"] == "http.disconnect":
        raise BodyBroken
    return part


class _Most:
    """The most that one sender may send to one view; who they are is asked once, if it makes a difference."""

    def __init__(self, limits: BodyLimits, is_member: IsMember) -> None:
        self.limits, self.is_member = limits, is_member
        self.sender_is_member = False

    async def admit(self, size: int) -> None:
        if size <= self.limits.strangers:
            return
        if size > self.limits.members:
            raise BodyTooLarge
        self.sender_is_member = self.sender_is_member or await self.is_member()
        if not self.sender_is_member:
            raise BodyTooLarge(next_step=_("Sign in first: who is signed in may send more."))


def limits_of(path: str) -> BodyLimits:
    """Return what the view at `path` takes; of those that say nothing, what a form without files may need."""
    view = view_at(path)
    limits: BodyLimits = getattr(getattr(view, "cls", view), "body_limits", FORM_LIMITS)
    return limits
