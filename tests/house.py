"""Reads the code as trees, to see which way its arrows point. Nothing is imported or run.

A house is a mapping of module names to parsed modules. Every rule takes one and returns sentences, one for each
place that breaks it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

House = Mapping[str, ast.Module]

ROOT = Path(__file__).resolve().parent.parent
# From the ground up: each room may know those before it, and none behind it.
ROOMS = ("core", "accounts", "wallet", "drops", "clorp")
STORIES = ("accounts", "wallet", "drops")
MODELS = {"models", "packs"}
# A command does by hand what a task does by the clock: they are one door.
DOORS = {
    "pages": "pages",
    "templatetags": "pages",
    "context": "pages",
    "adapter": "pages",
    "entrance": "pages",
    "api": "api",
    "admin": "admin",
    "tasks": "tasks",
    "management": "tasks",
    "signup": "signals",
}
WIRING = {"apps", "urls"}
# What in the ground floor reads the clock: it stands at a door of every room.
CORE_DOORS = ("core.http", "core.admin_base", "core.api", "core.tasks")
STATUS_WRITERS = {"drops.contest.state", "drops.contest.closing"}
# A status that is not a drop's.
OTHER_STATUSES = {"drops.appeals.answering"}
LEDGER_WRITERS = {"wallet.books.ledger", "wallet.books.sql", "wallet.models.triggers"}
LEDGER_TABLES = ("ledger_account", "ledger_transfer", "ledger_entry")
LEDGER_MODELS = {"Account", "Transfer", "Entry"}
WRITES = {"create", "update", "delete", "save", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


def read_house(root: Path = ROOT, *, tops: Iterable[str] = ROOMS) -> dict[str, ast.Module]:
    """Return every module of the rooms, or of the folders `tops`, by its name, without migrations."""
    house = {}
    for top in tops:
        for file in sorted((root / top).rglob("*.py")):
            if "migrations" in file.parts:
                continue
            parts = list(file.relative_to(root).with_suffix("").parts)
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            house[name] = ast.parse(file.read_text(), filename=str(file))
    return house


def room_of(module: str) -> str:
    return module.partition(".")[0]


def kind_of(module: str) -> str:
    """Return `models`, a door's name, `wiring`, or `verbs` for all that is left of a room."""
    first = module.partition(".")[2].partition(".")[0]
    if first in DOORS:
        return DOORS[first]
    return "models" if first in MODELS else "wiring" if first in WIRING else "verbs"


