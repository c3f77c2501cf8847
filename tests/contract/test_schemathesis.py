"""Schemathesis tries the live site by its own schema: with a key for all, with one that may only read, with none."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.keys import create_key
from accounts.models import Scope
from core import clock
from tests.play import enter, fund, judge, make_user, open_drop, prove, ring
from tests.reference import FILE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.nightly]
CONFIG = Path(__file__).with_name("schemathesis.toml")
HOOKS = {"SCHEMATHESIS_HOOKS": str(Path(__file__).with_name("schemathesis_hooks.py"))}
# To claim seats on, one after another.
OPEN_DROPS = 60
# A run that tries less than this has found nothing because it looked for nothing.
CASES_MIN = 8
PHASES = ("coverage", "fuzzing", "stateful")
LINKS_MIN = {"authenticated": 15, "reader": 3, "anonymous": 1}
LINKS = re.compile(r"API Links: +(\d+) covered / (\d+) selected")
# What the configuration turns off, by its operation ids.
LEFT_OUT = ("revoke_key", "revoke_key_by_body")
KEYS = {"authenticated": None, "reader": [Scope.READ.value], "anonymous": []}


@pytest.fixture(autouse=True)
def without_limits(settings):
    settings.API_USER_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 10_000_000
    settings.ACTIVE_CLAIMS_MAX = settings.UNPAID_DROPS_MAX = settings.IDLE_DROPS_PER_DAY = 10_000
    settings.ACCOUNT_CHANGES_PER_HOUR = settings.SEATS_GIVEN_UP_PER_DAY = 10_000
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY = True, ""


def header_of(scopes):
    """The header of somebody who has money, drops of several statuses and an entry; none for a stranger."""
    user, other, now = fund(make_user("ada"), 10_000_000), make_user("basil"), clock.now()
    for agent in (user, other):
        prove(agent, now=now)
    finished = open_drop(user, now=now - timedelta(hours=1), public_result=True)
    enter(finished, other, now=now - timedelta(hours=1))
    judge(ring(finished), user, now=now - timedelta(minutes=50))
    open_drop(user, now=now)
    enter(open_drop(other, now=now), user, now=now)
    for _ in range(OPEN_DROPS):
        open_drop(other, now=now, window_seconds=86_400)
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


def tally(report, output):
    """How many operations were tried, in how many cases, and how many links between them were followed."""
    assert report["complete"] and report["errors"] == report["failures"] == []
    assert {report["phases"][name]["status"] for name in PHASES} == {"success"}, report["phases"]
    operations, (followed, *_) = report["operations"], LINKS.search(output).groups()
    assert operations["tested"] == operations["selected"] >= operations["total"] - len(LEFT_OUT)
    return {"operations": operations["tested"], "cases": report["test_cases"]["generated"], "links": int(followed)}


@pytest.mark.parametrize("who", KEYS)
def test_nothing_answers_other_than_the_schema_says(who, live_server, tmp_path):
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", schema_in(tmp_path)]
    report = tmp_path / "report.json"
    options = ["--url", live_server.url, "--continue-on-failure", "--no-color", "--no-shrink", *header_of(KEYS[who])]
    options += ["--report-json-path", str(report)]
    tried = subprocess.run(  # noqa: S603
        [*command, *options], cwd=tmp_path, env={**os.environ, **HOOKS}, capture_output=True, text=True, check=False
    )
    assert tried.returncode == 0, tried.stdout[-20_000:] + tried.stderr[-2_000:]
    counted = tally(json.loads(report.read_text()), tried.stdout)
    assert counted["cases"] >= counted["operations"] * CASES_MIN, counted
    assert counted["links"] >= LINKS_MIN[who], counted
