"""Finds the sentences of ours that hold somebody's words as they are, though those may run from right to left."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house import House

# What strangers and moderators write, and models of it, by the names it has in the code.
THEIRS = {"heading", "title", "display_name", "shown_email", "prompt", "told", "moderators_told", "rationale", "remark"}
THEIRS |= {"suspended_reason", "hidden_reason", "held_reason", "disqualified_reason", "written_reason"}
# What makes names of files fit to be shown; they stay somebody's words.
THEIRS |= {"clean_name"}
SET_APART = {"apart", "sentence_apart"}


def words_not_set_apart(house: House) -> list[str]:
    """Return where somebody's words stand in a sentence of ours without being set apart."""
    return [
        f"{module}:{value.lineno} holds {name} as it is"
        for module, tree in house.items()
        for value in _values_in_sentences(tree)
        if (name := _name_of(value)) in THEIRS
    ]


def _values_in_sentences(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what stands between words in an f-string, and what is put into a text by `format`, `format_lazy` or `%`."""
    dicts = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            yield from (*node.args, *_by_name(node, dicts))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "format_lazy":
            yield from (*node.args[1:], *_by_name(node, dicts))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            put = dicts.get(node.right.id, node.right) if isinstance(node.right, ast.Name) else node.right
            yield from put.values if isinstance(put, ast.Dict) else put.elts if isinstance(put, ast.Tuple) else [put]
        if isinstance(node, ast.JoinedStr):
            ours = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
            if " " in ours:
                yield from (part.value for part in node.values if isinstance(part, ast.FormattedValue))


def _by_name(call: ast.Call, dicts: dict[str, ast.Dict]) -> Iterator[ast.expr]:
    """Yield what a call is given by name, also where it comes as a mapping."""
    for keyword in call.keywords:
        value = keyword.value
        if keyword.arg is None and isinstance(value, ast.Name):
            value = dicts.get(value.id, value)
        yield from value.values if keyword.arg is None and isinstance(value, ast.Dict) else [value]


def _name_of(value: ast.expr) -> str | None:
    """Return the name of a value, within whatever is made of it; None for what is set apart."""
    while isinstance(value, ast.Call):
        if isinstance(value.func, ast.Name) and value.func.id in SET_APART:
            return None
        if isinstance(value.func, ast.Name) and value.func.id in THEIRS:
            return value.func.id
        if not value.args:
            return None
        value = value.args[0]
    return value.attr if isinstance(value, ast.Attribute) else value.id if isinstance(value, ast.Name) else None
