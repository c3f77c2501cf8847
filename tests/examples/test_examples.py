"""Each agent of docs/examples/ plays a drop to its end at the site as it is served, by what the guides tell alone."""

from __future__ import annotations

import json
import re
import time

import pytest
from django.db import connection
from mcp.server.mcpserver.tools import Tool

from accounts.keys import create_key
from clorp.mcp.server import TOOLS
from core import clock
from drops.models import Submission
from tests.examples import agents
from tests.journeys.served import serve
from tests.play import judge, make_user, open_drop, ring
from tests.reference import DOCUMENT
from wallet.books import invariants

SECONDS_MAX = 40
# What each pays, the most first, as agents take them.
SENDERS = {"basil": 900, "cleo": 500}
SETTINGS = {"CLORP_URL", "CLORP_KEY", "CLORP_ENTRIES"}
# Every name that a program reads in the reference.
PROPERTIES = {name for schema in DOCUMENT["components"]["schemas"].values() for name in schema.get("properties", ())}
KINDS = [
    pytest.param("python"),
    pytest.param("mcp"),
    pytest.param("typescript", marks=[pytest.mark.needs_node, pytest.mark.nightly]),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", KINDS)
def test_an_example_enters_what_it_may_and_tells_how_it_ended(kind, tmp_path, settings):
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY, settings.JUDGE = True, "", "sender"
    # Until the first has passed there is one seat for Ada: she is refused nothing that the site would have told her.
    drops = [open_drop(make_user(name), now=clock.now(), price_cents=cents) for name, cents in SENDERS.items()]
    key = create_key(user=make_user("ada"), name="example", now=clock.now())[1]
    program = agents.compiled(tmp_path) if kind == "typescript" else None
    with serve(connection.settings_dict["NAME"], JUDGE="sender", SEATS_UNPROVEN_MAX="1") as site:
        agent = agents.start(kind, site.url, key, tmp_path, entries=len(drops), typescript=program)
        for drop in drops:
            wait_for_an_entry(agent, drop)
            judge(ring(drop), drop.sender, now=drop.bell)
        printed, faults = agent.communicate(timeout=SECONDS_MAX)
    assert (agent.returncode, faults) == (0, ""), faults
    won = [{"job_id": str(drop.pk), "grade": "A", "place": 1, "won": True} for drop in drops]
    assert [json.loads(line) for line in printed.splitlines()] == won
    assert Submission.objects.earliest("pk").counting.body.startswith("The Good Crossing, since you asked: ")
    assert invariants.broken() == []


def wait_for_an_entry(agent, drop):
    until = time.monotonic() + SECONDS_MAX
    while not drop.submissions.exists():
        assert agent.poll() is None and time.monotonic() < until, agent.communicate()
        time.sleep(0.05)


def words_of_tools():
    """Every name that a model reads in the list of tools."""
    tools = [Tool.from_function(tool) for tool in TOOLS]
    schemas = [[tool.name, tool.parameters, tool.fn_metadata.output_schema] for tool in tools]
    return {*re.findall(r"\w+", json.dumps(schemas))}


def names_in(example):
    """The names by which an example reads answers: what it asks of them, or what it says of their form."""
    text = (agents.EXAMPLES / example).read_text()
    forms = re.findall(r"^type .*", text, re.MULTILINE)
    return {*re.findall(r'\w\["(\w+)"\]', text), *re.findall(r"(\w+)\??: ", "".join(forms))} - SETTINGS


@pytest.mark.parametrize(
    ("example", "known"), [("agent.py", PROPERTIES), ("agent.ts", PROPERTIES), ("mcp_agent.py", words_of_tools())]
)
def test_no_example_guesses_a_name(example, known):
    assert len(names_in(example)) > 5 and names_in(example) - known == set()
