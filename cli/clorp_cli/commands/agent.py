"""`clorp compete -- CMD`: take seats on drops that match, and let a program write the entries."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from clorp_cli import drop_ids, shown
from clorp_cli.amounts import LENGTH, clock_time, read_time
from clorp_cli.app import App, command, pass_app
from clorp_cli.asking import Count, argument, option
from clorp_cli.errors import Exit, Failure
from clorp_cli.filters import board_filters, board_query
from clorp_cli.own_seats import OwnSeats
from clorp_cli.text import one_line
from clorp_cli.words import gettext as _
from clorp_cli.words import marked

LOOK_AGAIN_SECONDS = 2.0
LOOKED_AT_MAX = 100
KINDS = {
    "claimed": marked("claimed"),
    "refused": marked("refused"),
    "submitted": marked("submitted"),
    "failed": marked("no entry"),
}


@command()
@board_filters
@option("--max", "most", type=Count(1), help="Stop after this many entries.")
@option("--for", "seconds", type=LENGTH, help="Stop looking after this long, such as 2h.")
@option(
    "--brief", type=click.Choice(["text", "json"]), default="text", help="How CMD reads the brief.", show_default=True
)
@option("--margin", type=LENGTH, default="5s", help="Be done this long before the deadline.", show_default=True)
@argument("cmd", nargs=-1, required=True, metavar="-- CMD [ARGS]")
@pass_app
def compete(
    app: App, *, most: int | None, seconds: int | None, brief: str, margin: int, cmd: tuple[str, ...], **wanted: Any
) -> None:
    """Take seats on drops that match; CMD reads the brief on stdin, and what it prints is the entry.

    CMD that prints nothing declines, and one that fails or is late is stopped: the seat is given up. It finds
    CLORP_JOB_ID, CLORP_PACK, CLORP_PRIZE_CENTS and CLORP_DEADLINE in its environment, and your key nowhere. The brief
    is a stranger's text: don't let it run anything.
    """
    from clorp_cli.running import require_program

    require_program(cmd)
    # Asked to end, it gives its seat up as it does after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    until = time.monotonic() + seconds if seconds else float("inf")
    agent = Agent(app, cmd, brief=brief, margin=margin)
    sent = 0
    for job, claim in _seats(agent, board_query({**wanted, "seats": True}), until):
        sent += agent.play(job, claim)
        if sent == most:
            return


def _seats(agent: Agent, query: dict[str, Any], until: float) -> Iterator[tuple[shown.Json, shown.Json]]:
    """Yield drops with a seat on them: those that a run took which was broken off, then new ones as they open."""
    site = agent.app.site
    for job in site.get("users/status"):
        lease = read_time(job["claim"].get("lease_expires_at"))
        if job["id"] in agent.seats and lease and lease > site.now() and "submit" in _allowed(job):
            yield job, job["claim"]
    while time.monotonic() < until:
        on_board = [*site.pages("board", LOOKED_AT_MAX, **query)]
        open_to_me = [job for job in on_board if agent.may_claim(job)]
        for job in open_to_me[:1]:
            claim = agent.claim(job)
            if claim:
                yield job, claim
        if not open_to_me:
            agent.tell_of_pause(on_board)
            time.sleep(min(LOOK_AGAIN_SECONDS, max(0.0, until - time.monotonic())))


def _allowed(job: shown.Json) -> set[str]:
    return {one["action"] for one in job["allowed_actions"]}


class Agent:
    """A program that plays for an account; `tried` says which drops it leaves alone, and until when."""

    def __init__(self, app: App, cmd: tuple[str, ...], *, brief: str, margin: int) -> None:
        self.app, self.cmd, self.brief, self.margin = app, cmd, brief, margin
        self.seats = OwnSeats(app.site_url, app.site.credential.account if app.site.credential else "")
        self.tried: dict[str, datetime | None] = {}
        self.paused_until: str | None = None

    def may_claim(self, job: shown.Json) -> bool:
        again_at = self.tried.get(job["id"], self.app.site.now())
        return "claim" in _allowed(job) and again_at is not None and again_at <= self.app.site.now()

    def claim(self, job: shown.Json) -> shown.Json | None:
        """Take a seat; None where somebody was faster, or a rule forbids it."""
        self.tried[job["id"]] = None
        self.seats.add(job["id"])
        try:
            claim: shown.Json = self.app.site.post(f"jobs/{job['id']}/claim", {})
        except Failure as failure:
            if failure.exit_code in {Exit.SIGN_IN, Exit.AWAY}:
                raise
            self.seats.discard(job["id"])
            self.tried[job["id"]] = failure.until
            self.tell("refused", job, failure.message, code=failure.code)
            return None
        self.app.settle()
        self.tell("claimed", job, _("Seat {seat} is yours.").format(seat=claim["seat"]), claim=claim)
        return claim

    def play(self, job: shown.Json, claim: shown.Json) -> bool:
        """Run the program for a drop and submit what it prints; whether that became an entry."""
        from clorp_cli import running

        job = self.app.site.get(f"jobs/{job['id']}")
        self.tried[job["id"]] = None
        ends = [read_time(claim.get("lease_expires_at")), read_time(job["window_closes_at"])]
        deadline = min(end for end in ends if end)
        seconds = (deadline - self.app.site.now()).total_seconds() - self.margin
        try:
            body = running.entry_by(self.cmd, job, brief=self.brief, site=self.app.site_url, seconds=seconds)
            return self.submit(job, body)
        except running.NoEntry as reason:
            self.give_up(job, str(reason), by=deadline)
            return False
        except KeyboardInterrupt:
            self.give_up(job, _("Stopped."), by=deadline)
            raise

    def submit(self, job: shown.Json, body: str) -> bool:
        from clorp_cli.entering import submit_entry

        try:
            entry = submit_entry(self.app.site, job["id"], body, [])
        except Failure as failure:
            if failure.exit_code == Exit.SIGN_IN:
                raise
            self.tell("failed", job, failure.message, code=failure.code)
            return False
        self.app.settle()
        self.seats.discard(job["id"])
        words = _("Revision {number} received.").format(number=(entry["receipt"] or {}).get("revision"))
        self.tell("submitted", job, words, submission=entry)
        return True

    def give_up(self, job: shown.Json, reason: str, *, by: datetime) -> None:
        """Free the seat for somebody else. Where that fails the lease frees it."""
        try:
            self.app.site.post(f"jobs/{job['id']}/release")
            self.app.settle()
            self.seats.discard(job["id"])
            freed = _("Seat given up.")
        except Failure:
            freed = _("The seat is free at {time}.").format(time=clock_time(by))
        self.tell("failed", job, f"{reason} {freed}", code="no_entry")

    def tell_of_pause(self, jobs: list[shown.Json]) -> None:
        """Say once why there is nothing to take while drops are open: staff have paused it, for everybody."""
        refused = [one for job in jobs for one in job["refused_actions"] if one["action"] == "claim"]
        pauses = [one for one in refused if one["code"] == "paused"]
        if pauses and pauses[0].get("retry_at") != self.paused_until:
            self.paused_until = pauses[0].get("retry_at")
            until, reason = read_time(self.paused_until), one_line(pauses[0]["error"])
            words = f"{reason} {_('Waiting until {time}.').format(time=clock_time(until))}" if until else reason
            event = {"event": "waiting", "code": "paused", "told": reason, "until": self.paused_until}
            self.app.out.event(event, words)

    def tell(self, kind: str, job: shown.Json, words: str, **more: Any) -> None:
        data = {"event": kind, "job_id": job["id"], "told": words, **more}
        name = shown.named(KINDS, kind)
        self.app.out.event(data, f"{drop_ids.short(job['id'])}  {name}: {one_line(words)}  {shown.title_of(job)}")
