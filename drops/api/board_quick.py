# ruff: noqa: S608 - joined from constants only; every value is a parameter
"""The board's first page for a stranger, in one short query: the same answer as the board's own, byte for byte.

A stranger's row says nothing of who asks, so it stays the same until the drop's row changes. The query asks which rows
and in what version; those already known are not loaded or written anew. Whatever is unusual goes the whole way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from clorp import clock
from clorp.api import limits
from clorp.api.paging import limit_of, link_to
from clorp.api.wire import dump
from clorp.errors import Invalid
from clorp.prepared import fetch
from drops.api import jobs_out
from drops.api.board import SORTS, Asked
from drops.models import Drop
from drops.models.claim import SEATS_MAX

# A row and its version: which transaction wrote it, and where it lies.
Version = tuple[UUID, str]

ROWS_MAX = 2_000
_rows: dict[Version, bytes] = {}


def board(request: HttpRequest) -> HttpResponse | None:
    """The board's first page; None where another page is asked for, or something that is to be refused."""
    query = request.GET
    try:
        asked, limit = Asked.of(query), limit_of(query.get("limit"))
    except Invalid:
        return None
    if "cursor" in query:
        return None
    spent = limits.spend_as_stranger(request)
    if not spent.allowed:
        return None
    now = clock.now()
    found = fetch(statement(asked), {"now": now, "limit": limit + 1, **vars(asked)})
    shown = found[:limit]
    body = b"[%s]" % b",".join(written([row[:2] for row in shown], now))
    response = HttpResponse(body, content_type="application/json", headers=spent.headers)
    if len(found) > limit:
        response["Link"] = link_to("next", [shown[-1][2], shown[-1][0]], request.path, query)
    return response


def statement(asked: Asked) -> str:
    """The query that finds what was asked for. Values stay out of it, so there are but a few to prepare."""
    return _statement(asked.sort, asked.pack is not None, asked.min_price_cents is not None, asked.has_seats)


@cache
def _statement(sort: str, of_a_pack: bool, from_a_price: bool, with_seats: bool) -> str:
    """Open drops have been paid for and are not removed, which the table's own rules see to."""
    order = SORTS[sort]
    direction = " DESC" if order.descending else ""
    wanted = ["status = 'open'", "window_closes_at > %(now)s"]
    wanted += ["pack = %(pack)s"] if of_a_pack else []
    wanted += ["price_cents >= %(min_price_cents)s"] if from_a_price else []
    wanted += [f"claims_count < {SEATS_MAX}"] if with_seats else []
    return f"""
        SELECT id, xmin::text || ctid::text, {order.fields[0]} FROM drops_drop WHERE {" AND ".join(wanted)}
        ORDER BY {", ".join(field + direction for field in order.fields)} LIMIT %(limit)s
    """


def written(versions: Sequence[Version], now: datetime) -> list[bytes]:
    """Each drop's row as it goes over the wire; a drop that closes meanwhile is left out."""
    # Taken out at once: another thread may empty the memory at any time.
    rows = {key: row for key in versions if (row := _rows.get(key)) is not None}
    missing = [key for key in versions if key not in rows]
    if missing:
        fresh = dict(_write(missing, now))
        rows |= fresh
        if len(_rows) + len(fresh) > ROWS_MAX:
            _rows.clear()
        _rows.update(fresh)
    return [rows[key] for key in versions if key in rows]


def _write(versions: Iterable[Version], now: datetime) -> Iterable[tuple[Version, bytes]]:
    version_of = dict(versions)
    stranger: Any = AnonymousUser()
    drops = list(Drop.objects.visible_to(stranger).in_window(now).filter(pk__in=version_of))
    jobs = jobs_out.jobs(drops, stranger, now)
    return [((drop.pk, version_of[drop.pk]), dump(job)) for drop, job in zip(drops, jobs, strict=True)]


def forget() -> None:
    _rows.clear()
