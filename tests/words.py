"""Which words the code of the site does not use, because they tell a reader nothing."""

from __future__ import annotations

import ast

from tests.house import House

# A value says what it holds: a transfer, not what was found; a reply, not what was said.
EMPTY_NAMES = {"found", "said"}


def docstrings_that_open_with_what(house: House) -> list[str]:
    """Find docstrings that do not open with what is returned, refused or done."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return [
        f"{module}:{getattr(node, 'lineno', 1)} opens with “What”."
        for module, tree in house.items()
        for node in ast.walk(tree)
        if isinstance(node, documented) and (ast.get_docstring(node) or "").startswith("What")
    ]


def names_that_say_nothing(house: House) -> list[str]:
    """Find variables and arguments that are called by an empty name."""
    return [
        f"{module}:{line} names something {name}."
        for module, tree in house.items()
        for node in ast.walk(tree)
        for line, name in _named_in(node)
        if name in EMPTY_NAMES
    ]


def _named_in(node: ast.AST) -> list[tuple[int, str]]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return [(node.lineno, node.id)]
    return [(node.lineno, node.arg)] if isinstance(node, ast.arg) else []
