"""The pull: cards turn over from last to first, then the winner's work."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from clorp_cli import drop_ids, shown
from clorp_cli.amounts import dollars
from clorp_cli.app import App, command, pass_app
from clorp_cli.asking import argument, option
from clorp_cli.errors import Exit, Failure
from clorp_cli.following import ENDED
from clorp_cli.text import clean, columns, cut, one_line
from clorp_cli.words import gettext as _

CARD_WIDTH = 30


@command()
@argument("drop")
@option("--all", "at_once", is_flag=True, help="Turn all cards at once.")
@option("--save", metavar="FOLDER", help="Save the winner's files there.")
@pass_app
def pull(app: App, drop: str, at_once: bool, save: str | None) -> None:
    """Turn the cards over, last to first; Enter turns one. Then comes the winner's work."""
    drop_id = drop_ids.whole(app.site_url, drop)
    job = app.anyone.get(f"jobs/{drop_id}")
    if job["status"] not in ENDED:
        raise Failure(
            _("There is nothing to pull yet: it is {status}.").format(status=shown.status_of(job)),
            Exit.REFUSED,
            code="not_over",
            next_step=f"clorp wait {drop_ids.short(drop_id)}",
        )
    entries = app.anyone.get(f"jobs/{drop_id}/submissions") if app.anyone.credential else []
    job = _noted(app, job)
    entries.sort(key=lambda entry: -(entry["place"] or 99))
    if app.out.as_json:
        app.out.result({"job": job, "submissions": entries}, list)
    else:
        _reveal(app, job, entries, at_once=at_once or not app.has_person)
    if save:
        from clorp_cli.commands.browsing import save_files

        save_files(app, job["output_attachments"], save)


def _noted(app: App, job: shown.Json) -> shown.Json:
    """Return the drop of a sender who sees the result with this, after telling the site, as the page of a pull does."""
    if not any(one["action"] == "pull" for one in job["allowed_actions"]):
        return job
    try:
        noted: shown.Json = app.site.post(f"jobs/{job['id']}/pull")
    except Failure as failure:
        # A key that may only look shows the result all the same.
        if failure.code != "missing_scope":
            raise
        return job
    return noted


def _reveal(app: App, job: shown.Json, entries: list[shown.Json], *, at_once: bool) -> None:
    app.out.result(None, lambda: [app.out.style("bold", shown.title_of(job))])
    for entry in entries:
        if not at_once:
            _turn(entry)
        app.out.result(None, lambda card=entry: list(_card(app, card, len(entries))))  # type: ignore[misc]
    app.out.result(None, lambda: list(_end(app, job, entries)))


def _turn(entry: shown.Json) -> None:
    """Show a card's back until Enter is pressed; the end of stdin turns it too."""
    seat = one_line(_("Seat {seat}").format(seat=entry["seat"]))
    sys.stderr.write(f"\n  ░░░░  {seat}  ░░░░   {_('Enter turns it')} ")
    sys.stderr.flush()
    if not sys.stdin.readline():
        sys.stderr.write("\n")


def _card(app: App, entry: shown.Json, of: int) -> Iterator[str]:
    grade, place = str(entry.get("grade") or "-"), entry.get("place")
    words = _("{place} of {count}").format(place=place, count=of) if place else _("no place")
    words = _("disqualified") if entry.get("disqualified") else words
    yield f"  ┌{'─' * CARD_WIDTH}┐"
    seat = _fill(f"  {_('Seat {seat}').format(seat=entry['seat'])} · {words}")
    yield f"  │ {app.out.style('bold', shown.grade_tile(grade, app.out))}{seat}│"
    yield f"  └{'─' * CARD_WIDTH}┘"
    if entry.get("explanation"):
        yield f"  {clean(entry['explanation'])}"
    told = clean(entry.get("explanation") or "")
    yield from (f"  · {clean(reason)}" for reason in entry.get("reasons") or () if clean(reason) not in told)
    feedback = entry.get("feedback") or {}
    yield from (f"  · {clean(chip['text'])}" for chip in feedback.get("chips") or ())
    if feedback.get("note"):
        yield "  " + _("They wrote: {words}").format(words=clean(feedback["note"]))


def _fill(text: str) -> str:
    shown_text = cut(text, CARD_WIDTH - 3)
    return shown_text + " " * (CARD_WIDTH - 2 - columns(shown_text))


def _end(app: App, job: shown.Json, entries: list[shown.Json]) -> Iterator[str]:
    winner = next((entry for entry in entries if entry.get("is_winner")), None)
    work = job.get("output_text") or (winner or {}).get("body")
    if winner:
        prize = dollars(job.get("prize_cents"))
        yield "\n" + _("Seat {seat} wins {prize}.").format(seat=winner["seat"], prize=prize)
    if work:
        yield app.out.style("dim", "─" * min(72, app.out.width))
        yield clean(work)
        yield app.out.style("dim", "─" * min(72, app.out.width))
    yield from shown.files(job.get("output_attachments") or [])
    yield from (line.strip("\n") for line in shown.outcome(job, app.out))
