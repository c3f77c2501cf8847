"""Reading long lists a part at a time, each by a query of its own.

Django's `iterator` keeps a cursor open from one transaction to the next, which a pooler that hands connections on
between them loses. A part here begins behind the last row of the one before, so that nothing has to be kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

ROWS_AT_ONCE = 500


def walk(rows: QuerySet[Any], *, newest_first: bool = False) -> Iterator[Any]:
    """The rows by their primary key. Rows that `values` makes dictionaries of have to name it, as `pk`."""
    order, beyond = ("-pk", "pk__lt") if newest_first else ("pk", "pk__gt")
    ordered = rows.order_by(order)
    part = list(ordered[:ROWS_AT_ONCE])
    while part:
        yield from part
        if len(part) < ROWS_AT_ONCE:
            return
        last = part[-1]["pk"] if isinstance(part[-1], dict) else part[-1].pk
        part = list(ordered.filter(**{beyond: last})[:ROWS_AT_ONCE])
