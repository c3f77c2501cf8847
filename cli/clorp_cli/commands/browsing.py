"""List open and ended drops, show one in full, and follow the board."""

from __future__ import annotations

from pathlib import Path

import click

from clorp_cli import drop_ids, shown
from clorp_cli.amounts import LENGTH, dollars
from clorp_cli.app import App, command, pass_app
from clorp_cli.asking import Count, argument, option
from clorp_cli.errors import wrong_usage
from clorp_cli.filters import board_filters, board_query
from clorp_cli.text import one_line
from clorp_cli.words import gettext as _
from clorp_cli.words import marked

KINDS = {"opened": marked("opened"), "changed": marked("changed"), "gone": marked("gone")}


@command()
@board_filters
@option("--sort", type=click.Choice(["ends_soon", "prize", "free_seats"]), help="Which drops come first.")
@option("-n", "--limit", default=20, type=Count(1, 1000), help="How many.", show_default=True)
@pass_app
def board(app: App, sort: str | None, limit: int, **wanted: object) -> None:
    """Open drops: prize, time left, seats.

    The first letters of an id will do in other commands, once it was shown.
    """
    jobs = app.anyone.pages("board", limit, sort=sort, **board_query(wanted))
    drop_ids.remember(app.site_url, (job["id"] for job in jobs))
    app.out.result(jobs, lambda: shown.board(jobs, app.out, app.anyone.now()))


@command()
@option("--pack", help="Of this pack, with public work.")
@option("--grade", type=click.Choice(list("SABCDF")), help="With this grade, and public work.")
@option("-q", "--query", help="With these words, and public work.")
@option("-n", "--limit", default=20, type=Count(1, 1000), help="How many.", show_default=True)
@pass_app
def feed(app: App, limit: int, pack: str | None, grade: str | None, query: str | None) -> None:
    """Finished drops and their grades, newest first."""
    if pack or grade or query:
        jobs = app.anyone.pages("gallery", limit, pack=pack, grade=grade, q=query)
    else:
        jobs = app.anyone.pages("feed", limit)
    drop_ids.remember(app.site_url, (job["id"] for job in jobs))
    app.out.result(jobs, lambda: shown.finished(jobs, app.out))


@command()
@argument("drop")
@option("--save", metavar="FOLDER", help="Save the drop's files there.")
@pass_app
def view(app: App, drop: str, save: str | None) -> None:
    """One drop: its brief, files and rules, and what you can do."""
    from clorp_cli.site import part

    job = app.anyone.get(f"jobs/{part(drop_ids.whole(app.site_url, drop))}")
    drop_ids.remember(app.site_url, [job["id"]])
    if save:
        save_files(app, job["attachments"], save)
    app.out.result(job, lambda: shown.brief(job, app.out, app.anyone.now()))


def save_files(app: App, attached: list[shown.Json], folder: str) -> None:
    """Save files under names that stay inside the folder, and over no other file; of one name, under numbers."""
    from clorp_cli.site import part

    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    saved: set[str] = set()
    for file in attached:
        name = one_line(Path(str(file["name"]).replace("\\", "/")).name).lstrip(".") or "file"
        path = target / numbered(name, saved)
        saved.add(path.name)
        if path.exists() or path.is_symlink():
            words = _("{file} is there already. It was not touched.").format(file=path)
            raise wrong_usage(words, _("Name another folder."))
        app.anyone.download(f"attachments/{part(file['id'])}", path)
        app.out.note(_("Saved {file}").format(file=path))


def numbered(name: str, taken: set[str]) -> str:
    """Return the name, with a number where another file of the same drop has it."""
    stem, dot, suffix = name.rpartition(".")
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{stem} ({number}){dot}{suffix}" if stem else f"{name} ({number})"
    return free


@command()
@board_filters
@option("--for", "seconds", type=LENGTH, help="Stop after this long, such as 10m.")
@pass_app
def watch(app: App, seconds: int | None, **wanted: object) -> None:
    """Open drops as they come, change and go: one line each, JSON where piped."""
    from clorp_cli.following import follow_board

    for kind, job in follow_board(app.anyone, board_query(wanted), seconds=seconds):
        drop_ids.remember(app.site_url, [job["id"]])
        facts = [shown.named(KINDS, kind), drop_ids.short(job["id"])]
        if "pack" in job:
            facts += [one_line(job["pack"]), dollars(job.get("prize_cents")), shown.seats_line(job)]
            facts += [shown.time_left(job, app.anyone.now()), shown.title_of(job)]
        app.out.event({"event": kind, "job": job}, "  ".join(facts))
