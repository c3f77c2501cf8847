"""`./run lint`: style, types, templates, migrations and production settings; everything is run, then summed up."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from clorp.dev.environment import ROOT, prepare_environment
from clorp.dev.say import say

PYTHON = sys.executable


def run_lint(arguments: list[str]) -> int:
    prepare_environment()
    failed = [name for name, command, extra in checks() if not passes(name, command, extra)]
    say()
    say(f"lint: {len(failed)} of the checks failed: {', '.join(failed)}" if failed else "lint: all clean")
    return 1 if failed else 0


def checks() -> list[tuple[str, list[str], dict[str, str]]]:
    """Name, command and additional environment of each check."""
    found = [
        ("ruff check", [PYTHON, "-m", "ruff", "check", "."], {}),
        ("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "."], {}),
        ("mypy", [PYTHON, "-m", "mypy", *packages()], {}),
        ("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], {}),
        ("production settings", [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], production()),
        ("sh run", [shutil.which("dash") or "sh", "-n", "run"], {}),
        ("bash .ci/run", ["bash", "-n", ".ci/run"], {}),
    ]
    templates = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "templates").rglob("*.html"))]
    if templates:
        djade = str(Path(PYTHON).parent / "djade")
        found.append(("djade", [djade, "--target-version", "5.2", "--check", *templates], {}))
    return found


def packages() -> list[str]:
    return [
        name for name in ("clorp", "wallet", "drops", "tests", "conftest.py", "manage.py") if (ROOT / name).exists()
    ]


def production() -> dict[str, str]:
    """An environment like an operator's, with nothing of theirs in it."""
    return {
        "DEBUG": "0",
        "HTTPS": "1",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "clorp.example",
        "STRIPE_SECRET_KEY": "",
        "PLAY_MONEY": "0",
    }


def passes(name: str, command: list[str], extra: dict[str, str]) -> bool:
    say(f"── {name}")
    try:
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **extra}, check=False).returncode == 0  # noqa: S603
    except FileNotFoundError:
        say(f"{command[0]} is not installed.")
        return False
