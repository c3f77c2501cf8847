"""The table of what can be called: method, path, the SDK's type of its parameters, what is done."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.stripe_double.faults import Trouble
from tests.stripe_double.shelf import Shelf


@dataclass(frozen=True)
class Call:
    shelf: Shelf
    path: str
    ids: tuple[str, ...]
    params: dict[str, Any]
    trouble: Trouble | None = None
    account: str | None = None


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    typed: Any
    work: Callable[[Call], Any]
    extra: frozenset[str]


ROUTES: list[Route] = []


def route(
    method: str, path: str, typed: Any = None, extra: frozenset[str] = frozenset()
) -> Callable[[Callable[[Call], Any]], Callable[[Call], Any]]:
    """`{}` in the path stands for an id."""
    pattern = re.compile("^" + path.replace("{}", "([^/]+)") + "$")

    def register(work: Callable[[Call], Any]) -> Callable[[Call], Any]:
        ROUTES.append(Route(method, pattern, typed, work, extra))
        return work

    return register


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    for candidate in ROUTES:
        matched = candidate.pattern.match(path)
        if matched and candidate.method == method:
            return candidate, matched.groups()
    return None
