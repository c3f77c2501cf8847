"""What is upgraded from, and what a bouncer says of itself."""

from __future__ import annotations

from tests.drill.support import versions


def test_the_version_before_is_the_one_without_the_newest_migrations():
    commits = ["docs", "second", "first", "before", "older"]
    assert versions.before_newest_migrations(commits, {"second", "first", "older"}) == "before"
