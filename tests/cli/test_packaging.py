"""The command line stays a distribution of its own, small to install and quick to start."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from fnmatch import fnmatch

from clorp.dev.messages import CLI_LOCALE
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


def test_a_wheel_brings_its_catalogues_and_not_what_they_are_made_of():
    """`module-name` packs all that lies beside the code, but for what is excluded by name."""
    tool = tomllib.loads((ROOT / "cli/pyproject.toml").read_text())["tool"]["uv"]["build-backend"]
    left = [path for path in CLI_LOCALE.rglob("*.*") if not any(fnmatch(path, each) for each in tool["wheel-exclude"])]
    assert left and {path.name for path in left} == {"clorp.mo"}
    assert CLI_LOCALE.is_relative_to(ROOT / "cli" / tool["module-name"])
