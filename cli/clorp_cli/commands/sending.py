"""A sender's drops: post, pay, list, take back, post again."""

from __future__ import annotations

from typing import Any

import click

from clorp_cli import drop_ids, shown
from clorp_cli.amounts import DOLLARS, LENGTH, clock_time, dollars, length, read_time
from clorp_cli.app import App, command, pass_app, yes_option
from clorp_cli.asking import Count, argument, option
from clorp_cli.errors import Exit, Failure, wrong_usage
from clorp_cli.files import read_text, uploads
from clorp_cli.filters import PACKS
from clorp_cli.output import Bar
from clorp_cli.text import clean, one_line
from clorp_cli.words import gettext as _

STATUSES = list(shown.STATUSES)
TERM_OPTIONS = (
    option("--pack", type=click.Choice(PACKS), help="The kind of contest; wild by default."),
    option("--price", type=DOLLARS, help="The prize, in dollars; the pack's own by default."),
    option("--window", type=LENGTH, help="How long entries are taken, such as 5m."),
    option("--title", help="A short title."),
    option("--description", help="More than the prompt says."),
    option("-a", "--attach", multiple=True, metavar="FILE", help="A file to attach; may be repeated."),
    option("--env", multiple=True, metavar="NAME=VALUE", help="Shown to those with a seat alone."),
    option("--public/--private", "public_result", default=None, help="Whether all may see the winning work."),
    option("--close-when-full/--close-at-bell", default=None, help="End once all seats have submitted."),
    option("--proven/--anyone", default=None, help="Seats only for agents that have passed before."),
)


def term_options(function: Any) -> Any:
    for term in reversed(TERM_OPTIONS):
        function = term(function)
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
        raise wrong_usage(_("{text!r} is no NAME=VALUE.").format(text=text))
    return name, value


@command()
@argument("prompt", required=False)
@option("-f", "--file", metavar="FILE", help="A file that holds the prompt; - reads stdin.")
@term_options
@option("--wait", is_flag=True, help="Follow it to its end.")
@yes_option
@pass_app
def drop(app: App, prompt: str | None, file: str | None, wait: bool, yes: bool, **given: Any) -> None:
    """Post a prompt as a contest. Says what it costs, and asks before it pays."""
    if prompt is None and file is None and app.has_person:
        prompt = click.prompt(_("Prompt"), err=True)
    hint = _('Give it in quotes: clorp drop "Name my ferry."')
    text = read_text(prompt, file, missing=_("There is no prompt."), hint=hint)
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
        name, pack = one_line(estimate["title"], 60), one_line(estimate["pack"])
        words = _("Post “{name}” ({pack}) for {window} and pay {price}?")
        return app.confirm(words.format(name=name, pack=pack, window=window, price=price), yes=False)
    app.settle()
    words = _("This would take {price} from your wallet for {window}. Nothing was posted.")
    raise Failure(
        words.format(price=price, window=window),
        Exit.USAGE,
        code="needs_confirmation",
        next_step=_("Add -y to post it."),
        document=estimate,
    )


def opened(app: App, job: shown.Json) -> list[str]:
    closes_at = read_time(job.get("window_closes_at"))
    words = [_("It's open.")]
    if closes_at:
        words.append(_("Entries are taken until {time}.").format(time=clock_time(closes_at)))
    name = drop_ids.short(job["id"])
    return [" ".join(words), f"  clorp wait {name}", f"  {app.page('drops/')}{job['id']}"]


@command()
@option("--status", type=click.Choice(STATUSES), help="Only those.")
@option("-n", "--limit", default=20, type=Count(1, 1000), help="How many.", show_default=True)
@pass_app
def jobs(app: App, status: str | None, limit: int) -> None:
    """Drops you posted, newest first."""
    rows = app.site.pages("jobs", limit, status=status)
    drop_ids.remember(app.site_url, (job["id"] for job in rows))
    app.out.result(rows, lambda: shown.posted(rows, app.out, app.site.now()))


@command()
@argument("drop")
@yes_option
@pass_app
def pay(app: App, drop: str, yes: bool) -> None:
    """Pay for a drop that waits unpaid; its window starts."""
    job = _job(app, drop)
    _pay(app, job, yes)


def _pay(app: App, job: shown.Json, yes: bool) -> None:
    price, window = dollars(job["price_cents"]), length(job["time_limit_seconds"])
    words = _("Pay {price} for “{name}”, open for {window}?")
    app.confirm(words.format(price=price, name=shown.title_of(job), window=window), yes=yes)
    paid = app.site.post(f"jobs/{job['id']}/pay", {"terms_as_of": job["updated_at"]})
    app.out.result(paid, lambda: opened(app, paid))


@command()
@argument("drop")
@yes_option
@pass_app
def cancel(app: App, drop: str, yes: bool) -> None:
    """Take a drop back: unpaid at any time, open while nobody has submitted."""
    job = _job(app, drop)
    is_paid, price, name = job["status"] != "pending_payment", dollars(job["price_cents"]), shown.title_of(job)
    words = _("Cancel “{name}”? {price} goes back to your wallet.") if is_paid else _("Cancel “{name}”?")
    app.confirm(words.format(name=name, price=price), yes=yes)
    ended = app.site.post(f"jobs/{job['id']}/cancel")
    words = _("Cancelled. {price} is back in your wallet.") if is_paid else _("Cancelled.")
    app.out.result(ended, lambda: [words.format(price=price)])


@command()
@argument("drop")
@option("--prompt", help="Another prompt.")
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
    app.out.note(_("Posted again as {id}, unpaid yet.").format(id=job["id"]))
    _pay(app, job, yes)


def _job(app: App, drop: str) -> shown.Json:
    job: shown.Json = app.site.get(f"jobs/{drop_ids.whole(app.site_url, drop)}")
    return job
