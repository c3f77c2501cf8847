"""Lists that go on: a cursor names the last row seen, and the next page starts behind it. No counts, no offsets."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.errors import Invalid, read_all
from core.order import Order

LIMIT_DEFAULT = 20
LIMIT_MAX = 100


@dataclass(frozen=True)
class Page:
    """Rows in list order, and the addresses that lead on (`next`) and back (`prev`), where there is somewhere to go."""

    rows: list[Any]
    links: dict[str, str]

    @property
    def link(self) -> str:
        """Return the `Link` header; empty where there is nowhere to go."""
        return ", ".join(f'<{address}>; rel="{rel}"' for rel, address in self.links.items())


def page_of(rows: QuerySet[Any], order: Order, *, path: str, query: QueryDict) -> Page:
    """The page of `rows` that `limit` and `cursor` in `query` ask for. Raises Invalid for nonsense in them."""
    limit, (backwards, at) = asked_page(query, rows, order)
    if at is not None:
        rows = rows.filter(order.beyond(at, backwards=backwards))
    # One row more than asked for tells whether there is another page.
    page_rows = list(rows.order_by(*order.names(backwards=backwards))[: limit + 1])
    more, page_rows = len(page_rows) > limit, page_rows[:limit]
    if backwards:
        page_rows.reverse()
    links = {}
    if page_rows and (more or backwards):
        links["next"] = address_behind("next", order.at(page_rows[-1]), path, query)
    if page_rows and (more if backwards else at is not None):
        links["prev"] = address_behind("prev", order.at(page_rows[0]), path, query)
    return Page(page_rows, links)


def asked_page(query: QueryDict, rows: QuerySet[Any], order: Order) -> Any:
    """How many rows, and from where: what `limit` and `cursor` say. Raises Invalid naming both where both are wrong."""
    return read_all(lambda: limit_of(query.get("limit")), lambda: _cursor(query.get("cursor"), rows, order))


def limit_of(text: str | None) -> int:
    """How many rows a page may have, by the query's `limit`. Raises Invalid."""
    if text is None:
        return LIMIT_DEFAULT
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= LIMIT_MAX):
        raise Invalid({"limit": _("A page has from 1 to {most} rows.").format(most=LIMIT_MAX)})
    return int(text)


def address_behind(rel: str, at: Sequence[Any], path: str, query: QueryDict) -> str:
    """Return the address that leads on from the row whose ordering columns are `at`, or with `prev` back from it."""
    packed = base64.urlsafe_b64encode(orjson.dumps([rel == "prev", *map(str, at)])).decode().rstrip("=")
    wanted = {**{name: query[name] for name in query if name != "cursor"}, "cursor": packed}
    return f"{path}?{urlencode(wanted)}"


def _cursor(text: str | None, rows: QuerySet[Any], order: Order) -> tuple[bool, list[Any] | None]:
    """Which way to go, and the row to start behind; (False, None) at the start of the list."""
    # Empty, as generated clients send what they were not given, it is the first page.
    if not text:
        return False, None
    try:
        backwards, *at = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(backwards, bool) or len(at) != len(order.fields):
            raise ValueError
        values = [_value(rows, field, value) for field, value in zip(order.fields, at, strict=True)]
    except (ValueError, TypeError, binascii.Error, ValidationError, OverflowError) as error:
        raise Invalid({"cursor": _("This cursor is not one of ours. Follow the Link header instead.")}) from error
    return backwards, values


def _value(rows: QuerySet[Any], name: str, value: object) -> Any:
    if not isinstance(value, str) or len(value) > 64:
        raise ValueError
    field = rows.model._meta.get_field(name)
    parsed = field.to_python(value)
    if parsed is None or (isinstance(parsed, int) and abs(parsed) >= 2**31 and name != "id"):
        raise ValueError
    field.run_validators(parsed)
    # PostgreSQL and Python agree on the years 1 to 9999 in UTC alone.
    return parsed.astimezone(UTC) if isinstance(parsed, datetime) else parsed
