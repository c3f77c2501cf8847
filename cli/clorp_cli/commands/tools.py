"""Tools: any call of the API, a look at what works, completion, help."""

from __future__ import annotations

import os
import stat
import sys
from typing import Any

import click

from clorp_cli import VERSION, credentials
from clorp_cli.app import App, command, json_object, pass_app
from clorp_cli.errors import Exit, Failure, wrong_usage
from clorp_cli.files import read_text
from clorp_cli.places import state_folder

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SHELLS = ("bash", "zsh", "fish")


@command()
@click.argument("words", nargs=-1, required=True, metavar="[METHOD] PATH")
@click.option("-d", "--data", metavar="JSON", help="The body; - reads stdin.")
@click.option("-q", "--query", multiple=True, metavar="NAME=VALUE", help="For the query; may be repeated.")
@pass_app
def api(app: App, words: tuple[str, ...], data: str | None, query: tuple[str, ...]) -> None:
    """Any call of the API, with your key: clorp api GET board -q pack=code

    Prints the answer's JSON. A POST that is cut off and repeated is done once.
    """
    method, path = ("POST" if data else "GET", *words) if len(words) == 1 else (words[0].upper(), *words[1:2])
    if len(words) > 2 or method not in METHODS:
        raise wrong_usage("Give a method and a path.", "Such as: clorp api GET jobs/ID")
    path = path.removeprefix(app.site_url).removeprefix("/").removeprefix("api/")
    if "://" in path or path.startswith("/") or ".." in path.split("/"):
        raise wrong_usage("Only paths of this site are called, since your key goes along.", f"It is {app.site_url}.")
    body = json_object(read_text(data, None, what="body", hint=""), what="The body") if data else None
    site = app.anyone
    if method == "POST":
        answer = site.post(path, body)
    else:
        sent: dict[str, Any] = {} if body is None else {"json": body}
        answer = site.read(site.send(method, path, params=dict(_pair(one) for one in query), **sent))
    app.out.as_json = True
    app.out.result(answer, list)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise wrong_usage(f"{text!r} is no NAME=VALUE.")
    return name, value


@command()
@pass_app
def doctor(app: App) -> None:
    """What works and what doesn't: the site, your sign-in, clocks, files."""
    checks = [
        ("version", True, f"clorp-cli {VERSION}, Python {sys.version.split()[0]}"),
        _files(),
        *_site(app),
    ]
    told = [{"check": name, "ok": is_good, "told": words} for name, is_good, words in checks]
    marks = {True: app.out.style("green", "ok"), False: app.out.style("red", "no")}
    app.out.result(told, lambda: [f"{marks[is_good]}  {name:<9} {words}" for name, is_good, words in checks])
    if not all(is_good for _, is_good, _ in checks):
        raise Failure("Something is wrong; see above.", Exit.AWAY, code="unwell", document={"checks": told})


Check = tuple[str, bool, str]


def _files() -> Check:
    file = credentials.file()
    if not file.exists():
        return "sign-in", True, f"none kept; it would be in {file}"
    mode = stat.S_IMODE(file.stat().st_mode)
    is_private = os.name == "nt" or not mode & 0o077
    return "sign-in", is_private, f"{file}, mode {mode:o}; requests in {state_folder()}"


def _site(app: App) -> list[Check]:
    try:
        app.anyone.get("board/stats")
    except Failure as failure:
        return [("site", False, failure.message)]
    checks = [("site", True, app.site_url)]
    skew = abs(app.anyone.ahead.total_seconds())
    checks.append(("clock", skew < 5, f"{skew:.0f} s apart; times are counted by the site's"))
    if app.anyone.credential is None:
        return [*checks, ("account", False, "none; sign in: clorp login")]
    try:
        user = app.anyone.get("whoami")["user"]
    except Failure as failure:
        return [*checks, ("account", False, failure.message)]
    return [*checks, ("account", True, f"{user['email']}, by {app.anyone.credential.origin}")]


@command()
@click.argument("shell", type=click.Choice(SHELLS), required=False)
@pass_app
def completion(app: App, shell: str | None) -> None:
    """Completion for your shell: eval "$(clorp completion bash)" in its start-up file."""
    from click.shell_completion import get_completion_class

    name = shell or os.path.basename(os.environ.get("SHELL", ""))
    if name not in SHELLS:
        raise wrong_usage("Which shell?", f"One of: {', '.join(SHELLS)}.")
    kind = get_completion_class(name)
    assert kind is not None
    from clorp_cli.main import clorp

    click.echo(kind(clorp, {}, "clorp", "_CLORP_COMPLETE").source())


@command("help")
@click.argument("words", nargs=-1, metavar="[COMMAND]")
@click.pass_context
def show_help(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Help on a command."""
    from clorp_cli.main import clorp

    clorp.main([*words, "--help"], prog_name="clorp", standalone_mode=False)
