"""The messages to one's webhooks as a stream, which goes on where a reader left off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from accounts.models import User
from accounts.webhooks.messages import Listener, Message
from core import clock
from core.live import threads
from core.live.hub import Hub
from core.live.mailbox import Mailbox
from core.live.sse import HEARTBEAT, HEARTBEAT_SECONDS, Events, Heartbeat, event

STREAM_SCHEMA: dict[str, object] = {
    "type": "string",
    "description": "Server-sent events. `x-events` has the JSON Schema of each event's `data`, by the event's name.",
    "x-events": {
        "begin": {"type": "object", "description": "Its id is where you are; what comes from now on follows."},
        "message": {"$ref": "#/components/schemas/MessageOut"},
    },
}


def told(message: Message) -> dict[str, Any]:
    return {name: value for name, value in asdict(message).items() if name != "number"}


async def message_events(hub: Hub, user: User, number: int | None, *, is_let_in: Callable[[], bool]) -> Events:
    """`begin`, then a `message` for each that comes; all behind `number`, where one is given."""
    heartbeat = Heartbeat(HEARTBEAT_SECONDS)
    with hub.follow_badge(user.pk, Mailbox[Any]()) as line:
        listener = await threads.ask(lambda: Listener(user, number, now=clock.now()))
        yield event("begin", {}, mark=str(listener.number))

        def read() -> list[Message] | None:
            return listener.next_messages(now=clock.now()) if is_let_in() else None

        while (messages := await threads.ask(read)) is not None:
            for message in messages:
                yield event("message", told(message), mark=str(message.number))
            if not messages:
                # Whoever wants no number in the header is not rung for; so it looks with each heartbeat.
                await line.next(seconds=heartbeat.wait)
            if heartbeat.is_due():
                yield HEARTBEAT
