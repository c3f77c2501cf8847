"""What is upgraded from, and what a bouncer says of itself."""

from __future__ import annotations

import pytest

from tests.drill.support import bouncer, versions


def test_the_version_before_is_the_one_without_the_newest_migrations():
    commits = ["docs", "second", "first", "before", "older"]
    assert versions.before_newest_migrations(commits, {"second", "first", "older"}) == "before"


def test_a_bouncer_says_which_it_is():
    assert bouncer.read_version("PgBouncer 1.18.0\nlibevent 2.1.12-stable") < bouncer.CARRIES_FROM
    assert bouncer.read_version("PgBouncer 1.25.2\nlibevent 2.1.12-stable") >= bouncer.CARRIES_FROM
    with pytest.raises(LookupError):
        bouncer.read_version("something else")
