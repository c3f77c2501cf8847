"""The command line stays a distribution of its own, small to install and quick to start."""

from __future__ import annotations

import subprocess
import sys
import tomllib

from clorp_cli import VERSION
from tests.house import ROOT

# What takes longer to load than all of the command line: only what speaks to the site, or is run, may.
HEAVY = {"httpx", "subprocess", "ssl", "asyncio", "rich", "email"}


def test_what_is_shown_without_the_site_loads_nothing_heavy():
    script = "import sys; from clorp_cli.main import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    for arguments in (["--version"], ["--help"], ["board", "--help"], ["submit", "--help"], ["compete", "--help"]):
        ran = subprocess.run(  # noqa: S603
            [sys.executable, "-c", script, *arguments], cwd=ROOT / "cli", capture_output=True, text=True, check=True
        )
        assert HEAVY & set(ran.stderr.split()) == set(), arguments


def test_the_version_is_said_once_and_packaged_the_same():
    project = tomllib.loads((ROOT / "cli/pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
    assert project["scripts"] == {"clorp": "clorp_cli.main:main"}
