"""How long a file, a function and a line of a template may be, so that one can hold them in mind."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house import ROOMS, ROOT

FILE_LINES_MAX, FUNCTION_LINES_MAX, TEMPLATE_LINE_CHARS_MAX = 300, 45, 120


def python_files() -> list[Path]:
    """Return every Python file of ours; migrations are written by a program."""
    tops = [*ROOMS, "cli", "tests", "tools"]
    files = [ROOT / "manage.py", ROOT / "conftest.py", *(file for top in tops for file in (ROOT / top).rglob("*.py"))]
    return sorted(file for file in files if "migrations" not in file.parts)


def template_files() -> list[Path]:
    return sorted(file for file in (ROOT / "templates").rglob("*") if file.is_file())


def long_files(path: Path, text: str) -> list[str]:
    count = len(text.splitlines())
    return [f"{path} has {count} lines."] if path.suffix == ".py" and count > FILE_LINES_MAX else []


def long_functions(path: Path, text: str) -> list[str]:
    if path.suffix != ".py":
        return []
    return [
        f"{path}:{node.lineno} {node.name} is longer than {FUNCTION_LINES_MAX} lines."
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]


def long_template_lines(path: Path, text: str) -> list[str]:
    if path.suffix == ".py":
        return []
    lines = enumerate(text.splitlines(), start=1)
    return [f"{path}:{number} is too long." for number, line in lines if len(line) > TEMPLATE_LINE_CHARS_MAX]


LIMITS = (long_files, long_functions, long_template_lines)
