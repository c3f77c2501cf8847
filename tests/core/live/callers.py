"""Whoever calls the handler, in place of a server."""

from __future__ import annotations

import asyncio

from tests.core.live.story import soon


class Caller:
    """One connection as the server hands it over; it is at the other end until `leaves`."""

    def __init__(self, body=(b"",), path="/x", is_whole=True, **headers):
        self.sent, self.waiting, self.left, self.is_whole = [], list(body), asyncio.Event(), is_whole
        self.scope = {
            "type": "http",
            "method": "POST" if len(body) > 1 or headers else "GET",
            "path": path,
            "query_string": b"",
            "headers": [
                (b"host", b"localhost"),
                *((name.replace("_", "-").encode(), headers[name]) for name in headers),
            ],
        }

    async def receive(self):
        if self.waiting:
            part = self.waiting.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(self.waiting) or not self.is_whole}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)

    @property
    def body(self):
        return b"".join(message.get("body", b"") for message in self.sent)


def nobody(request):
    return False


async def call(handler, caller):
    await soon(handler(caller.scope, caller.receive, caller.send))
    return caller
