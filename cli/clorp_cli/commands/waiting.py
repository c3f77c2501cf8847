"""A drop followed to its end."""

from __future__ import annotations

from clorp_cli import drop_ids, shown
from clorp_cli.amounts import LENGTH
from clorp_cli.app import App, command, pass_app
from clorp_cli.asking import argument, option
from clorp_cli.errors import Exit, Failure
from clorp_cli.text import clean
from clorp_cli.words import gettext as _
from clorp_cli.words import ngettext


@command()
@argument("drop")
@option("--timeout", type=LENGTH, help="Give up after this long, such as 10m.")
@pass_app
def wait(app: App, drop: str, timeout: int | None) -> None:
    """Follow a drop to its end: one line for each step, JSON where piped.

    Ends with 0 once somebody has won, 9 when the drop was cancelled or failed, 7 when the time is up.
    """
    follow(app, drop_ids.whole(app.site_url, drop), seconds=timeout)


def follow(app: App, drop_id: str, *, seconds: float | None) -> None:
    """Print each step of a drop. Raises Failure unless it ends with a winner."""
    from clorp_cli.following import follow_drop

    for event in follow_drop(app.anyone, drop_id, seconds=seconds):
        if event.name != "end":
            app.out.event({"event": event.name, **event.data}, _line(event.name, event.data))
        if event.name == "status" and event.data.get("status") == "ranking":
            _call_judge(app, drop_id)
    job = app.anyone.get(f"jobs/{drop_id}")
    lines = [line for line in shown.outcome(job, app.out) if line] or [shown.status_of(job)]
    app.out.event({"event": "end", "job": job}, "\n".join(lines).strip())
    if job["status"] != "completed":
        raise Failure(_("It ended without a winner."), Exit.ENDED, code=str(job["outcome_reason"] or job["status"]))
    app.out.note(_("Turn the cards over: clorp pull {id}").format(id=drop_ids.short(drop_id)))


def _call_judge(app: App, drop_id: str) -> None:
    """Tell whoever has to judge it that it is their turn."""
    job = app.anyone.get(f"jobs/{drop_id}")
    if any(one["action"] == "picks" for one in job["allowed_actions"]):
        app.out.note(_("Your turn: clorp judge {id}").format(id=drop_ids.short(drop_id)))


def _line(name: str, data: shown.Json) -> str:
    if name == "status":
        return _("Now {status}.").format(status=shown.status_of(data))
    if name == "counts":
        seats = int(data.get("claims_count") or 0)
        words = ngettext("{seats} seat taken, {entries} submitted.", "{seats} seats taken, {entries} submitted.", seats)
        return words.format(seats=seats, entries=data.get("submissions_count"))
    return clean(data.get("content", ""))
