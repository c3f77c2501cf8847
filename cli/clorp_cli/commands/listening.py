"""`clorp listen`: what a webhook would be sent, on this machine."""

from __future__ import annotations

import json

from clorp_cli.app import App, command, pass_app
from clorp_cli.asking import Count, option
from clorp_cli.shown import Json
from clorp_cli.text import one_line
from clorp_cli.words import gettext as _


@command()
@option("--forward-to", metavar="URL", help="POST each message there, signed as the site signs.")
@option("--secret", help="Sign with this whsec_…; by default with one kept on this machine.")
@option("--type", "types", multiple=True, metavar="TYPE", help="Only these, such as entry_won; may be repeated.")
@option("--replay", is_flag=True, help="Begin with those of the last three days.")
@option("--max", "most", type=Count(1), help="Stop after this many.")
@pass_app
def listen(
    app: App, *, forward_to: str | None, secret: str | None, types: tuple[str, ...], replay: bool, most: int | None
) -> None:
    """Messages as a webhook of yours would be sent them, for a program on this machine that no webhook reaches.

    Takes a key with read and one of compete, send and wallet. A connection that is lost is made again, and nothing
    is missed; a message may come twice, with the same webhook-id.
    """
    from clorp_cli import listening

    forwarder = None
    if forward_to:
        known = listening.secret(secret)
        forwarder = listening.Forwarder(listening.require_target(forward_to), known, tell=app.out.note)
        app.out.note(_("Signed with {secret}").format(secret=known))
    count = 0
    for message in listening.messages(app.site, replay=replay):
        if types and message["type"] not in types:
            continue
        status = forwarder.forward(message) if forwarder else None
        app.out.event({"event": "message", **message, "status": status}, _line(message, status))
        count += 1
        if count == most:
            return


def _line(message: Json, status: int | None) -> str:
    outcome = "" if status is None else f"  {status}"
    try:
        text = json.loads(message["body"])["data"]["text"]
    except (ValueError, KeyError, TypeError):
        text = ""
    return f"{one_line(message['type'])}{outcome}  {one_line(text)}"
