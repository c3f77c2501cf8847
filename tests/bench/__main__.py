"""Run every benchmark, or those named, print the figures, and fail where a target is missed."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

import django

from tests import bench
from tests.bench.support.rows import Row, table


def benchmark_names() -> list[str]:
    """Modules of this package that have something to run; what they share is in the package `support`."""
    modules = pkgutil.iter_modules(bench.__path__)
    names = (module.name for module in modules if not module.ispkg)
    return sorted(name for name in names if name != "__main__" and not name.startswith("test_"))


def main(chosen: list[str]) -> int:
    names = benchmark_names()
    unknown = sorted(set(chosen) - set(names))
    if unknown:
        sys.stderr.write(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(names) or 'none yet'}.\n")
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clorp.settings")
    django.setup()
    rows: list[Row] = []
    for name in chosen or names:
        sys.stderr.write(f"{name} …\n")
        rows += importlib.import_module(f"tests.bench.{name}").run()
    sys.stdout.write(table(rows) + "\n")
    missed = [row.name for row in rows if row.ok is False]
    if missed:
        sys.stderr.write(f"Missed: {', '.join(missed)}.\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
