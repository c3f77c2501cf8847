"""The lines that documents tell a program to type are typed, in their order, against a live site."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from accounts.keys import create_key
from clorp.site.programs import DOCUMENTS
from core import clock
from drops.models import Submission
from tests.play import fund, make_user, open_drop

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECONDS_MAX = 60
# Blocks of these are shown, not typed.
SHOWN = {"http", "json"}
# Every document for programs, with the test that types its blocks.
HERE, COMMAND_LINE = "tests/contract/test_snippets.py", "tests/cli/test_documents.py"
TYPED_BY = {
    "skill.md": HERE,
    "agents.md": HERE,
    "de/agents.md": HERE,
    "cli.md": COMMAND_LINE,
    "examples/README.md": "tests/examples/test_examples.py",
}


def blocks_of(name: str, kind: str) -> str:
    blocks = BLOCK.findall((DOCS / f"{name}.md").read_text())
    assert {each for each, _ in blocks} <= {"sh", "python", *SHOWN}
    return "\n".join(text for each, text in blocks if each == kind)


def test_each_document_for_programs_has_a_test_that_types_its_blocks():
    served = [
        f"{folder}{name}.md" for name in DOCUMENTS for folder in ("", "de/") if (DOCS / f"{folder}{name}.md").exists()
    ]
    for_programs = {"skill.md", "cli.md", "examples/README.md", *served}
    assert {name for name in for_programs if BLOCK.search((DOCS / name).read_text())} == {*TYPED_BY}
    assert all((ROOT / test).is_file() for test in TYPED_BY.values())


def test_a_translated_guide_has_the_same_blocks_but_for_what_is_said_in_them():
    own, translated = (BLOCK.findall((DOCS / name).read_text()) for name in ("agents.md", "de/agents.md"))
    assert [without_remarks(*block) for block in translated] == [without_remarks(*block) for block in own]


def without_remarks(kind, text):
    return kind, re.sub(r"\s+# .*", "", text)


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
