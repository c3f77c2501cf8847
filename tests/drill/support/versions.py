"""The version of before: its code in a clone of its own, and a database as it left it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg

from clorp.dev.environment import ROOT, with_database
from tests.drill.support.town import Town


def git(*words: str, at: Path = ROOT) -> str:
    return subprocess.run(["git", *words], cwd=at, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()  # noqa: S603, S607


def version_before() -> str:
    """The commit that is upgraded from: DRILL_FROM, else the last release, else before the newest migrations came."""
    if given := os.environ.get("DRILL_FROM"):
        return git("rev-parse", given)
    tags = git("tag", "--merged", "HEAD", "--sort=-creatordate").split()
    if tags:
        return git("rev-parse", f"{tags[0]}^{{commit}}")
    bringing = git("log", "--first-parent", "--format=%H", "--diff-filter=A", "--", "*/migrations/0*.py").split()
    return before_newest_migrations(git("rev-list", "--first-parent", "HEAD").split(), {*bringing})


def before_newest_migrations(commits: list[str], bringing: set[str]) -> str:
    """Of all commits, newest first, the one before those in a row that were the last ones to bring migrations."""
    newest = next(number for number, commit in enumerate(commits) if commit in bringing)
    return next(commit for commit in commits[newest:] if commit not in bringing)


def check_out(commit: str, folder: Path) -> Path:
    """A clone that stands on this commit, as an operator's does."""
    if not folder.exists():
        git("clone", "--quiet", "--no-checkout", "--shared", str(ROOT), str(folder))
    git("checkout", "--quiet", "--detach", commit, at=folder)
    return folder


def empty_database(place: Town) -> None:
    """Make the town's database anew, without a table."""
    with psycopg.connect(with_database(place.url, "postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS town WITH (FORCE)")
        connection.execute("CREATE DATABASE town")
