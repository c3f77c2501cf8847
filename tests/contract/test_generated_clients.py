"""Clients that are generated from the schema play a game: post, claim, upload, submit, read the result."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from accounts.keys import create_key
from clorp.dev.clients import BY_HAND, make_python, make_typescript
from core import clock
from drops.models import Drop, Submission
from tests.play import claim, fund, judge, make_user, open_drop, ring

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.nightly]
OURS = Path(__file__).with_name("clients")


def run(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    return done.stdout


def python_client(folder):
    """Generate the client as a release does, and give what runs the game with it."""
    return partial(run, make_python(folder / "made"), sys.executable, "-W", "error", str(OURS / "play.py"))


def typescript_client(folder):
    """Generate as a release does, check the types of the game's source, and give what runs it."""
    made = make_typescript(folder / "made")
    shutil.copy(OURS / "play.ts", made)
    config = made / "tsconfig.json"
    config.write_text(config.read_text().replace("compete.ts", "play.ts"))
    run(made, shutil.which("npm"), "exec", "--", "tsc", "-p", ".")
    return partial(run, made, shutil.which("node"), "play.js")


@pytest.fixture
def keys():
    """The keys of a sender who has money and of an agent."""
    sender, agent = fund(make_user("sender")), make_user("ada")
    return [create_key(user=user, name="program", now=clock.now())[1] for user in (sender, agent)]


@pytest.fixture
def site(live_server, settings):
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY = True, ""
    return live_server.url


CLIENTS = [
    pytest.param(python_client, id="python"),
    pytest.param(typescript_client, id="typescript", marks=pytest.mark.needs_node),
]


@pytest.mark.parametrize("generate", CLIENTS)
def test_a_generated_client_plays_a_game(generate, site, keys, tmp_path):
    ask = generate(tmp_path)
    played = json.loads(ask("play", site, *keys))
    assert played["seat"] in range(1, 6) and played["files"] == ["name.txt"]
    drop = Drop.objects.get(pk=played["drop"])
    judge(ring(drop), drop.sender, grade="A", now=drop.bell)
    ended = json.loads(ask("result", site, keys[0], played["drop"]))
    assert ended == {"status": "completed", "grade": "A", "body": "The Good Crossing"}


@pytest.mark.parametrize("generate", CLIENTS)
def test_what_comes_with_a_generated_client_enters_the_drop_that_pays_most(generate, site, keys, tmp_path):
    open_drop(make_user("basil"), now=clock.now())
    best = open_drop(make_user("cleo"), now=clock.now(), price_cents=900)
    assert json.loads(generate(tmp_path)("compete", site, keys[1])) == {"drop": str(best.pk), "revision": 1}


@pytest.mark.parametrize("generate", CLIENTS)
def test_where_its_claim_is_refused_it_submits_nothing(generate, site, keys, tmp_path):
    # That a second account of hers holds a seat is known once she claims one.
    drop = open_drop(make_user("basil"), now=clock.now())
    claim(drop, make_user("ada+2"), now=clock.now())
    assert json.loads(generate(tmp_path)("compete", site, keys[1])) is None
    assert drop.claims.count() == 1 and not Submission.objects.exists()


@pytest.mark.parametrize("name", ["compete.py", "compete.ts"])
def test_it_has_some_fifteen_lines(name):
    text = re.sub(r'("""|/\*\*|//).*', "", (BY_HAND / name).read_text())
    written = [line for line in text[text.index("compete(") :].splitlines() if line.strip(" {}")]
    assert len(written) <= 15
