"""A lack of the machine is named and counted, and is a failure where everything is required."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
from importlib import import_module

import pytest

from clorp.dev.environment import ROOT
from tests.bench.__main__ import benchmark_names
from tests.bench.support.rows import Row, at_least, at_most, table
from tests.plugins import nightly

SUITE = """
import pytest

@pytest.mark.needs_redis
def test_with_redis(redis_url):
    assert redis_url

@pytest.mark.needs_browser
def test_with_browser():
    pass

@pytest.mark.needs_node
def test_with_node():
    pass

@pytest.mark.needs_compiler
def test_with_compiler():
    pass

def test_plain():
    pass
"""


SUITE_BY_NIGHT = """
import pytest

@pytest.mark.nightly
def test_of_every_corner():
    pass

def test_of_two_corners():
    pass
"""

SUITE_BY_TURNS = """
import pytest

@pytest.mark.turns(3)
@pytest.mark.parametrize("kind", range(3))
@pytest.mark.parametrize("case", "abc")
def test_of_many(case, kind):
    print("met", case, kind)
"""


def run_suite(folder, *arguments, suite=SUITE, plugin="needs", **environment):
    (folder / "test_suite.py").write_text(suite)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers -p no:cacheprovider\n")
    clean = {"PATH": "/nowhere", "PYTHONPATH": str(ROOT), "PLAYWRIGHT_BROWSERS_PATH": "/nowhere", **environment}
    # All the others that are installed take seconds to import.
    clean["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    plugins = ["-p", "xdist", "-p", f"tests.plugins.{plugin}"]
    command = [sys.executable, "-m", "pytest", "-q", *plugins, *arguments, str(folder)]
    return subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.mark.skipif(
    any(os.path.exists(path) for path in ("/Applications/Google Chrome.app", "/Applications/Chromium.app")),
    reason="a Mac's browser is found without PATH",
)
@pytest.mark.parametrize(("require_all", "code"), [("", 0), ("1", 1)])
def test_what_is_missing_is_counted_and_fails_where_all_is_required(tmp_path, require_all, code):
    shown = run_suite(tmp_path, CLORP_REQUIRE_ALL=require_all)
    assert shown.returncode == code, shown.stdout
    assert "1 test: no browser" in shown.stdout
    assert "1 test: no Redis" in shown.stdout
    assert "1 test: no node and no npm" in shown.stdout
    assert "1 test: no C compiler" in shown.stdout
    summary = shown.stdout.strip().splitlines()[-1]
    assert summary.startswith("1 passed, 4 errors" if require_all else "1 passed, 4 skipped"), summary


def test_nothing_is_said_where_nothing_is_missing(tmp_path):
    for name in ("node", "npm", "cc"):
        (tmp_path / name).symlink_to(sys.executable)
    machine = {"PATH": str(tmp_path), "CLORP_BROWSER": sys.executable, "CLORP_TEST_REDIS_URL": "redis://x"}
    shown = run_suite(tmp_path, CLORP_REQUIRE_ALL="1", **machine)
    assert shown.returncode == 0, shown.stdout
    assert "could not run" not in shown.stdout


@pytest.mark.parametrize("spread", ["0", "2"])
def test_what_is_nightly_runs_with_all_and_is_counted_without(tmp_path, spread):
    by_day = run_suite(tmp_path, "-n", spread, suite=SUITE_BY_NIGHT, plugin="nightly").stdout
    assert "1 nightly test: ./run test --all" in by_day and "1 passed" in by_day, by_day
    by_night = run_suite(tmp_path, "-n", spread, "--all", suite=SUITE_BY_NIGHT, plugin="nightly").stdout
    assert "nightly" not in by_night and "2 passed" in by_night, by_night


def test_by_day_each_kind_and_each_case_has_a_turn(tmp_path):
    by_day = run_suite(tmp_path, "-s", suite=SUITE_BY_TURNS, plugin="nightly").stdout
    met = re.findall(r"met (\w) (\d)", by_day)
    assert ({case for case, _ in met}, {kind for _, kind in met}, len(met)) == (set("abc"), set("012"), 3), by_day
    by_night = run_suite(tmp_path, "--all", suite=SUITE_BY_TURNS, plugin="nightly").stdout
    assert "6 nightly tests" in by_day and "9 passed" in by_night, by_night


@pytest.mark.parametrize(
    ("file", "marks"),
    [
        ("journeys/test_game.py", ["journeys"]),
        ("races/test_game.py", ["races"]),
        ("drops/contest/test_attachments.py", []),
    ],
)
def test_journeys_and_races_are_marked_by_their_folders(file, marks):
    assert (nightly.TESTS / file).is_file()
    assert nightly.marks_of(nightly.TESTS / file) == marks


def test_rows_say_whether_their_target_is_reached():
    rows = [at_least("share", 0.4, "ratio", 0.35), at_most("lag", 2, "s", 1.3), Row("size", 7, "MB")]
    assert [row.ok for row in rows] == [True, False, None]
    lines = table(rows).splitlines()
    assert [line.endswith("MISSED") for line in lines] == [False, True, False]


def test_helpers_are_not_taken_for_benchmarks():
    names = benchmark_names()
    assert "board" in names
    assert not {"support", "__main__"} & set(names)
    assert all(callable(import_module(f"tests.bench.{name}").run) for name in names)


def test_what_was_collected_is_not_looked_at_for_garbage_and_what_tests_make_is():
    assert gc.isenabled() and gc.get_freeze_count() > 100_000
