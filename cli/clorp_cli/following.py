"""A drop, or the board, as it changes: by a stream of events where the site has one, else by asking again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from clorp_cli.errors import Exit, Failure
from clorp_cli.site import Site
from clorp_cli.words import gettext as _

Json = dict[str, Any]
ENDED = {"completed", "cancelled", "failed"}
# Between two questions where there is no stream: often at first, as what one waits for is most often near.
PAUSES = (0.5, 0.5, 1.0, 1.0, 2.0)
PAUSE_SECONDS = 3.0
RECONNECT_SECONDS = 2.0
LOST_MAX = 30


@dataclass
class Event:
    name: str
    data: Any
    mark: str


class NoStream(Exception):
    """There is none here; ask from time to time instead."""


def events_in(lines: Iterable[str]) -> Iterator[Event]:
    """Read server-sent events. What is no JSON, or has no data, is left out."""
    name, mark = "message", ""
    data: list[str] = []
    for line in lines:
        field, _colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                with suppress(ValueError):
                    yield Event(name, json.loads("\n".join(data)), mark)
            name, data = "message", []
        elif field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif field == "id" and "\0" not in value:
            mark = value


def follow_drop(site: Site, drop_id: str, *, seconds: float | None = None) -> Iterator[Event]:
    """Yield `status`, `counts` and `log` of a drop until `end`. Raises Failure when the time is up before that."""
    until = _limit(seconds)
    try:
        yield from streamed(site, f"jobs/{drop_id}/logs", {}, until)
    except NoStream:
        yield from _asked_again(site, drop_id, until)


def follow_board(site: Site, query: Json, *, seconds: float | None = None) -> Iterator[tuple[str, Json]]:
    """Yield `opened`, `changed` and `gone` with the drop (of one that is gone, its id) until the time is up."""
    until = _limit(seconds)
    try:
        try:
            yield from _board_streamed(site, query, until)
        except NoStream:
            yield from _board_asked_again(site, query, until)
    except Failure as failure:
        if failure.code != "timeout":
            raise


def _board_streamed(site: Site, query: Json, until: float) -> Iterator[tuple[str, Json]]:
    """Yield each change once, also where the stream begins anew and tells all that is open again."""
    known: dict[str, Json] = {}
    again: set[str] = set()
    for event in streamed(site, "board", query, until, ends=False):
        data: Json = event.data if isinstance(event.data, dict) else {}
        job_id = str(data.get("id") or data.get("job_id") or "")
        if event.name == "begin":
            again = set(known)
        elif event.name == "current":
            yield from (("gone", {"id": known.pop(one)["id"]}) for one in sorted(again))
            again = set()
        elif event.name == "gone" and job_id in known:
            del known[job_id]
            yield "gone", {"id": job_id}
        elif event.name in {"opened", "changed"} and job_id:
            again.discard(job_id)
            before, known[job_id] = known.get(job_id), data
            if before != data:
                yield "changed" if before else "opened", data


def _limit(seconds: float | None) -> float:
    return time.monotonic() + seconds if seconds else float("inf")


def streamed(
    site: Site, path: str, query: Json, until: float, *, ends: bool = True, mark: str = "", lost_max: float = LOST_MAX
) -> Iterator[Event]:
    """Yield events over as many connections as it takes, each from where the last one left off."""
    lost, was_open = 0, False
    while True:
        try:
            with site.stream(path, after=mark, seconds=until - time.monotonic(), **query) as answer:
                if answer.status_code == 204:
                    return
                if "text/event-stream" not in answer.headers.get("Content-Type", ""):
                    _require_stream(site, answer, was_open=was_open)
                was_open = True
                for event in events_in(_in_time(answer.iter_lines(), until)):
                    lost, mark = 0, event.mark or mark
                    yield event
                    if event.name == "end" and ends:
                        return
        except Failure as failure:
            if failure.exit_code != Exit.AWAY or not was_open or lost >= lost_max:
                raise
        lost += 1
        _require_time(until)
        time.sleep(min(RECONNECT_SECONDS, max(0.0, until - time.monotonic())))


def _in_time(lines: Iterable[str], until: float) -> Iterator[str]:
    for line in lines:
        _require_time(until)
        yield line


def _require_stream(site: Site, answer: Any, *, was_open: bool) -> None:
    """Tell a refusal, which stands, from a site without streams, and both from one that is just being restarted."""
    if answer.status_code in {401, 403, 404}:
        site.require_success(answer)
    if was_open and answer.status_code >= 500:
        raise Failure(_("The stream is away for now."), Exit.AWAY)
    raise NoStream


def _require_time(until: float) -> None:
    if time.monotonic() >= until:
        words = _("The time is up, and it hasn't ended.")
        raise Failure(words, Exit.LATER, code="timeout", next_step=_("Wait again."))


def pauses(until: float) -> Iterator[None]:
    """Yield at once, then after each pause."""
    count = 0
    while True:
        yield
        _require_time(until)
        pause = PAUSES[count] if count < len(PAUSES) else PAUSE_SECONDS
        time.sleep(min(pause, max(0.0, until - time.monotonic())))
        count += 1


def _asked_again(site: Site, drop_id: str, until: float) -> Iterator[Event]:
    shown: dict[str, Json] = {}
    for _pause in pauses(until):
        job = site.get(f"jobs/{drop_id}")
        status = {name: job[name] for name in ("status", "outcome_reason", "window_closes_at")}
        counts = {name: job[name] for name in ("claims_count", "submissions_count")}
        for name, state in (("status", status), ("counts", counts)):
            if shown.get(name) != state:
                shown[name] = state
                yield Event(name, {"job_id": job["id"], **state}, "")
        if job["status"] in ENDED:
            yield Event("end", {"job_id": job["id"]}, "")
            return


def _board_asked_again(site: Site, query: Json, until: float) -> Iterator[tuple[str, Json]]:
    known: dict[str, Json] = {}
    for _pause in pauses(until):
        jobs = {job["id"]: job for job in site.pages("board", 200, **query)}
        for drop_id, job in jobs.items():
            if drop_id not in known:
                yield "opened", job
            elif job["updated_at"] != known[drop_id]["updated_at"] or _counts(job) != _counts(known[drop_id]):
                yield "changed", job
        yield from (("gone", {"id": drop_id}) for drop_id in known if drop_id not in jobs)
        known = jobs


def _counts(job: Json) -> tuple[int, int]:
    return job["claims_count"], job["submissions_count"]
