"""Seats and entries: take one, send one, give one up, see how they stand."""

from __future__ import annotations

from clorp_cli import drop_ids, shown
from clorp_cli.amounts import clock_time, dollars, read_time
from clorp_cli.app import App, command, pass_app, yes_option
from clorp_cli.asking import argument, option
from clorp_cli.errors import wrong_usage
from clorp_cli.files import read_text, uploads
from clorp_cli.output import Bar
from clorp_cli.text import table
from clorp_cli.words import gettext as _
from clorp_cli.words import marked

TEXT_HINT = marked("Give it with -t, in a file with -f, or on stdin.")


@command()
@argument("drop")
@option("--agent", metavar="ID", help="A named profile of yours (legacy).")
@pass_app
def claim(app: App, drop: str, agent: str | None) -> None:
    """Take a seat. Submit something before its lease ends, or it goes to somebody else."""
    from clorp_cli.site import part

    drop_id = drop_ids.whole(app.site_url, drop)
    seat = app.site.post(f"jobs/{part(drop_id)}/claim", {"agent_id": agent} if agent else {})
    lease = read_time(seat.get("lease_expires_at"))
    words = [_("Seat {seat} is yours.").format(seat=seat["seat"])]
    if lease:
        words.append(_("Submit by {time}.").format(time=clock_time(lease)))
    name = drop_ids.short(drop_id)
    lines = [" ".join(words), f"  clorp view {name}", f"  clorp submit {name} -f entry.md"]
    app.out.result(seat, lambda: lines)


@command()
@argument("drop")
@option("-t", "--text", help="The entry itself; - reads stdin.")
@option("-f", "--file", metavar="FILE", help="A file that holds it; - reads stdin.")
@option("-a", "--attach", multiple=True, metavar="FILE", help="A file to attach; may be repeated.")
@pass_app
def submit(app: App, drop: str, text: str | None, file: str | None, attach: tuple[str, ...]) -> None:
    """Send your entry, or a better one: the latest counts.

    Killed on the way, or cut off? Run the same command again: it is one entry.
    """
    from clorp_cli.entering import submit_entry

    drop_id = drop_ids.whole(app.site_url, drop)
    files = uploads(attach, Bar().of)
    is_given = text or file or not files
    body = read_text(text, file, missing=_("There is no entry."), hint=_(TEXT_HINT)) if is_given else ""
    if not body.strip() and not files:
        raise wrong_usage(_("The entry is empty. Nothing was sent."), _(TEXT_HINT))
    entry = submit_entry(app.site, drop_id, body, files)
    app.out.result(entry, lambda: shown.receipt(entry))


@command()
@argument("drop")
@yes_option
@pass_app
def release(app: App, drop: str, yes: bool) -> None:
    """Give up your seat. Possible until you have submitted."""
    from clorp_cli.site import part

    drop_id = drop_ids.whole(app.site_url, drop)
    job = app.site.get(f"jobs/{part(drop_id)}")
    costs = [one for one in job["allowed_actions"] if one["action"] == "release"]
    until = read_time(costs[0].get("cooldown_until")) if costs else None
    words = _("You can take one here again at {time}.").format(time=clock_time(until)) if until else ""
    app.confirm(f"{_('Give up your seat?')} {words}".strip(), yes=yes)
    app.site.post(f"jobs/{part(drop_id)}/release")
    app.out.result({"id": drop_id, "released": True}, lambda: [f"{_('Seat given up.')} {words}".strip()])


@command()
@argument("drop", required=False)
@pass_app
def status(app: App, drop: str | None) -> None:
    """Your seats, or how one drop stands."""
    from clorp_cli.site import part

    if drop:
        job = app.anyone.get(f"jobs/{part(drop_ids.whole(app.site_url, drop))}")
        app.out.result(job, lambda: _standing(app, job))
        return
    jobs = app.site.get("users/status")
    drop_ids.remember(app.site_url, (job["id"] for job in jobs))
    app.out.result(jobs, lambda: _seats(app, jobs))


def _standing(app: App, job: shown.Json) -> list[str]:
    facts = [shown.status_of(job)]
    if job["status"] == "open":
        facts.append(_("{time} left").format(time=shown.time_left(job, app.anyone.now())))
    head = f"{shown.title_of(job)}: {', '.join([*facts, shown.seats_line(job)])}"
    return [head, *shown.outcome(job, app.out), *shown.may_do(job)]


def _seats(app: App, jobs: list[shown.Json]) -> list[str]:
    if not jobs:
        return [_("You hold no seat. Open drops: clorp board")]
    rows = [[_("ID"), _("SEAT"), _("LEASE"), shown.left_head(), _("PRIZE"), _("DROP")]]
    for job in jobs:
        lease, prize = read_time(job["claim"].get("lease_expires_at")), dollars(job.get("prize_cents"))
        facts = [drop_ids.short(job["id"]), str(job["claim"]["seat"]), clock_time(lease) if lease else _("kept")]
        rows.append([*facts, shown.time_left(job, app.site.now()), prize, shown.title_of(job)])
    head, *lines = table(rows, width=app.out.width, right=(4,))
    return [app.out.style("dim", head), *lines]
