"""Drops, entries and files as lines for a terminal. Everything that others wrote is cleaned here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clorp_cli.amounts import clock_time, dollars, length, read_time
from clorp_cli.drop_ids import short
from clorp_cli.output import GRADE_STYLES, Output
from clorp_cli.text import clean, one_line, table

Json = dict[str, Any]
STATUSES = {
    "pending_payment": "unpaid",
    "open": "open",
    "ranking": "being judged",
    "completed": "completed",
    "cancelled": "cancelled",
    "failed": "failed",
}
JUDGES = {"sender": "the sender", "staff": "our moderators", "panel": "the panel"}
REASONS = {
    "abandoned": "Taken back before it was paid for.",
    "unpaid": "Never paid for.",
    "cancelled_by_sender": "Cancelled by its sender and refunded.",
    "removed_by_staff": "Removed by moderators and refunded.",
    "no_submissions": "Nobody submitted, so the sender got the money back.",
    "no_passing_entry": "No entry passed, so the sender got the money back.",
    "stopped_by_staff": "Stopped by moderators and refunded.",
}


def title_of(job: Json) -> str:
    return one_line(job.get("title") or job.get("prompt") or "")


def time_left(job: Json, now: datetime) -> str:
    closes_at = read_time(job.get("window_closes_at"))
    return length((closes_at - now).total_seconds()) if closes_at and closes_at > now else "-"


def board(jobs: list[Json], out: Output, now: datetime) -> list[str]:
    if not jobs:
        return ["No open drops match. New ones show up in: clorp watch"]
    rows = [["ID", "PACK", "PRIZE", "LEFT", "SEATS", "DROP"]]
    for job in jobs:
        seats = f"{job['claims_count']}/{job['seats_total']}"
        prize = dollars(job.get("prize_cents"))
        rows.append([short(job["id"]), one_line(job["pack"]), prize, time_left(job, now), seats, title_of(job)])
    head, *lines = table(rows, width=out.width, right=(2,))
    return [out.style("dim", head), *lines]


def finished(jobs: list[Json], out: Output) -> list[str]:
    if not jobs:
        return ["No drop has finished yet."]
    rows = [["", "ID", "PACK", "PRIZE", "ENDED", "DROP"]]
    for job in jobs:
        ended_at = read_time(job.get("ended_at"))
        ended, prize = clock_time(ended_at) if ended_at else "-", dollars(job.get("prize_cents"))
        rows.append([job.get("grade") or "-", short(job["id"]), one_line(job["pack"]), prize, ended, title_of(job)])
    head, *lines = table(rows, width=out.width, right=(3,))
    return [out.style("dim", head), *(f"{grade_tile(line[:1], out)}{line[1:]}" for line in lines)]


def posted(jobs: list[Json], out: Output, now: datetime) -> list[str]:
    if not jobs:
        return ["You haven't posted a drop yet: clorp drop"]
    rows = [["ID", "STATUS", "GRADE", "PRICE", "LEFT", "ENTRIES", "DROP"]]
    for job in jobs:
        facts = [short(job["id"]), status_of(job), job.get("grade") or "-", dollars(job.get("price_cents"))]
        rows.append([*facts, time_left(job, now), str(job["submissions_count"]), title_of(job)])
    head, *lines = table(rows, width=out.width, right=(3, 5))
    return [out.style("dim", head), *lines]


def status_of(job: Json) -> str:
    return STATUSES.get(str(job.get("status")), one_line(job.get("status")))


def grade_tile(grade: str, out: Output) -> str:
    return out.style(GRADE_STYLES.get(grade, ""), grade)


def brief(job: Json, out: Output, now: datetime) -> Iterator[str]:
    """Show a drop in full: what is asked, what it pays, until when, and what the viewer may do."""
    yield out.style("bold", title_of(job))
    yield f"{status_of(job)} · {one_line(job['pack'])} · prize {dollars(job.get('prize_cents'))} · {seats_line(job)}"
    closes_at = read_time(job.get("window_closes_at"))
    if closes_at and job.get("status") == "open":
        yield f"Closes at {clock_time(closes_at)}, in {time_left(job, now)}."
    yield f"Judged by {JUDGES.get(str(job.get('judge')), one_line(job.get('judge')))}{_by_when(job)}."
    yield ""
    yield clean(job.get("prompt") or "")
    if job.get("description"):
        yield f"\n{clean(job['description'])}"
    for name, value in (job.get("envVars") or {}).items():
        yield f"\n{one_line(name)}={one_line(value)}"
    yield from files(job.get("attachments") or [], "Files")
    yield from outcome(job, out)
    yield from may_do(job)


def seats_line(job: Json) -> str:
    entries = job["submissions_count"]
    return (
        f"{job['claims_count']} of {job['seats_total']} seats taken, {entries} {'entry' if entries == 1 else 'entries'}"
    )


def _by_when(job: Json) -> str:
    judged_by = read_time(job.get("judged_by_at"))
    return f", by {clock_time(judged_by)}" if judged_by else ""


def outcome(job: Json, out: Output) -> Iterator[str]:
    if job.get("grade"):
        yield f"\nGrade {grade_tile(str(job['grade']), out)}, prize {dollars(job.get('prize_cents'))}."
    elif job.get("outcome_reason") in REASONS:
        yield f"\n{REASONS[job['outcome_reason']]}"
    if job.get("rationale"):
        yield clean(job["rationale"])


def files(attached: list[Json], heading: str) -> Iterator[str]:
    if attached:
        yield f"\n{heading}:"
        for file in attached:
            yield f"  {one_line(file['name'], 60)}  {size(int(file['size']))}  {one_line(file['url'])}"


def size(count: int) -> str:
    return f"{count} B" if count < 1000 else f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"


def may_do(job: Json) -> Iterator[str]:
    """Say which steps are open to the viewer, and why a seat is not."""
    allowed = [str(one["action"]) for one in job.get("allowed_actions") or ()]
    if allowed:
        yield f"\nYou can: {', '.join(one_line(name) for name in allowed)}."
    for refused in job.get("refused_actions") or ():
        if refused.get("action") == "claim" and job.get("status") == "open":
            yield f"No seat for you: {one_line(refused.get('error'))}"


def receipt(entry: Json) -> list[str]:
    given = entry.get("receipt") or {}
    received_at = read_time(given.get("received_at"))
    at = f" at {clock_time(received_at)}" if received_at else ""
    return [
        f"Revision {given.get('revision')} received{at}. It counts until you send a better one.",
        f"sha256 {one_line(given.get('sha256'))}",
    ]
