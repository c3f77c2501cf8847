"""Every address of the site, found in its own table, so that a new one is tested without anybody thinking of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.urls import URLPattern, URLResolver, get_resolver

# Documents, which are made from files and code alone and cost the most of all.
SAME_FOR_ALL = ("api/schema", "api/docs", "help/", "llms", "skill.md", ".well-known/", "design/")
# What programs ask for, and the moderators' own site, which are no pages of the site's.
OWN_DOORS = ("api/", "admin/", "identity/o/api/", "mcp")
PARAMETER = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")
# What a path can have where its route has a parameter, by the parameter's converter; nothing has these ids.
SAMPLES = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "1", "slug": "x", "str": "x", "path": "x"}


def leaves(
    patterns: Iterable[URLPattern | URLResolver] | None = None, before: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Yield the routes below `patterns`, the whole site's by default, as they are written, each with its pattern."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from leaves(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern


def routes() -> Iterator[str]:
    """Yield the routes as they are written, `drops/<uuid:drop_id>`; none with the `^` of a regular expression."""
    return (route for route, _ in leaves() if "^" not in route)


def pages() -> Iterator[tuple[str, str]]:
    """Yield name and route of every page of the site that has a name."""
    return ((leaf.name, route) for route, leaf in leaves() if leaf.name and not route.startswith(OWN_DOORS))


def names_in(route: str) -> set[str]:
    """Return the names of a route's parameters."""
    return {parameter["name"] for parameter in PARAMETER.finditer(route)}


def addresses(*, of: str | None = None, **values: object) -> Iterator[str]:
    """Yield the paths whose parameters `values` fill; with `of`, those that have that parameter; else those with none.

    The moderators' own site is left out, and so are documents that say the same to everybody.
    """
    for route in routes():
        names = names_in(route)
        wanted = of in names if of else not names
        if wanted and names <= values.keys() and not route.startswith(("admin/", *SAME_FOR_ALL)):
            yield "/" + PARAMETER.sub(lambda parameter: str(values[parameter["name"]]), route)


def is_sampled(route: str) -> bool:
    """Whether `SAMPLES` can stand for each parameter: not for those of a regular expression."""
    return "(?P" not in route


def sample_of(route: str) -> str:
    """Return a path that leads to `route`, with a sample for each parameter."""
    plain = route.replace("^", "").removesuffix("$").replace("\\", "")
    return "/" + PARAMETER.sub(lambda parameter: SAMPLES[parameter["converter"] or "str"], plain)


def public_doors(to: Iterable[str] | None = None) -> Iterator[str]:
    """Yield a path to each of the routes, the whole site's by default, that have samples; none to the moderators'."""
    for route in (route for route, _ in leaves()) if to is None else to:
        if is_sampled(route) and not route.startswith("admin/"):
            yield sample_of(route)
