"""Search the tests for names that are private to a module or class of ours; `test_private_names.py` wants none."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.house import ROOT

Trees = Mapping[str, ast.Module]

# What a named tuple calls its public methods.
PUBLIC = {"_asdict", "_fields", "_make", "_replace"}
# Functions that take a name as text.
BY_TEXT = {"setattr", "getattr", "delattr", "hasattr", "object"}


def read_trees(*tops: str, root: Path = ROOT) -> dict[str, ast.Module]:
    """All Python files below `tops` by their paths, without migrations."""
    files = [file for top in tops for file in sorted((root / top).rglob("*.py")) if "migrations" not in file.parts]
    return {str(file.relative_to(root)): ast.parse(file.read_text(), filename=str(file)) for file in files}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_" and name not in PUBLIC


def defined_in(file: str, tree: ast.Module) -> set[str]:
    """The private names that a file gives: its functions, classes and variables, its objects' attributes, its own."""
    names = {Path(file).stem}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_own(node.value):
            names.add(node.attr)
    return {name for name in names if is_private(name)}


def reached_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of everything that is taken out of another object or module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not _is_own(node.value):
            yield node.lineno, node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in BY_TEXT:
            texts = (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))
            yield from ((node.lineno, text.rpartition(".")[2]) for text in texts)


def _is_own(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"self", "cls"}


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def private_names_reached(house: Trees, tests: Trees) -> list[str]:
    """Where a test reaches a private name that the house or another test gives. Those of packages are their matter."""
    given = {file: defined_in(file, tree) for trees in (house, tests) for file, tree in trees.items()}
    ours = set().union(*given.values())
    return [
        f"{file}:{line} reaches {name}."
        for file, tree in tests.items()
        for line, name in sorted(set(reached_in(tree)))
        if name in ours and name not in given[file]
    ]
