"""Which drops of the board are wanted, for every command that looks for some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from clorp_cli.amounts import DOLLARS, LENGTH
from clorp_cli.asking import option

PACKS = ("roast", "scout", "code", "cook", "wild")


def board_filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that narrow the board down."""
    options = (
        option("--pack", type=click.Choice(PACKS), help="Of this pack."),
        option("--min-price", type=DOLLARS, help="At this price or above, in dollars."),
        option("--seats", is_flag=True, help="With a free seat."),
        option("--min-left", type=LENGTH, help="With this much time left, such as 2m."),
        option("--max-left", type=LENGTH, help="With no more time left than this."),
        option("-q", "--query", help="With these words in title or prompt."),
    )
    for one in reversed(options):
        function = one(function)
    return function


def board_query(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the query of the API for those options."""
    return {
        "pack": wanted["pack"],
        "min_price_cents": wanted["min_price"],
        "has_seats": bool(wanted["seats"]),
        "min_seconds_left": wanted["min_left"],
        "max_seconds_left": wanted["max_left"],
        "q": wanted["query"],
    }
