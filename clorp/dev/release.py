"""`./run release X.Y.Z [--dry-run]`: check, make the clients, date the changelog, commit and tag. Never pushes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from clorp.dev import changelog
from clorp.dev.clients import make_clients
from clorp.dev.environment import ROOT
from clorp.dev.lint import run_lint
from clorp.dev.say import Trouble, say
from clorp.dev.version import LINES, parse_version, read_version, write_version

BRANCH = "main"
FILES = ["CHANGELOG.md", *LINES]


def run_release(arguments: list[str]) -> int:
    versions = [argument for argument in arguments if argument != "--dry-run"]
    if len(versions) != 1 or versions[0].startswith("-"):
        raise Trouble("Which version? ./run release X.Y.Z [--dry-run]")
    is_dry = "--dry-run" in arguments
    notes = check_release(root=ROOT, version=versions[0], lint=lambda: run_lint([]))
    say(f"\nclorp {versions[0]}\n\n{notes}\n")
    if is_dry:
        with TemporaryDirectory() as folder:
            make_clients(Path(folder) / "clients")
        say("A dry run: nothing was changed.")
        return 0
    clients = make_clients(ROOT / "dist" / f"clients-{versions[0]}")
    say(f"Clients: {', '.join(str(folder.relative_to(ROOT)) for folder in clients)}")
    make_release(root=ROOT, version=versions[0], day=commit_day(ROOT))
    say(f"Committed and tagged v{versions[0]}. To publish it: git push --atomic origin {BRANCH} v{versions[0]}")
    return 0


def check_release(*, root: Path, version: str, lint: Callable[[], int]) -> str:
    """Return what the changelog says of the release; refuse one that must not be made. Changes nothing."""
    current = read_version(root)
    if parse_version(version) <= parse_version(current):
        raise Trouble(f"{version} is not higher than {current}, the version in pyproject.toml.")
    branch = git(root, "branch", "--show-current")
    if branch != BRANCH:
        raise Trouble(f"Releases are made on {BRANCH}; this is {branch or 'no branch'}.")
    if git(root, "status", "--porcelain"):
        raise Trouble("The working tree is not clean: commit or remove what `git status` shows.")
    if git(root, "tag", "--list", f"v{version}"):
        raise Trouble(f"The tag v{version} exists already.")
    notes = changelog.unreleased((root / "CHANGELOG.md").read_text())
    # Last, because it takes a minute; it holds the migrations check too.
    if lint():
        raise Trouble("./run lint does not pass; see above.")
    return notes


def make_release(*, root: Path, version: str, day: date) -> None:
    """Commit the dated changelog and the new version, and tag the commit with the notes; or leave all as it was."""
    path = root / "CHANGELOG.md"
    text = path.read_text()
    notes = f"clorp {version}\n\n{changelog.unreleased(text)}\n"
    before = git(root, "rev-parse", "HEAD")
    try:
        path.write_text(changelog.with_release(text, version, day))
        write_version(root, version)
        git(root, "commit", "--quiet", "--message", f"clorp: Release {version}.", "--", *FILES)
        # Verbatim: git would take the headings of the notes for comments.
        git(root, "tag", "--annotate", "--cleanup=verbatim", "--message", notes, f"v{version}")
    except Trouble:
        git(root, "reset", "--quiet", "--soft", before)
        git(root, "checkout", "--quiet", before, "--", *FILES)
        raise


def commit_day(root: Path) -> date:
    """Return the day, in UTC, that git would write into a commit made now."""
    seconds = git(root, "var", "GIT_COMMITTER_IDENT").split()[-2]
    return datetime.fromtimestamp(int(seconds), UTC).date()


def git(root: Path, *arguments: str) -> str:
    """Return what git prints; refuse to go on where it fails."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)  # noqa: S603, S607
    if done.returncode:
        raise Trouble(f"git {arguments[0]} failed:\n{(done.stderr or done.stdout).strip()}")
    return done.stdout.strip()
