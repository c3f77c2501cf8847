"""The log of a judging as it is written, with the drop's status and counts: for programs that rather wait than ask."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Invalid
from core.json import dump
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
STREAM_SCHEMA: dict[str, object] = {
    "type": "string",
    "description": "Server-sent events. `x-events` has the JSON Schema of each event's `data`, by the event's name.",
    "x-events": {
        "status": event_schema(
            ("status", "outcome_reason", "window_closes_at"),
            status={"$ref": "#/components/schemas/JobStatus"},
            outcome_reason={"oneOf": [{"$ref": "#/components/schemas/EndReason"}, {"type": "null"}]},
            window_closes_at={"type": ["string", "null"], "format": "date-time"},
        ),
        "counts": event_schema(("claims_count", "submissions_count"), claims_count=COUNT, submissions_count=COUNT),
        "log": {"$ref": "#/components/schemas/LogOut"},
        "end": event_schema(),
    },
}
LINES_AT_ONCE_MAX = 100
ID_DIGITS_MAX = 18


def line_number(mark: str) -> int:
    """The last line that a reader has, 0 for none. Raises Invalid."""
    if not mark:
        return 0
    if not (mark.isascii() and mark.isdigit() and len(mark) <= ID_DIGITS_MAX):
        raise Invalid({"Last-Event-ID": _("This is the id of none of our events.")})
    return int(mark)


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

    told: dict[str, bytes] = {}
    heartbeat = Heartbeat(HEARTBEAT_SECONDS)
    with hub.follow(str(drop_id)) as wire:
        while True:
            drop, lines = await threads.ask(read)
            if drop is None:
                return
            for name, state in _state(drop).items():
                if told.get(name) != dump(state):
                    told[name] = dump(state)
                    yield event(name, state)
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


def _state(drop: Drop) -> dict[str, dict[str, object]]:
    status = {"status": drop.status, "outcome_reason": drop.outcome_reason, "window_closes_at": drop.window_closes_at}
    counts = {"claims_count": drop.claims_count, "submissions_count": drop.submissions_count}
    return {"status": {"job_id": drop.pk, **status}, "counts": {"job_id": drop.pk, **counts}}
