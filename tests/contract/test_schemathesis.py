"""Schemathesis tries the live site by its own schema: with a key for all, with one that may only read, with none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from accounts.keys import create_key
from accounts.models import Scope
from core import clock
from tests.play import enter, fund, make_user, open_drop
from tests.reference import FILE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.nightly]
CONFIG = Path(__file__).with_name("schemathesis.toml")
KEYS = {"authenticated": None, "reader": [Scope.READ.value], "anonymous": []}


@pytest.fixture(autouse=True)
def without_limits(settings):
    settings.API_USER_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 10_000_000
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY = True, ""


def header_of(scopes):
    """The header of somebody who has money, a drop and an entry of their own; none for a stranger."""
    user, now = fund(make_user("ada"), 10_000_000), clock.now()
    open_drop(user, now=now)
    enter(open_drop(make_user("basil"), now=now), user, now=now)
    if scopes == []:
        return []
    _, token = create_key(user=user, name="tries", scopes=scopes, now=now)
    return ["--header", f"Authorization: Bearer {token}"]


def schema_in(folder):
    """The committed schema, without its one example of an Idempotency-Key: each request is another one."""
    document = json.loads(FILE.read_text())
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == "Idempotency-Key":
                    del parameter["example"]
    copy = folder / "openapi.json"
    copy.write_text(json.dumps(document))
    return str(copy)


@pytest.mark.parametrize("who", KEYS)
def test_nothing_answers_other_than_the_schema_says(who, live_server, tmp_path):
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", schema_in(tmp_path)]
    options = ["--url", live_server.url, "--continue-on-failure", "--no-color", "--no-shrink", *header_of(KEYS[who])]
    tried = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert tried.returncode == 0, tried.stdout[-20_000:] + tried.stderr[-2_000:]
