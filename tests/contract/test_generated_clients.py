"""Clients that are generated from the schema play a game: post, claim, upload, submit, read the result."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from accounts.keys import create_key
from core import clock
from drops.models import Drop
from tests.play import fund, judge, make_user, ring
from tests.reference import FILE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.nightly]
OURS = Path(__file__).with_name("clients")


def run(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    return done.stdout


def python_client(folder):
    """Generate the client, and give what runs the game with it."""
    options = ["--path", str(FILE), "--output-path", "client", "--meta", "none", "--fail-on-warning"]
    config = folder / "config.json"
    # Its style is nobody's business; without this it looks for a formatter.
    config.write_text(json.dumps({"post_hooks": []}))
    run(folder, sys.executable, "-m", "openapi_python_client", "generate", *options, "--config", str(config))
    return partial(run, folder, sys.executable, "-W", "error", str(OURS / "play.py"))


def typescript_client(folder):
    """Install the locked generator, generate, check the types of the game's source, and give what runs it."""
    for file in OURS.iterdir():
        shutil.copy(file, folder)
    npm, node = shutil.which("npm"), shutil.which("node")
    run(folder, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    run(folder, npm, "exec", "--", "openapi-typescript", str(FILE), "-o", "schema.d.ts")
    run(folder, npm, "exec", "--", "tsc", "-p", ".")
    return partial(run, folder, node, "play.js")


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
