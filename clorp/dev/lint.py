"""`./run lint [NAME…]`: style, types, templates, migrations, production settings; all named are run, then summed up."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from clorp.dev.environment import ROOT, prepare_environment
from clorp.dev.say import Trouble, say

PYTHON = sys.executable
# Tags of ours that have an end: what is inside them is indented.
OUR_BLOCKS = ("emptystate,endemptystate", "dialog,enddialog")


ROOMS = ("core", "accounts", "wallet", "drops", "clorp")
Check = tuple[str, list[str], dict[str, str]]


def run_lint(names: list[str]) -> int:
    """Run the checks of these names, or every check where none is given."""
    chosen = choose_checks(names)
    prepare_environment()
    failed = [name for name, command, extra in chosen if not passes(name, command, extra)]
    say()
    say(f"lint: {len(failed)} of the checks failed: {', '.join(failed)}" if failed else "lint: all clean")
    return 1 if failed else 0


def choose_checks(names: list[str]) -> list[Check]:
    known = {check[0]: check for check in checks()}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Trouble(f"There is no check {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [known[name] for name in dict.fromkeys(names)] or list(known.values())


def checks() -> list[Check]:
    """Return the name, command and additional environment of each check."""
    listed = [
        ("ruff-check", [PYTHON, "-m", "ruff", "check", "."], {}),
        ("ruff-format", [PYTHON, "-m", "ruff", "format", "--check", "."], {}),
        ("mypy", [PYTHON, "-m", "mypy", *packages()], {}),
        ("unused-code", [PYTHON, "-m", "clorp.dev.unused"], {}),
        ("site-packages", [PYTHON, "-m", "deptry", "--config", "tools/deptry.toml", "."], {}),
        ("cli-packages", [PYTHON, "-m", "deptry", "--config", "cli/pyproject.toml", "cli"], {}),
        ("developer-packages", [PYTHON, "-m", "deptry", "--config", "tools/deptry-dev.toml", "."], {}),
        ("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], {}),
        ("production-settings", [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], production()),
        ("sh-run", [shutil.which("dash") or "sh", "-n", "run"], {}),
        ("bash-ci", ["bash", "-n", ".ci/run"], {}),
    ]
    if (ROOT / "templates").exists():
        listed += template_checks()
    return listed


def template_checks() -> list[tuple[str, list[str], dict[str, str]]]:
    """Return the checks of templates, style sheets and scripts: tags, indentation, HTML, long lines, words unmarked."""
    tools = Path(PYTHON).parent
    paths = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "templates").rglob("*.html"))]
    blocks = [part for block in OUR_BLOCKS for part in ("--extra-block", block)]
    return [
        ("djade", [str(tools / "djade"), "--target-version", "5.2", "--check", *paths], {}),
        ("djhtml", [str(tools / "djhtml"), "--tabwidth", "2", *blocks, "--check", *paths], {}),
        ("djlint", [str(tools / "djlint"), "--lint", "--quiet", "templates"], {}),
        ("template-style", [PYTHON, "-m", "clorp.dev.template_style"], {}),
        ("unmarked-words", [PYTHON, "-m", "clorp.dev.unmarked"], {}),
    ]


def packages() -> list[str]:
    return [name for name in (*ROOMS, "cli/clorp_cli", "tests", "conftest.py", "manage.py") if (ROOT / name).exists()]


def production() -> dict[str, str]:
    """An environment like an operator's, with nothing of theirs in it."""
    return {
        "DEBUG": "0",
        "HTTPS": "1",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "clorp.example",
        "EMAIL_URL": "smtp+tls://mail.clorp.example:587",
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
