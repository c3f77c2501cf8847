"""The version of clorp, which its command line and its entry for registries share: read and written here alone."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from clorp.dev.say import Trouble

Version = tuple[int, int, int]
NUMBER = r"(?:0|[1-9][0-9]*)"
VERSION = re.compile(rf"({NUMBER})\.({NUMBER})\.({NUMBER})")
# By file: the line that holds it.
LINES = {
    "pyproject.toml": 'version = "{}"',
    "server.json": '  "version": "{}",',
    "cli/pyproject.toml": 'version = "{}"',
    "cli/clorp_cli/__init__.py": 'VERSION = "{}"',
}


def read_version(root: Path) -> str:
    project: dict[str, str] = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return project["version"]


def write_version(root: Path, version: str) -> None:
    for name, line in LINES.items():
        path = root / name
        before, after = line.split("{}")
        known = re.compile(f'^{re.escape(before)}[^"]*{re.escape(after)}$', re.MULTILINE)
        path.write_text(known.sub(line.format(version), path.read_text(), count=1))
    if read_version(root) != version:
        raise Trouble('pyproject.toml has no line `version = "…"` of its own under [project].')


def parse_version(text: str) -> Version:
    """Return the three numbers of a version, so that two can be compared; refuse any other form."""
    match = VERSION.fullmatch(text)
    if not match:
        raise Trouble(f"{text} is no version: three numbers, such as 0.2.0.")
    major, minor, patch = (int(number) for number in match.groups())
    return major, minor, patch
