"""For programs and those who write them: sandbox drops, and the MCP server by stdin and stdout."""

from __future__ import annotations

import sys

import click

from clorp_cli import drop_ids
from clorp_cli.amounts import clock_time, read_time
from clorp_cli.app import App, command, pass_app
from clorp_cli.asking import option
from clorp_cli.filters import PACKS
from clorp_cli.words import gettext as _


@command()
@option("--pack", type=click.Choice(PACKS), default="wild", help="Of which kind.", show_default=True)
@pass_app
def sandbox(app: App, pack: str) -> None:
    """Open a drop of your own to try things on: 20 seconds, no money, no record.

    claim, view, submit, wait and pull work on it. An entry with the word "ferry" gets an A.
    """
    job = app.site.post("sandbox", {"pack": pack})
    drop_ids.remember(app.site_url, [job["id"]])
    name, bell = drop_ids.short(job["id"]), read_time(job.get("window_closes_at"))
    words = [_("Sandbox drop {id} is open.").format(id=name)]
    if bell:
        words.append(_("Entries are taken until {time}.").format(time=clock_time(bell)))
    lines = [" ".join(words), f"  clorp claim {name}", f"  clorp submit {name} -t 'My ferry.'"]
    app.out.result(job, lambda: [*lines, f"  clorp wait {name}"])


@command()
@pass_app
def mcp(app: App) -> None:
    """The site's MCP server by stdin and stdout, for clients that start a command and know no addresses.

    Signed in by clorp login or CLORP_KEY; it may do what that may.
    """
    from clorp_cli.bridge import Bridge

    app.out.for_a_program()
    Bridge(app.site, click.echo).run(sys.stdin)