def imports_of(house: House, module: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of every module of the house that `module` imports, anywhere in it."""
    yield from _named_in(house, ast.walk(house[module]))


def loads_of(house: House, module: str) -> Iterator[tuple[int, str]]:
    """Yield those imports of `module` that run when it is loaded: not in functions, not for type checkers alone."""
    yield from _named_in(house, _statements(house[module].body))


def _statements(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for node in body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _statements(node.orelse)
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _statements(node.body)
        else:
            yield node


def _named_in(house: House, nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    for node in nodes:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # `from drops.contest import rules` brings a module, `from drops.contest.rules import Eligibility` a name.
            within = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in house else node.module for name in within]
        yield from ((node.lineno, name) for name in names if name in house)  # type: ignore[attr-defined]


def arrows_that_point_up(house: House) -> list[str]:
    """Find imports of a room by one that stands below it."""
    return [
        f"{module}:{line} imports {name}."
        for module in house
        for line, name in imports_of(house, module)
        if ROOMS.index(room_of(name)) > ROOMS.index(room_of(module))
    ]


def arrows_inside_a_room(house: House) -> list[str]:
    """Find models that know verbs, verbs that know doors, and doors that know their neighbours."""
    faults = []
    for module in house:
        room, kind = room_of(module), kind_of(module)
        if room not in STORIES or kind == "wiring":
            continue
        for line, name in imports_of(house, module):
            other = kind_of(name)
            if room_of(name) != room or other == kind or name == room:
                continue
            if kind == "models" or other not in {"models", "verbs"}:
                faults.append(f"{module}:{line} ({kind}) imports {name} ({other}).")
    return faults


def imports_in_a_circle(house: House) -> list[str]:
    """Find a module that imports itself by way of others while it is loaded; one circle at a time."""
    graph = {module: {name for _, name in loads_of(house, module)} - {module} for module in house}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]
        return [f"{min(circle)}: {' imports '.join(reversed(circle))}."]
    return []


def settings_that_know_a_room(house: House) -> list[str]:
    """Find settings that import more than core: every room reads them, so they hold plain data."""
    return [
        f"{module}:{line} imports {name}."
        for module in house
        if module.startswith("clorp.settings")
        for line, name in imports_of(house, module)
        if not name.startswith("clorp.settings") and room_of(name) != "core"
    ]


def ranking_that_knows_us(house: House) -> list[str]:
    faults = []
    for module in house:
        if module.startswith("drops.ranking"):
            for line, name in imports_of(house, module):
                if not name.startswith("drops.ranking"):
                    faults.append(f"{module}:{line} imports {name}.")
            for node in ast.walk(house[module]):
                if any(name.partition(".")[0] == "django" for name in _imported_names(node)):
                    faults.append(f"{module}:{node.lineno} imports Django.")  # type: ignore[attr-defined]
    return faults


def _imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def strangers_who_write_status(house: House) -> list[str]:
    """In the game, `status` is written by the moves alone."""
    return [
        f"{module}:{node.lineno} writes a status."  # type: ignore[attr-defined]
        for module in house
        if room_of(module) == "drops" and module not in STATUS_WRITERS | OTHER_STATUSES
        for node in ast.walk(house[module])
        if _writes_field(node, "status") or _writes_sql(node, ("drops_drop",))
    ]


def _writes_field(node: ast.AST, field: str) -> bool:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = (part for target in targets for part in ast.walk(target))
        return any(isinstance(part, ast.Attribute) and part.attr == field for part in parts)
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called == "setattr" and len(node.args) > 1:
        return isinstance(node.args[1], ast.Constant) and node.args[1].value == field
    return called in WRITES and any(keyword.arg == field for keyword in node.keywords)


def _writes_sql(node: ast.AST, tables: tuple[str, ...]) -> bool:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    text = " ".join(node.value.lower().split())
    verbs = ("insert into", "update", "delete from", "truncate")
    return any(re.search(rf"{verb} {table}\b", text) for verb in verbs for table in tables)


def strangers_who_touch_the_ledger(house: House) -> list[str]:
    """Accounts, transfers and entries are written by the ledger's own statements alone."""
    faults = []
    for module in house:
        if module in LEDGER_WRITERS:
            continue
        mine = _ledger_names(house[module])
        for node in ast.walk(house[module]):
            if _writes_field(node, "balance") or _writes_rows(node, mine) or _writes_sql(node, LEDGER_TABLES):
                faults.append(f"{module}:{node.lineno} writes the ledger.")  # type: ignore[attr-defined]
    return faults


def _ledger_names(tree: ast.Module) -> set[str]:
    """Return the names of the ledger's models in a module that imports them."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "wallet.models"
        for alias in node.names
        if alias.name in LEDGER_MODELS
    }


def _writes_rows(node: ast.AST, models: set[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id in models
    root = node.func
    while isinstance(root, ast.Attribute | ast.Call):
        root = root.value if isinstance(root, ast.Attribute) else root.func
    named = isinstance(root, ast.Name) and root.id in models
    return named and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES


def clocks_read_below_the_door(house: House) -> list[str]:
    """The clock is read at the door, as an attribute of its module, so that tests can move it."""
    faults = []
    for module in house:
        at_door = (
            room_of(module) == "clorp"
            or module.startswith(CORE_DOORS)
            or (room_of(module) in STORIES and kind_of(module) in DOORS.values())
        )
        for node in ast.walk(house[module]):
            if isinstance(node, ast.ImportFrom) and node.module == "core.clock":
                faults.append(f"{module}:{node.lineno} imports a name out of the clock.")
            if isinstance(node, ast.Call) and module != "core.clock":
                called = ast.unparse(node.func)
                other = called in {"timezone.now", "datetime.now", "datetime.utcnow", "date.today", "datetime.today"}
                if other or (called == "clock.now" and not at_door):
                    faults.append(f"{module}:{node.lineno} reads {called}().")
    return faults


def strangers_who_call_stripe(house: House) -> list[str]:
    return _strangers_who_import(house, "stripe", "wallet.gateway")


def others_in_the_store_of_limits(house: House) -> list[str]:
    """The default cache has the limits of sign-ins, and allauth's codes for devices. Full, it forgets some: whatever
    else is kept has one of its own."""
    return [
        f"{module}:{node.lineno} keeps something beside the limits."  # type: ignore[attr-defined]
        for module in house
        if module not in {"core.db.tally", "accounts.pages.oauth", "accounts.oauth.strict"}
        for node in ast.walk(house[module])
        if (isinstance(node, ast.ImportFrom) and node.module == "django.core.cache" and _takes(node, "cache"))
        or (isinstance(node, ast.Subscript) and ast.unparse(node) == "caches['default']")
    ]


def _takes(node: ast.ImportFrom, name: str) -> bool:
    return any(alias.name == name for alias in node.names)


def strangers_who_call_models(house: House) -> list[str]:
    return _strangers_who_import(house, "openai", "drops.judging.panel.client")


def _strangers_who_import(house: House, package: str, door: str) -> list[str]:
    return [
        f"{module}:{node.lineno} imports {package}."  # type: ignore[attr-defined]
        for module in house
        if module != door and not module.startswith(f"{door}.")
        for node in ast.walk(house[module])
        if any(name.partition(".")[0] == package for name in _imported_names(node))
    ]
