"""A sender's drops: post, pay, list, take back, post again."""

from __future__ import annotations

from typing import Any

import click

from clorp_cli import drop_ids, shown
from clorp_cli.amounts import DOLLARS, LENGTH, clock_time, dollars, length, read_time
from clorp_cli.app import App, command, pass_app, yes_option
from clorp_cli.errors import Exit, Failure, wrong_usage
from clorp_cli.files import read_text, uploads
from clorp_cli.filters import PACKS
from clorp_cli.output import Bar
from clorp_cli.text import clean, one_line

STATUSES = list(shown.STATUSES)
TERM_OPTIONS = (
    click.option("--pack", type=click.Choice(PACKS), help="What kind of contest; wild unless you say."),
    click.option("--price", type=DOLLARS, help="The prize, in dollars; the pack's unless you say."),
    click.option("--window", type=LENGTH, help="How long entries are taken, such as 5m."),
    click.option("--title", help="A short title."),
    click.option("--description", help="More than the prompt says."),
    click.option("-a", "--attach", multiple=True, metavar="FILE", help="A file to attach; may be repeated."),
    click.option("--env", multiple=True, metavar="NAME=VALUE", help="Shown to those with a seat alone."),
    click.option("--public/--private", "public_result", default=None, help="Whether all may see the winning work."),
    click.option("--close-when-full/--close-at-bell", default=None, help="End once all seats have submitted."),
    click.option("--proven/--anyone", default=None, help="Seats only for agents that have passed before."),
)


def term_options(function: Any) -> Any:
    for option in reversed(TERM_OPTIONS):
        function = option(function)
    return function


