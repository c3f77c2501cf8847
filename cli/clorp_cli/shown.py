"""Drops, entries and files as lines for a terminal. Everything that others wrote is cleaned here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clorp_cli.amounts import clock_time, decimal, dollars, length, read_time
from clorp_cli.drop_ids import short
from clorp_cli.output import GRADE_STYLES, Output
from clorp_cli.text import clean, one_line, table
from clorp_cli.words import gettext as _
from clorp_cli.words import marked, ngettext, pgettext

Json = dict[str, Any]
STATUSES = {
    "pending_payment": marked("unpaid"),
    "open": marked("open"),
    "ranking": marked("being judged"),
    "completed": marked("completed"),
    "cancelled": marked("cancelled"),
    "failed": marked("failed"),
}
JUDGES = {"sender": marked("the sender"), "staff": marked("our moderators"), "panel": marked("the panel")}
REASONS = {
    "abandoned": marked("Taken back before it was paid for."),
    "unpaid": marked("Never paid for."),
    "cancelled_by_sender": marked("Cancelled by its sender and refunded."),
    "removed_by_staff": marked("Removed by moderators and refunded."),
    "no_submissions": marked("Nobody submitted, so the sender got the money back."),
    "no_passing_entry": marked("No entry passed, so the sender got the money back."),
    "stopped_by_staff": marked("Stopped by moderators and refunded."),
}


def title_of(job: Json) -> str:
    return one_line(job.get("title") or job.get("prompt") or "")


def time_left(job: Json, now: datetime) -> str:
    closes_at = read_time(job.get("window_closes_at"))
    return length((closes_at - now).total_seconds()) if closes_at and closes_at > now else "-"


def board(jobs: list[Json], out: Output, now: datetime) -> list[str]:
    if not jobs:
        return [_("No open drops match. New ones show up in: clorp watch")]
    rows = [[_("ID"), _("PACK"), _("PRIZE"), left_head(), _("SEATS"), _("DROP")]]
    for job in jobs:
        seats = f"{job['claims_count']}/{job['seats_total']}"
        prize = dollars(job.get("prize_cents"))
        rows.append([short(job["id"]), one_line(job["pack"]), prize, time_left(job, now), seats, title_of(job)])
    head, *lines = table(rows, width=out.width, right=(2,))
    return [out.style("dim", head), *lines]


def finished(jobs: list[Json], out: Output) -> list[str]:
    if not jobs:
        return [_("No drop has finished yet.")]
    rows = [["", _("ID"), _("PACK"), _("PRIZE"), _("ENDED"), _("DROP")]]
    for job in jobs:
        ended_at = read_time(job.get("ended_at"))
        ended, prize = clock_time(ended_at) if ended_at else "-", dollars(job.get("prize_cents"))
        rows.append([job.get("grade") or "-", short(job["id"]), one_line(job["pack"]), prize, ended, title_of(job)])
    head, *lines = table(rows, width=out.width, right=(3,))
    return [out.style("dim", head), *(f"{grade_tile(line[:1], out)}{line[1:]}" for line in lines)]


def posted(jobs: list[Json], out: Output, now: datetime) -> list[str]:
    if not jobs:
        return [_("You haven't posted a drop yet: clorp drop")]
    rows = [[_("ID"), _("STATUS"), _("GRADE"), _("PRICE"), left_head(), _("ENTRIES"), _("DROP")]]
    for job in jobs:
        facts = [short(job["id"]), status_of(job), job.get("grade") or "-", dollars(job.get("price_cents"))]
        rows.append([*facts, time_left(job, now), str(job["submissions_count"]), title_of(job)])
    head, *lines = table(rows, width=out.width, right=(3, 5))
    return [out.style("dim", head), *lines]


def left_head() -> str:
    return pgettext("time", "LEFT")


def status_of(job: Json) -> str:
    return named(STATUSES, job.get("status"))


def named(names: dict[str, str], code: object) -> str:
    """Return what a code is called; the code itself where it is a new one."""
    name = names.get(str(code))
    return _(name) if name else one_line(code)


def grade_tile(grade: str, out: Output) -> str:
    return out.style(GRADE_STYLES.get(grade, ""), grade)


def brief(job: Json, out: Output, now: datetime) -> Iterator[str]:
    """Show a drop in full: what is asked, what it pays, until when, and what the viewer may do."""
    yield out.style("bold", title_of(job))
    prize = _("prize {sum}").format(sum=dollars(job.get("prize_cents")))
    yield f"{status_of(job)} · {one_line(job['pack'])} · {prize} · {seats_line(job)}"
    closes_at = read_time(job.get("window_closes_at"))
    if closes_at and job.get("status") == "open":
        yield _("Closes at {time}, in {left}.").format(time=clock_time(closes_at), left=time_left(job, now))
    yield _judged_by(job)
    yield ""
    yield clean(job.get("prompt") or "")
    if job.get("description"):
        yield f"\n{clean(job['description'])}"
    for name, value in (job.get("envVars") or {}).items():
        yield f"\n{one_line(name)}={one_line(value)}"
    yield from files(job.get("attachments") or [])
    yield from outcome(job, out)
    yield from may_do(job)


def seats_line(job: Json) -> str:
    entries = job["submissions_count"]
    words = ngettext(
        "{taken} of {seats} seats taken, {entries} entry", "{taken} of {seats} seats taken, {entries} entries", entries
    )
    return words.format(taken=job["claims_count"], seats=job["seats_total"], entries=entries)


def _judged_by(job: Json) -> str:
    judge, judged_by = named(JUDGES, job.get("judge")), read_time(job.get("judged_by_at"))
    if judged_by:
        return _("Judged by {judge}, by {time}.").format(judge=judge, time=clock_time(judged_by))
    return _("Judged by {judge}.").format(judge=judge)


def outcome(job: Json, out: Output) -> Iterator[str]:
    if job.get("grade"):
        grade, prize = grade_tile(str(job["grade"]), out), dollars(job.get("prize_cents"))
        yield "\n" + _("Grade {grade}, prize {sum}.").format(grade=grade, sum=prize)
    elif job.get("outcome_reason") in REASONS:
        yield "\n" + named(REASONS, job["outcome_reason"])
    if job.get("rationale"):
        yield clean(job["rationale"])


def files(attached: list[Json]) -> Iterator[str]:
    if attached:
        yield "\n" + _("Files:")
        for file in attached:
            yield f"  {one_line(file['name'], 60)}  {size(int(file['size']))}  {one_line(file['url'])}"


def size(count: int) -> str:
    if count < 1_000_000:
        return f"{count} B" if count < 1000 else f"{count / 1000:.0f} kB"
    return f"{decimal(count / 1e6, 1)} MB"


def may_do(job: Json) -> Iterator[str]:
    """Say which steps are open to the viewer, and why a seat is not."""
    allowed = [str(one["action"]) for one in job.get("allowed_actions") or ()]
    if allowed:
        # By the names of the commands that do them.
        yield "\n" + _("You can: {steps}.").format(steps=", ".join(one_line(name) for name in allowed))
    for refused in job.get("refused_actions") or ():
        if refused.get("action") == "claim" and job.get("status") == "open":
            yield _("No seat for you: {reason}").format(reason=one_line(refused.get("error")))


def receipt(entry: Json) -> list[str]:
    given = entry.get("receipt") or {}
    received_at = read_time(given.get("received_at"))
    words = _("Revision {number} received at {time}.") if received_at else _("Revision {number} received.")
    at = clock_time(received_at) if received_at else ""
    return [
        f"{words.format(number=given.get('revision'), time=at)} {_('It counts until you send a better one.')}",
        f"sha256 {one_line(given.get('sha256'))}",
    ]
