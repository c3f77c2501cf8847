"""Run the drills, or those named, print what they cost, and fail where a bound is missed."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

import django

from tests import drill
from tests.bench.support.rows import table


def drill_names() -> list[str]:
    names = (module.name for module in pkgutil.iter_modules(drill.__path__) if not module.ispkg)
    return sorted(name for name in names if name != "__main__" and not name.startswith("test_"))


def main(chosen: list[str]) -> int:
    unknown = sorted(set(chosen) - set(drill_names()))
    if unknown:
        sys.stderr.write(f"There is no drill {', '.join(unknown)}; there are: {', '.join(drill_names())}.\n")
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clorp.settings")
    django.setup()
    rows = [row for name in chosen or drill_names() for row in importlib.import_module(f"tests.drill.{name}").run()]
    sys.stdout.write(table(rows) + "\n")
    missed = [row.name for row in rows if row.ok is False]
    if missed:
        sys.stderr.write(f"Missed: {', '.join(missed)}.\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
