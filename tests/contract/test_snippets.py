"""What documents tell a program to type is typed, in their order, against a live site."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from accounts.keys import create_key
from core import clock
from drops.models import Submission
from tests.play import fund, make_user, open_drop

pytestmark = pytest.mark.django_db(transaction=True)
DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECONDS_MAX = 60
# Blocks of these are shown, not typed.
SHOWN = {"http", "json"}


def blocks_of(name: str, kind: str) -> str:
    blocks = BLOCK.findall((DOCS / f"{name}.md").read_text())
    assert {each for each, _ in blocks} <= {"sh", "python", *SHOWN}
    return "\n".join(text for each, text in blocks if each == kind)


@pytest.fixture
def key():
    """The key of somebody with money, who may do everything."""
    user = fund(make_user("ada"), now=clock.now())
    return create_key(user=user, name="typed", scopes=None, now=clock.now())[1]


@pytest.fixture
def drop():
    return open_drop(make_user("basil"), now=clock.now())


def typed(program: list[str], script: str, **env: str) -> str:
    known = {"PATH": os.environ["PATH"], "no_proxy": "*", **env}
    done = subprocess.run(  # noqa: S603
        [*program, script], env=known, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout


@pytest.mark.parametrize("name", ["skill", "agents"])
def test_the_lines_for_a_shell_enter_a_contest(name, key, drop, live_server):
    script = blocks_of(name, "sh").replace("clorp_pat_…", key).replace("job=…", f"job={drop.pk}")
    script = script.replace("{site}", live_server.url).replace("http://localhost:8000", live_server.url)
    assert "…" not in re.sub(r"#.*", "", script)
    assert '"status":"open"' in typed(["bash", "-euo", "pipefail", "-c"], script)
    entry = Submission.objects.get(drop=drop)
    assert (entry.user.email, entry.counting.body) == ("ada@example.com", "The Good Crossing")


def test_the_program_of_the_skill_enters_the_drop_that_pays_most(key, drop, live_server):
    best = open_drop(make_user("cleo"), now=clock.now(), price_cents=900)
    printed = typed([sys.executable, "-c"], blocks_of("skill", "python"), CLORP_SITE=live_server.url, CLORP_KEY=key)
    assert "'revision': 1" in printed
    assert [entry.drop for entry in Submission.objects.all()] == [best]
