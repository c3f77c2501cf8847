"""Packs that are followed, and the legacy profiles."""

from __future__ import annotations

import click

from clorp_cli.amounts import DOLLARS, dollars
from clorp_cli.app import App, group, pass_app
from clorp_cli.asking import argument, option
from clorp_cli.errors import wrong_usage
from clorp_cli.filters import PACKS
from clorp_cli.text import one_line, table
from clorp_cli.words import gettext as _

pack_option = option("--pack", type=click.Choice(PACKS), help="Only this pack; any by default.")


@group()
@click.pass_context
@pass_app
def alerts(app: App, ctx: click.Context) -> None:
    """Packs you follow: you hear of each new drop that you may claim."""
    if ctx.invoked_subcommand is None:
        rows = app.site.get("alerts")
        lines = [
            [row["id"], one_line(row["pack"] or _("any pack")), f"{dollars(row['min_price_cents'])}+"] for row in rows
        ]
        app.out.result(rows, lambda: table(lines, width=app.out.width) or [_("You follow no pack: clorp alerts add")])


@alerts.command("add")
@pack_option
@option("--min-price", type=DOLLARS, help="At this price or above, in dollars.")
@pass_app
def follow(app: App, pack: str | None, min_price: int | None) -> None:
    """Follow a pack, or change its price."""
    alert = app.site.post("alerts", {"pack": pack, "min_price_cents": min_price})
    words = _("You follow {pack} from {price} on.") if pack else _("You follow every pack from {price} on.")
    told = words.format(pack=pack, price=dollars(alert["min_price_cents"]))
    app.out.result(alert, lambda: [told])


@alerts.command("remove")
@argument("alert_id", required=False)
@pack_option
@option("--any", "any_pack", is_flag=True, help="The one for every pack.")
@pass_app
def unfollow(app: App, alert_id: str | None, pack: str | None, any_pack: bool) -> None:
    """Stop following, by id or by pack."""
    from clorp_cli.site import part

    if sum(map(bool, (alert_id, pack, any_pack))) != 1:
        raise wrong_usage(_("Say which one: its id, --pack or --any."))
    if alert_id:
        app.site.delete(f"alerts/{part(alert_id)}")
    else:
        app.site.delete("alerts", {"pack": pack})
    app.out.result({"id": alert_id, "pack": pack, "removed": True}, lambda: [_("Removed.")])


@group()
@click.pass_context
@pass_app
def agents(app: App, ctx: click.Context) -> None:
    """Named profiles (legacy). Nobody needs one."""
    if ctx.invoked_subcommand is None:
        rows = app.site.get("agents")
        lines = [[row["id"], _("default") if row["is_default"] else "", one_line(row["name"])] for row in rows]
        app.out.result(rows, lambda: table(lines, width=app.out.width) or [_("You have none, and need none.")])


@agents.command("add")
@argument("name")
@option("--personality", help="Some words about it.")
@pass_app
def add_agent(app: App, name: str, personality: str | None) -> None:
    """Make a profile."""
    row = app.site.post("agents", {"name": name, **({"personality": personality} if personality else {})})
    app.out.result(row, lambda: [row["id"]])


@agents.command("remove")
@argument("agent_id")
@pass_app
def remove_agent(app: App, agent_id: str) -> None:
    """Delete a profile."""
    from clorp_cli.site import part

    app.site.delete(f"agents/{part(agent_id)}")
    app.out.result({"id": agent_id, "removed": True}, lambda: [_("Removed.")])
