# ruff: noqa: S608 - joined from constants only; every value is a parameter
"""The board's first page for a stranger, in one short query: the same answer as the board's own, byte for byte.

A stranger's row says nothing of who asks, so it stays the same until the drop's row changes. The query asks which rows
and in what version; those already known are not loaded or written anew. Whatever is unusual goes the whole way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from accounts.api import limits
from core import clock
from core.api.json import dump
from core.api.paging import LIMIT_DEFAULT, LIMIT_MAX, limit_of, link_to
from core.errors import Invalid
from drops.api import job_json
from drops.api.board import SORTS, Asked
from drops.models import Drop
from drops.models.claim import SEATS_MAX

# A row and its version: the drop's id, which transaction wrote it, and where it lies.
Version = str


class Written(NamedTuple):
    """A row as it goes over the wire. Its digest spares hashing whole answers, for which a thread gives up its turn."""

    json: bytes
    digest: bytes


ROWS_MAX = 2_000
# Pages are read in one of these sizes, of which the first is the usual one.
SIZES = (LIMIT_DEFAULT, LIMIT_MAX)
_rows: dict[Version, Written] = {}


def board(request: HttpRequest) -> HttpResponse | None:
    """The board's first page; None where another page is asked for, or something that is to be refused."""
    query = request.GET
    try:
        asked, limit = Asked.of(query), limit_of(query.get("limit"))
    except Invalid:
        return None
    if "cursor" in query:
        return None
    now = clock.now()
    values = {"now": now, "limit": limit, **vars(asked)}
    spent, (found, last) = limits.spend_and_fetch(request, statement(asked, limit), values)
    if not spent.allowed:
        return None
    versions = found.split(";") if found else []
    rows = written(versions[:limit], now)
    body = b"[%s]" % b",".join([row.json for row in rows])
    response = HttpResponse(body, content_type="application/json", headers=spent.headers)
    response["ETag"] = f'"{_digest(b"".join([row.digest for row in rows])).hex()}"'
    if len(versions) > limit:
        response["Link"] = link_to("next", [last, drop_of(versions[limit - 1])], request.path, query)
    return response


def statement(asked: Asked, limit: int) -> str:
    """The query that finds what was asked for: the rows' versions in one text, and what the page's last is sorted by.

    Values stay out of it, so there are but a few to prepare. How many rows it reads is written into it: where that is
    a value, PostgreSQL plans anew each time, which takes longer than the rows.
    """
    rows = next(size for size in SIZES if limit <= size) + 1
    return _statement(asked.sort, asked.pack is not None, asked.min_price_cents is not None, asked.has_seats, rows)


@cache
def _statement(sort: str, of_a_pack: bool, from_a_price: bool, with_seats: bool, rows: int) -> str:
    """Open drops have been paid for and are not removed, which the table's own rules see to."""
    order = SORTS[sort]
    direction = " DESC" if order.descending else ""
    wanted = ["status = 'open'", "window_closes_at > %(now)s"]
    wanted += ["pack = %(pack)s"] if of_a_pack else []
    wanted += ["price_cents >= %(min_price_cents)s"] if from_a_price else []
    wanted += [f"claims_count < {SEATS_MAX}"] if with_seats else []
    # Each column that comes back is made an object of, so there are but two. Rows are gathered in the order they come.
    return f"""
        SELECT string_agg(version, ';'), (array_agg(sorted_by))[%(limit)s::int] FROM (
            SELECT id::text || ' ' || xmin::text || ' ' || ctid::text AS version, {order.fields[0]} AS sorted_by
            FROM drops_drop WHERE {" AND ".join(wanted)}
            ORDER BY {", ".join(field + direction for field in order.fields)} LIMIT {rows}
        ) page
    """


def drop_of(version: Version) -> str:
    """The id of the drop whose row it is."""
    return version.partition(" ")[0]


def written(versions: Sequence[Version], now: datetime) -> list[Written]:
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


def _write(versions: Iterable[Version], now: datetime) -> Iterable[tuple[Version, Written]]:
    version_of = {drop_of(version): version for version in versions}
    stranger: Any = AnonymousUser()
    drops = list(Drop.objects.visible_to(stranger).in_window(now).filter(pk__in=version_of))
    jobs = job_json.jobs(drops, stranger, now)
    for drop, job in zip(drops, jobs, strict=True):
        json = dump(job)
        yield version_of[str(drop.pk)], Written(json, _digest(json))


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def forget() -> None:
    _rows.clear()