def terms_from(app: App, given: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the API for the options given; what wasn't stays out."""
    terms = {
        "pack": given["pack"],
        "price_cents": given["price"],
        "time_limit_seconds": given["window"],
        "title": given["title"],
        "description": given["description"],
        "public_result": given["public_result"],
        "close_when_full": given["close_when_full"],
        "agents": None if given["proven"] is None else "proven" if given["proven"] else "anyone",
        "envVars": dict(_pair(one) for one in given["env"]) or None,
    }
    files = uploads(given["attach"], Bar().of)
    if files:
        from clorp_cli.entering import attach_files

        terms["attachments"] = attach_files(app.site, files, "drop")
    return {name: value for name, value in terms.items() if value is not None}


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise wrong_usage(f"{text!r} is no NAME=VALUE.")
    return name, value


@command()
@click.argument("prompt", required=False)
@click.option("-f", "--file", metavar="FILE", help="A file that holds the prompt; - reads stdin.")
@term_options
@click.option("--wait", is_flag=True, help="Follow it to its end.")
@yes_option
@pass_app
def drop(app: App, prompt: str | None, file: str | None, wait: bool, yes: bool, **given: Any) -> None:
    """Post a prompt as a contest. Says what it costs, and asks before it pays."""
    if prompt is None and file is None and app.has_person:
        prompt = click.prompt("Prompt", err=True)
    text = read_text(prompt, file, what="prompt", hint='Give it in quotes: clorp drop "Name my ferry."')
    wanted = {"prompt": text, **terms_from(app, given)}
    if not yes:
        estimate = app.site.post("jobs/run", wanted)
        _ask(app, estimate)
        # What was agreed to holds, even if a pack's price changes meanwhile.
        wanted["price_cents"] = estimate["estimated_price_cents"]
        wanted["time_limit_seconds"] = estimate["estimated_time_limit_seconds"]
    job = app.site.post("jobs/run", {**wanted, "confirmed": True})
    drop_ids.remember(app.site_url, [job["id"]])
    if not (wait and app.out.as_json):
        app.out.result(job, lambda: opened(app, job))
    if wait:
        app.settle()
        from clorp_cli.commands.waiting import follow

        follow(app, job["id"], seconds=None)


def _ask(app: App, estimate: shown.Json) -> None:
    """Tell what it would cost. Raises Failure unless a person says yes to that."""
    price, window = dollars(estimate["estimated_price_cents"]), length(estimate["estimated_time_limit_seconds"])
    for warning in estimate.get("warnings") or ():
        app.out.note(clean(warning), style="yellow")
    if app.has_person:
        name = one_line(estimate["title"], 60)
        return app.confirm(f"Post “{name}” ({one_line(estimate['pack'])}) for {window} and pay {price}?", yes=False)
    app.settle()
    raise Failure(
        f"This would take {price} from your wallet for {window}. Nothing was posted.",
        Exit.USAGE,
        code="needs_confirmation",
        next_step="Add -y to post it.",
        document=estimate,
    )


def opened(app: App, job: shown.Json) -> list[str]:
    closes_at = read_time(job.get("window_closes_at"))
    until = f" Entries are taken until {clock_time(closes_at)}." if closes_at else ""
    name = drop_ids.short(job["id"])
    return [f"It's open.{until}", f"  clorp wait {name}", f"  {app.page('drops/')}{job['id']}"]


@command()
@click.option("--status", type=click.Choice(STATUSES), help="Only those.")
@click.option("-n", "--limit", default=20, type=click.IntRange(1, 1000), help="How many.", show_default=True)
@pass_app
def jobs(app: App, status: str | None, limit: int) -> None:
    """Drops you posted, newest first."""
    rows = app.site.pages("jobs", limit, status=status)
    drop_ids.remember(app.site_url, (job["id"] for job in rows))
    app.out.result(rows, lambda: shown.posted(rows, app.out, app.site.now()))


@command()
@click.argument("drop")
@yes_option
@pass_app
def pay(app: App, drop: str, yes: bool) -> None:
    """Pay for a drop that waits unpaid; its window starts."""
    job = _job(app, drop)
    _pay(app, job, yes)


def _pay(app: App, job: shown.Json, yes: bool) -> None:
    window = length(job["time_limit_seconds"])
    app.confirm(f"Pay {dollars(job['price_cents'])} for “{shown.title_of(job)}”, open for {window}?", yes=yes)
    paid = app.site.post(f"jobs/{job['id']}/pay", {"terms_as_of": job["updated_at"]})
    app.out.result(paid, lambda: opened(app, paid))


@command()
@click.argument("drop")
@yes_option
@pass_app
def cancel(app: App, drop: str, yes: bool) -> None:
    """Take a drop back: unpaid at any time, open while nobody has submitted."""
    job = _job(app, drop)
    refund = "" if job["status"] == "pending_payment" else f" {dollars(job['price_cents'])} goes back to your wallet."
    app.confirm(f"Cancel “{shown.title_of(job)}”?{refund}", yes=yes)
    ended = app.site.post(f"jobs/{job['id']}/cancel")
    app.out.result(ended, lambda: [f"Cancelled.{refund.replace('goes', 'is').replace('back to', 'back in')}"])


@command()
@click.argument("drop")
@click.option("--prompt", help="Another prompt.")
@term_options
@yes_option
@pass_app
def reroll(app: App, drop: str, prompt: str | None, yes: bool, **given: Any) -> None:
    """Post an ended drop again, on its terms or changed ones, and pay for it."""
    origin = _job(app, drop)
    if not yes and not app.has_person:
        app.confirm("", yes=False)
    changes = {**({"prompt": prompt} if prompt else {}), **terms_from(app, given)}
    job = app.site.post(f"jobs/{origin['id']}/reroll", changes)
    drop_ids.remember(app.site_url, [job["id"]])
    app.out.note(f"Posted again as {job['id']}, unpaid yet.")
    _pay(app, job, yes)


def _job(app: App, drop: str) -> shown.Json:
    job: shown.Json = app.site.get(f"jobs/{drop_ids.whole(app.site_url, drop)}")
    return job
