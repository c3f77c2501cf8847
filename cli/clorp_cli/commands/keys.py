"""API keys: list, make, revoke."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from clorp_cli import shown
from clorp_cli.amounts import LENGTH, clock_time, read_time
from clorp_cli.app import App, group, pass_app, yes_option
from clorp_cli.asking import argument, option
from clorp_cli.commands.account import SCOPES
from clorp_cli.text import one_line, table
from clorp_cli.words import gettext as _


@group()
@click.pass_context
@pass_app
def keys(app: App, ctx: click.Context) -> None:
    """Your API keys. Without more, their list."""
    if ctx.invoked_subcommand is None:
        rows = app.site.get("keys")
        app.out.result(rows, lambda: _listed(rows, app.out.width))


def _listed(rows: list[shown.Json], width: int) -> list[str]:
    lines = [[_("ID"), _("KEY"), _("SCOPES"), _("LAST USED"), _("NAME")]]
    for row in rows:
        used_at = read_time(row["last_used_at"])
        used = clock_time(used_at) if used_at else _("never")
        lines.append([row["id"], f"{one_line(row['prefix'])}…", " ".join(row["scopes"]), used, one_line(row["name"])])
    return table(lines, width=max(width, 100))


@keys.command()
@argument("name")
@option("--scope", multiple=True, type=click.Choice(SCOPES), help="A scope of the key; may be repeated.")
@option("--for", "seconds", type=LENGTH, help="How long it lasts, such as 30d.")
@pass_app
def new(app: App, name: str, scope: tuple[str, ...], seconds: int | None) -> None:
    """Make a key. It is shown once: on stdout, alone."""
    wanted: dict[str, object] = {"name": name}
    if scope:
        wanted["scopes"] = list(scope)
    if seconds:
        wanted["expires_at"] = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    key = app.site.post("keys", wanted)
    words = _("The key “{name}” may {scopes}. It is shown this once.")
    app.out.note(words.format(name=one_line(key["name"]), scopes=", ".join(key["scopes"])))
    app.out.result(key, lambda: [one_line(key["token"])])


@keys.command()
@argument("key_id")
@yes_option
@pass_app
def revoke(app: App, key_id: str, yes: bool) -> None:
    """Revoke a key by its id. What uses it is signed out at once."""
    from clorp_cli.site import part

    app.confirm(_("Revoke this key? What uses it stops working."), yes=yes)
    app.site.delete(f"keys/{part(key_id)}")
    app.out.result({"id": key_id, "revoked": True}, lambda: [_("Revoked.")])
