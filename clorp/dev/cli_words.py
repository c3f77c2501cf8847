"""Read the words of the command line from its code: those it marks, and those click shows of it without a mark.

That is help, in the docstring of a command and in `help=`, and the names of values. `cli/clorp_cli/asking.py` looks
them up when they are read. `borrowed.txt` has what click itself says.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

from clorp.dev.environment import ROOT

PACKAGE = ROOT / "cli" / "clorp_cli"
# What click shows of its pieces.
SHOWN = {"help", "metavar"}
PIECES = {"option", "Option", "argument"}
COMMANDS = {"command", "group"}
MARKS = {"_", "gettext", "ngettext", "pgettext", "marked"}
# Modules whose words are for programs, in English for all.
FOR_PROGRAMS = {
    "bridge.py": "words of a protocol, which models read",
    "intents.py": "names of requests",
}
# Arguments of what shows nothing.
NOT_SHOWN = {"compile"}
WORDS = re.compile(r"[^\W\d_]{2,}[,:;.]? [^\W\d_]")
# A command to be typed, or the end of one; a header of HTTP; types of content.
CODE = re.compile(r"\s*clorp \w+|\s*-t |Bearer |application/")

Calls = Iterator[tuple[str, list[str]]]
Fault = tuple[int, str]


def shown_by_click(tree: ast.AST) -> Calls:
    """Yield help and names of values, as calls of gettext; each paragraph of help is one message, on one line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(_is_command(each) for each in node.decorator_list):
            yield from (("gettext", [part]) for part in paragraphs(ast.get_docstring(node) or ""))
        if isinstance(node, ast.Call) and name_of(node.func) in PIECES:
            given = {
                each.arg: ast.literal_eval(each.value) for each in node.keywords if each.arg in {*SHOWN, "required"}
            }
            yield from (("gettext", [given[name]]) for name in sorted(SHOWN & given.keys()))
            if name_of(node.func) == "argument" and "metavar" not in given:
                name = ast.literal_eval(node.args[0]).upper()
                yield "gettext", [name if given.get("required", True) else f"[{name}]"]


def paragraphs(text: str) -> list[str]:
    """Return the prose of a help text; `clorp_cli.words.paragraphs` cuts it alike."""
    parts = cleandoc(text).split("\n\n")
    return [" ".join(part.split()) for part in parts if part and not part.startswith("\b")]


def _is_command(decorator: ast.expr) -> bool:
    return name_of(decorator.func if isinstance(decorator, ast.Call) else decorator) in COMMANDS


def name_of(node: ast.AST) -> str:
    """Return the last part of what is called; nothing where it has no name."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def unmarked_in_code(source: str) -> list[Fault]:
    """Return the line and the words of whatever the command line says without marking it."""
    tree = ast.parse(source)
    excused = {id(child) for node in ast.walk(tree) if _is_excused(node) for child in ast.walk(node)}
    faults = [
        (node.lineno, text)
        for node in ast.walk(tree)
        if isinstance(node, ast.expr)
        and id(node) not in excused
        and (text := _text_of(node))
        and WORDS.search(text)
        and not CODE.match(text)
    ]
    return sorted(set(faults))


def _is_excused(node: ast.AST) -> bool:
    """Whether what stands in it is marked, shown by click, or no text that is shown."""
    if isinstance(node, ast.Call):
        return name_of(node.func) in MARKS | NOT_SHOWN
    if isinstance(node, ast.keyword):
        return node.arg in SHOWN
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _text_of(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""


def code() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def all_faults() -> Iterator[str]:
    for path in code():
        if path.name not in FOR_PROGRAMS:
            for line, words in unmarked_in_code(path.read_text()):
                yield f"{path.relative_to(ROOT)}:{line}: not marked for translation: {words}"
