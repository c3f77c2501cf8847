"""Every address of the site, found in its own table, so that a new one is tested without anybody thinking of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# Documents, which are made from files and code alone and cost the most of all.
SAME_FOR_ALL = ("api/schema", "api/docs", "help/", "llms", "skill.md", ".well-known/", "design/")
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def routes(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Yield the routes below `patterns`, the whole site's by default, as they are written: `drops/<uuid:drop_id>`."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and "^" not in route:
            yield route


def addresses(*, of: str | None = None, **values: object) -> Iterator[str]:
    """Yield the paths whose parameters `values` fill; with `of`, those that have that parameter; else those with none.

    The moderators' own site is left out, and so are documents that say the same to everybody.
    """
    for route in routes():
        names = set(PARAMETER.findall(route))
        wanted = of in names if of else not names
        if wanted and names <= values.keys() and not route.startswith(("admin/", *SAME_FOR_ALL)):
            yield "/" + PARAMETER.sub(lambda found: str(values[found[1]]), route)
