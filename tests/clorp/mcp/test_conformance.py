"""The protocol's own conformance suite, against the site as it is served: all of it that asks for no tools of its own.

Most scenarios call tools that a server made for the suite has. Those that any server can be asked are played here.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from accounts.keys import create_key
from core import clock
from tests.clorp.mcp.conformance.keyed import keyed
from tests.journeys.served import serve
from tests.play import make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.nightly, pytest.mark.needs_node]
SUITE = Path(__file__).with_name("conformance")
OLD, NEW = "2025-11-25", "2026-07-28"
# By scenario, the versions of the protocol in which it is played.
SCENARIOS = {
    "server-initialize": (OLD,),
    "server-session-lifecycle": (OLD,),
    "ping": (OLD,),
    "server-stateless": (NEW,),
    "tools-list": (OLD, NEW),
    "resources-list": (OLD, NEW),
    "sep-2164-resource-not-found": (NEW,),
    "dns-rebinding-protection": (OLD, NEW),
    "caching": (NEW,),
    "http-header-validation": (NEW,),
}


# They want a tool that a server made for the suite has, and fail any that doesn't list it.
FOR_ITS_OWN_TOOL = {"sep-2575-server-rejects-undeclared-capability", "sep-2575-missing-capability-http-400"}


def is_fault(check):
    return check["status"] == "FAILURE" and check["id"] not in FOR_ITS_OWN_TOOL


@pytest.fixture
def at_noon():
    """By the machine's clock, as the server in its own process."""


@pytest.fixture
def suite(tmp_path):
    """The suite's program, from its locked packages."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SUITE / name, tmp_path)
    run(tmp_path, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    program = tmp_path / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
    # A command that isn't used here asks for a function that Node has since version 22.
    text, count = re.subn(r"globSync as ([\w$]+),", "", program.read_text(), count=1)
    (name,) = re.findall(r"globSync as ([\w$]+),", program.read_text())[:1] or [""]
    if count:
        program.write_text(text.replace("\n", f"\nconst {name}=()=>[];", 1))
    return program


def run(folder, *command):
    return subprocess.run(  # noqa: S603
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def test_every_scenario_that_any_server_can_be_asked_is_passed(suite, tmp_path):
    key, failed = create_key(user=make_user("ada"), name="suite", now=clock.now())[1], {}
    database = str(connection.settings_dict["NAME"])
    with serve(database, API_USER_PER_MINUTE="100000") as site, keyed(site.port, key) as url:
        for scenario, versions in SCENARIOS.items():
            for version in versions:
                told = tmp_path / f"{scenario}-{version}"
                asked = ["--url", url, "--scenario", scenario, "--spec-version", version, "-o", str(told)]
                done = run(tmp_path, "node", str(suite), "server", *asked)
                checks = [check for file in told.rglob("checks.json") for check in json.loads(file.read_text())]
                assert checks, done.stdout + done.stderr
                failed |= {(check["id"], version): check for check in checks if is_fault(check)}
    assert failed == {}, json.dumps([*failed.values()], indent=1)
