"""`./run audit`: whether a locked package is known to be vulnerable, by our own list and by pip's index.

The list, tools/advisories.toml, needs no network. An index that knows advisories, as PyPI's JSON does, is asked about
each locked version; where it can't be asked that is said, and fails nothing.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clorp.dev.environment import ROOT
from clorp.dev.say import say
from core import clock

LIST = ROOT / "tools" / "advisories.toml"
LOCKS = (
    "requirements.txt",
    "requirements-panel.txt",
    "requirements-s3.txt",
    "requirements-otel.txt",
    "requirements-dev.txt",
)
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
PYPI = "https://pypi.org/simple"
SECONDS_MAX = 10
AT_ONCE = 8
# Whoever answers none of these knows no advisories.
TRIED_FIRST = 2


@dataclass(frozen=True, order=True)
class Package:
    name: str
    version: str


@dataclass(frozen=True)
class Fault:
    """A locked package, the advisory about it, and the versions without it."""

    package: Package
    advisory: str
    fixed_in: str


class Unanswered(Exception):
    """The index does not know advisories, or can't be reached."""


def run_audit(*, root: Path = ROOT, today: date | None = None) -> int:
    """Compare the locked packages with what is known; 1 where one is vulnerable, 0 also where nobody could be asked."""
    packages, kept = locked_packages(root), tomllib.loads((root / LIST.relative_to(ROOT)).read_text())
    faults = listed_faults(packages, kept.get("floor", []))
    try:
        told = ask_index(packages, index_url())
        say(f"audit: {len(packages)} locked packages, compared with our list and with the index")
        faults += told
    except Unanswered as why:
        say(f"audit: the index could not be asked ({why}).")
        say(f"audit: {len(packages)} locked packages were compared with our own list alone.")
    accepted = accepted_advisories(kept.get("accepted", []), today or clock.steady().date())
    left = [fault for fault in faults if fault.advisory not in accepted]
    for fault in left:
        package = f"{fault.package.name} {fault.package.version}"
        say(f"audit: {package} is vulnerable ({fault.advisory}); fixed in {fault.fixed_in or 'no version yet'}")
    say("audit: a locked package is vulnerable" if left else "audit: nothing known against any of them")
    return 1 if left else 0


def locked_packages(root: Path) -> list[Package]:
    """Return every package that one of the lock files pins, each version once."""
    texts = [(root / name).read_text() for name in LOCKS if (root / name).exists()]
    return sorted({Package(name.lower(), version) for text in texts for name, version in PINNED.findall(text)})


def listed_faults(packages: Iterable[Package], floors: list[dict[str, Any]]) -> list[Fault]:
    """Return the packages that are older than the version which mended an advisory of our list."""
    return [
        Fault(package, floor["advisory"], floor["fixed_in"])
        for package in packages
        for floor in floors
        if package.name == floor["package"] and _release(package.version) < _release(floor["fixed_in"])
    ]


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:4])


def accepted_advisories(rows: list[dict[str, Any]], today: date) -> set[str]:
    """Return the advisories that somebody has looked at, each until its day."""
    return {row["advisory"] for row in rows if row["until"] >= today}


def index_url() -> str:
    """Return the address of the index that pip is set up for."""
    asked = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    named = re.findall(r"^[^=\n]*\.index-url='?([^'\n]+)'?$", asked.stdout, re.MULTILINE)
    return os.environ.get("PIP_INDEX_URL") or (named[-1] if named else PYPI)


def ask_index(packages: list[Package], index: str) -> list[Fault]:
    """Return what the index knows against the packages, and say which it does not know.

    Raises Unanswered after the first questions, where it answers none of them.
    """
    base = index.rstrip("/").removesuffix("/simple")
    if not base.startswith(("https://", "http://")):
        raise Unanswered("it is no web address")
    first, rest = packages[:TRIED_FIRST], packages[TRIED_FIRST:]
    answers = {package: _ask(package, base) for package in first}
    if all(answer is None for answer in answers.values()):
        raise Unanswered(urlsplit(base).hostname or "?")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers |= zip(rest, pool.map(lambda package: _ask(package, base), rest), strict=True)
    unknown = [f"{package.name} {package.version}" for package, answer in answers.items() if answer is None]
    if unknown:
        say(f"audit: the index could not be asked about {', '.join(unknown)}")
    return [fault for answer in answers.values() for fault in answer or []]


def _ask(package: Package, base: str) -> list[Fault] | None:
    """Return what the index knows against a package; None where it did not say."""
    address = f"{base}/pypi/{package.name}/{package.version}/json"
    try:
        with urllib.request.urlopen(address, timeout=SECONDS_MAX) as answer:  # noqa: S310 - the caller has looked
            told = json.load(answer)["vulnerabilities"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    known = [one for one in told if not one.get("withdrawn")]
    return [Fault(package, one["id"], ", ".join(one.get("fixed_in") or [])) for one in known]
