"""Another ASGI application behind the site's own door: a view lets a request in, and the guest answers it.

So whoever asks, from where and how often, is settled by the site's middleware and the view, and is settled once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Refused
from core.live.hub import Hub

# Under which name a guest finds its visit in the scope.
VISIT = "clorp.visit"
# Of the request that was let in, what one that is made for it says too: where it came from, and by whose key.
SAID_AGAIN = {b"authorization", b"forwarded", b"host", b"user-agent", b"x-forwarded-for", b"x-forwarded-proto"}
# What a guest says of its own body, and what the site's answer said of none.
ABOUT_BODIES = {b"content-length", b"content-type"}

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class NotServedHere(Refused):
    code = "not_served_here"
    status = 503
    message = _("This address needs a server that holds streams, and this one does not.")
    next_step = _("Use the API; it does the same.")


class ForeignOrigin(Forbidden):
    code = "foreign_origin"
    message = _("A page of another site asks for this, which is for programs.")
    next_step = _("Ask from a program, which sends no Origin.")


class LetIn(HttpResponse):
    """A view's answer to a request that the guest is to answer. Its headers are sent with the guest's."""


@dataclass(frozen=True)
class Inquiry:
    """A request that a guest makes of the site on behalf of its visitor."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Visit:
    """A request that was let in. `ask` makes another one of the site, by the same key and from the same address."""

    request: HttpRequest
    hub: Hub | None
    ask: Callable[[Inquiry], Awaitable[HttpResponse]]

    @property
    def user(self) -> AbstractBaseUser:
        """Who was let in; the view has seen to it that somebody was."""
        assert isinstance(self.request.user, AbstractBaseUser)
        return self.request.user


class Guest(Protocol):
    """An ASGI application; it answers requests while its `run` is open, which it can be once at a time."""

    def run(self) -> AbstractAsyncContextManager[None]: ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


def scope_of(inquiry: Inquiry, scope: Scope) -> Scope:
    """Return `inquiry` as the server would hand it over, had the sender of the request of `scope` sent it."""
    headers = [(name, value) for name, value in scope["headers"] if name in SAID_AGAIN]
    headers += [(name.lower().encode(), value.encode()) for name, value in inquiry.headers.items()]
    if inquiry.body:
        headers.append((b"content-length", b"%d" % len(inquiry.body)))
    return {
        **scope,
        "method": inquiry.method,
        "path": inquiry.path,
        "raw_path": inquiry.path.encode(),
        "query_string": inquiry.query.encode(),
        "headers": headers,
    }


def replayed(body: IO[bytes], receive: Receive) -> Receive:
    """Return a `receive` that hands over a body that was taken already, and then waits for the sender to leave."""
    parts = [body.read()]

    async def receive_again() -> Any:
        if parts:
            return {"type": "http.request", "body": parts.pop(), "more_body": False}
        return await receive()

    return receive_again


def beside(let_in: HttpResponse, send: Send) -> Send:
    """Return a `send` that adds to the guest's headers those of the site that the guest has not set itself."""
    ours = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in let_in.items()]

    async def send_with_headers(message: Any) -> None:
        if message["type"] == "http.response.start":
            theirs = list(message.get("headers", ()))
            known = {name.lower() for name, _ in theirs} | ABOUT_BODIES
            message = {**message, "headers": theirs + [(name, value) for name, value in ours if name not in known]}
        await send(message)

    return send_with_headers
