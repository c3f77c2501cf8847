"""What pages still say without gettext, by where it is written. These lists only ever become shorter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from clorp.dev.unmarked import WORD, without_names
from tests.house import read_house

# Modules whose words are still to be marked: labels, refusals, notifications, names of choices.
MODULES_TO_MARK = ("drops.packs",)
# Pages of the templates that `clorp.dev.unmarked.TO_BE_MARKED` names.
PAGES_TO_MARK: tuple[str, ...] = ()
MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
# Where a value is put into a text, or markup begins and ends.
GAP = re.compile(r"%\(\w+\)[sd]|%[sd]|\{[\w.:!]*\}|[<>]")


class Unmarked:
    """Explains words by the modules they come from; `needed` are those modules and pages that had to be asked."""

    def __init__(self) -> None:
        self.needed: set[str] = set()
        house = read_house()
        pieces = {(piece.lower(), name) for name in MODULES_TO_MARK for piece in pieces_of(house[name])}
        self._pieces = sorted(pieces, key=lambda piece: (-len(piece[0]), piece))
        self._sources: dict[str, set[str]] = {}

    def explains(self, path: str, words: str) -> bool:
        """Whether all of these words, said at `path`, come from what the lists name."""
        if page := next((each for each in PAGES_TO_MARK if is_within(path, each)), None):
            self.needed.add(page)
            return True
        if words not in self._sources:
            self._sources[words] = self._sources_of(words)
        self.needed |= self._sources[words]
        return bool(self._sources[words])

    def _sources_of(self, words: str) -> set[str]:
        """Return the modules these words are taken from, or none if any word is left."""
        rest, modules = words.lower(), set[str]()
        for piece, name in self._pieces:
            if piece in rest:
                shorter = re.sub(rf"(?<![^\W\d_]){re.escape(piece)}(?![^\W\d_])", " ", rest)
                modules |= {name} if shorter != rest else set()
                rest = shorter
        return set() if WORD.search(without_names(rest)) else modules


def is_within(path: str, folder: str) -> bool:
    # The pages of drops stand under the same address as the account's own.
    return path.partition("?")[0] == folder or (folder != "/me" and path.startswith(f"{folder}/"))


def pieces_of(tree: ast.AST) -> Iterator[str]:
    """Yield what stands between the values in each unmarked text of a module, and the names that become labels."""
    for node in unmarked_nodes(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (piece for each in GAP.split(node.value) if WORD.search(piece := " ".join(each.split())))
        if isinstance(node, ast.ClassDef):
            assigned = [each for each in node.body if isinstance(each, ast.Assign) and isinstance(each.value, ast.Call)]
            yield from (
                each.targets[0].id.replace("_", " ") for each in assigned if isinstance(each.targets[0], ast.Name)
            )
        if isinstance(node, ast.keyword) and node.arg:
            yield node.arg.replace("_", " ")


def unmarked_nodes(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        is_marked = isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in MARKS
        yield from () if is_marked else unmarked_nodes(child)
