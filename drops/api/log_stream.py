"""The log of a judging as it is written, with the drop's status and counts: for programs that rather wait than ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID

from accounts.models import User
from core.live import threads
from core.live.hub import Hub
from core.live.sse import HEARTBEAT, HEARTBEAT_SECONDS, Events, Heartbeat, event
from drops.api import entry_json
from drops.models import Drop, RankingLog

JOB_ID = {"type": "string", "format": "uuid"}


def event_schema(required: tuple[str, ...] = (), **members: object) -> dict[str, object]:
    """Return the JSON Schema of an event's data about a drop."""
    return {"type": "object", "required": ["job_id", *required], "properties": {"job_id": JOB_ID, **members}}


COUNT = {"type": "integer", "minimum": 0}
# The events that tell how a drop stands, by the facts in each.
STANDING = {
    "status": ("status", "outcome_reason", "window_closes_at"),
    "counts": ("claims_count", "submissions_count"),
}
STREAM_SCHEMA: dict[str, object] = {
    "type": "string",
    "description": "Server-sent events. `x-events` has the JSON Schema of each event's `data`, by the event's name.",
    "x-events": {
        "status": event_schema(
            STANDING["status"],
            status={"$ref": "#/components/schemas/JobStatus"},
            outcome_reason={"oneOf": [{"$ref": "#/components/schemas/EndReason"}, {"type": "null"}]},
            window_closes_at={"type": ["string", "null"], "format": "date-time"},
        ),
        "counts": event_schema(STANDING["counts"], claims_count=COUNT, submissions_count=COUNT),
        "log": {"$ref": "#/components/schemas/LogOut"},
        "end": event_schema(),
    },
}
LINES_AT_ONCE_MAX = 100


def lines_after(drop: Drop, reader: User | None, number: int) -> list[RankingLog]:
    """The next lines behind `number` that are for `reader`, in the order they were written."""
    lines = RankingLog.objects.filter(drop=drop, pk__gt=number).readable_by(reader, drop)
    return list(lines.order_by("pk")[:LINES_AT_ONCE_MAX])


async def log_events(
    hub: Hub, drop_id: UUID, reader: User | None, number: int, *, is_let_in: Callable[[], bool]
) -> Events:
    """`status` and `counts` as they are and whenever they change, `log` for each line, `end` when the drop is over."""

    def read() -> tuple[Drop | None, list[RankingLog]]:
        if not is_let_in():
            return None, []
        # Asked anew each time: a drop may have been taken from this reader's sight.
        drop = Drop.objects.visible_to(reader).filter(pk=drop_id).first()
        return drop, lines_after(drop, reader, number) if drop else []

    told: dict[str, object] = {}
    heartbeat = Heartbeat(HEARTBEAT_SECONDS)
    with hub.follow(str(drop_id)) as wire:
        while True:
            drop, lines = await threads.ask(read)
            if drop is None:
                return
            for written in news_of(told, drop.pk, partial(getattr, drop)):
                yield written
            for line in lines:
                number = line.pk
                yield event("log", entry_json.log_line(line), mark=str(number))
            if len(lines) == LINES_AT_ONCE_MAX:
                continue
            if drop.is_ended:
                yield event("end", {"job_id": drop.pk})
                return
            while await wire.next(seconds=heartbeat.wait) is None:
                if heartbeat.is_due():
                    yield HEARTBEAT


def news_of(told: dict[str, object], job_id: UUID, fact: Callable[[str], object]) -> Iterator[bytes]:
    """Yield the events of what is otherwise than was `told`, and bring that up to date; `fact` is asked by name."""
    for name, facts in STANDING.items():
        state = {"job_id": job_id, **{each: fact(each) for each in facts}}
        if told.get(name) != state:
            told[name] = state
            yield event(name, state)
