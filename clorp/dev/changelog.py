"""CHANGELOG.md as a release needs it: what is unreleased, and the same text under a version and a date."""

from __future__ import annotations

import re
from datetime import date

from clorp.dev.say import Trouble

UNRELEASED = "## Unreleased"
NEXT_SECTION = re.compile(r"^## ", re.MULTILINE)
ENTRY = re.compile(r"^- \S", re.MULTILINE)


def unreleased(text: str) -> str:
    """Return what stands under Unreleased; refuse a changelog without it, or with no entry there."""
    _, notes, _ = _split(text)
    if not ENTRY.search(notes):
        raise Trouble(f"CHANGELOG.md has no entry under `{UNRELEASED}`; write what changed for users first.")
    return notes.strip()


def with_release(text: str, version: str, day: date) -> str:
    """Return the changelog with its unreleased entries under `version`, and an empty Unreleased on top."""
    before, notes, after = _split(text)
    dated = f"{before}{UNRELEASED}\n\n## {version} - {day.isoformat()}\n\n{notes.strip()}\n"
    return f"{dated}\n{after}" if after else dated


def _split(text: str) -> tuple[str, str, str]:
    """Return what stands before, under and after the heading Unreleased."""
    before, heading, rest = text.partition(f"{UNRELEASED}\n")
    if not heading or (before and not before.endswith("\n")):
        raise Trouble(f"CHANGELOG.md has no section `{UNRELEASED}`.")
    following = NEXT_SECTION.search(rest)
    end = following.start() if following else len(rest)
    return before, rest[:end], rest[end:]
