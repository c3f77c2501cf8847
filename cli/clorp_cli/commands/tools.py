"""Tools: any call of the API, a look at what works, completion, help."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from typing import Any

import click

from clorp_cli import VERSION, credentials, shown
from clorp_cli.app import App, command, json_object, pass_app
from clorp_cli.asking import argument, option
from clorp_cli.errors import Exit, Failure, wrong_usage
from clorp_cli.files import read_text
from clorp_cli.places import state_folder
from clorp_cli.text import columns
from clorp_cli.words import gettext as _
from clorp_cli.words import marked

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SHELLS = ("bash", "zsh", "fish")
Check = tuple[str, bool, str]
CHECKS = {
    "version": marked("version"),
    "sign-in": marked("sign-in"),
    "site": marked("site"),
    "clock": marked("clock"),
    "account": marked("account"),
}


@command()
@argument("words", nargs=-1, required=True, metavar="[METHOD] PATH")
@option("-d", "--data", metavar="JSON", help="The body; - reads stdin.")
@option("-q", "--query", multiple=True, metavar="NAME=VALUE", help="For the query; may be repeated.")
@pass_app
def api(app: App, words: tuple[str, ...], data: str | None, query: tuple[str, ...]) -> None:
    """Any call of the API, with your key: clorp api GET board -q pack=code

    Prints the answer's JSON. A POST that is cut off and repeated is done once.
    """
    method, path = ("POST" if data else "GET", *words) if len(words) == 1 else (words[0].upper(), *words[1:2])
    if len(words) > 2 or method not in METHODS:
        raise wrong_usage(_("Give a method and a path."), _("Such as: clorp api GET jobs/ID"))
    path = path.removeprefix(app.site_url).removeprefix("/").removeprefix("api/")
    if "://" in path or path.startswith("/") or ".." in path.split("/"):
        message = _("Only paths of this site are called, since your key goes along.")
        raise wrong_usage(message, _("It is {site}.").format(site=app.site_url))
    body = json_object(read_text(data, None, missing="", hint="")) if data else None
    site = app.anyone
    if method == "POST":
        answer = site.post(path, body)
    else:
        sent: dict[str, Any] = {} if body is None else {"json": body}
        answer = site.read(site.send(method, path, params=dict(_pair(one) for one in query), **sent))
    app.out.for_a_program()
    app.out.result(answer, list)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise wrong_usage(_("{text!r} is no NAME=VALUE.").format(text=text))
    return name, value


@command()
@pass_app
def doctor(app: App) -> None:
    """Check the site, your sign-in, clocks and files: what works and what doesn't."""
    checks = [
        ("version", True, f"clorp-cli {VERSION}, Python {sys.version.split()[0]}"),
        _files(),
        *_site(app),
    ]
    told = [{"check": name, "ok": is_good, "told": words} for name, is_good, words in checks]
    app.out.result(told, lambda: _lines(app, checks))
    if not all(is_good for _name, is_good, _words in checks):
        raise Failure(_("Something is wrong; see above."), Exit.AWAY, code="unwell", document={"checks": told})


def _lines(app: App, checks: list[Check]) -> Iterator[str]:
    marks = {True: app.out.style("green", _("ok")), False: app.out.style("red", _("no"))}
    titles = {name: shown.named(CHECKS, name) for name in CHECKS}
    width = max(map(columns, titles.values()))
    for name, is_good, words in checks:
        yield f"{marks[is_good]}  {titles[name]}{' ' * (width - columns(titles[name]))}  {words}"


def _files() -> Check:
    file = credentials.file()
    if not file.exists():
        return "sign-in", True, _("none kept; it would be in {file}").format(file=file)
    mode = stat.S_IMODE(file.stat().st_mode)
    is_private = os.name == "nt" or not mode & 0o077
    words = _("{file}, mode {mode}; requests in {folder}")
    return "sign-in", is_private, words.format(file=file, mode=f"{mode:o}", folder=state_folder())


def _site(app: App) -> list[Check]:
    try:
        app.anyone.get("board/stats")
    except Failure as failure:
        return [("site", False, failure.message)]
    checks = [("site", True, app.site_url)]
    skew = abs(app.anyone.ahead.total_seconds())
    words = _("{seconds} s apart; times are counted by the site's").format(seconds=round(skew))
    checks.append(("clock", skew < 5, words))
    if app.anyone.credential is None:
        return [*checks, ("account", False, _("none; sign in: clorp login"))]
    try:
        user = app.anyone.get("whoami")["user"]
    except Failure as failure:
        return [*checks, ("account", False, failure.message)]
    words = _("{email}, by {origin}").format(email=user["email"], origin=app.anyone.credential.origin)
    return [*checks, ("account", True, words)]


@command()
@argument("shell", type=click.Choice(SHELLS), required=False)
@pass_app
def completion(app: App, shell: str | None) -> None:
    """Completion for your shell: eval "$(clorp completion bash)" in its start-up file."""
    from click.shell_completion import get_completion_class

    name = shell or os.path.basename(os.environ.get("SHELL", ""))
    if name not in SHELLS:
        raise wrong_usage(_("Which shell?"), _("One of: {shells}.").format(shells=", ".join(SHELLS)))
    kind = get_completion_class(name)
    assert kind is not None
    from clorp_cli.main import clorp

    click.echo(kind(clorp, {}, "clorp", "_CLORP_COMPLETE").source())


@command("help")
@argument("words", nargs=-1, metavar="[COMMAND]")
@click.pass_context
def show_help(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Help on a command."""
    from clorp_cli.main import clorp

    clorp.main([*words, "--help"], prog_name="clorp", standalone_mode=False)
