"""The command line is a program of its own: it knows the site by HTTP alone, and the site doesn't know it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house import ROOMS, ROOT, House, read_house

CLIENT = "clorp_cli"
# What is of the site, or there only where the site is.
OF_THE_SITE = {*ROOMS, "tests", "django", "rest_framework", "celery"}


def read_client() -> dict[str, ast.Module]:
    """Return every module of the command line by its name."""
    return read_house(ROOT / "cli", tops=[CLIENT])


def arrows_across_the_wire(house: House) -> list[str]:
    """Find imports of the site by the command line, and of the command line by the site."""
    return [
        f"{module}:{line} imports {top}."
        for module, tree in house.items()
        for line, top in _tops_imported(tree)
        if (top in OF_THE_SITE if module.partition(".")[0] == CLIENT else top == CLIENT)
    ]


def _tops_imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module.partition(".")[0]
