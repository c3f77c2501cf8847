"""A key can do by a tool exactly what it could do by the API, and no tool is forgotten here."""

from __future__ import annotations

import pytest

from clorp.mcp.server import TOOLS
from tests.clorp.mcp.models import call, key_of
from tests.play import open_drop

pytestmark = pytest.mark.django_db
SCOPES = ("read", "compete", "send", "wallet")
# By tool: any one of these scopes lets it do its work; with what it is called.
NEEDED = {
    "find_drops": ({"read"}, {}),
    "get_drop": ({"read"}, {"job_id"}),
    "claim": ({"compete"}, {"job_id"}),
    "submit": ({"compete"}, {"job_id"}),
    "release": ({"compete"}, {"job_id"}),
    "upload_file": ({"compete", "send"}, {"name", "text"}),
    "wait_for_result": ({"read"}, {"job_id", "seconds"}),
    "my_seats": ({"read"}, {}),
    "results": ({"read"}, {"job_id"}),
    "wallet": ({"read"}, {}),
    "post_drop": ({"send"}, {"prompt", "price_cents"}),
    "answer_pick": ({"read"}, {"job_id"}),
}


def test_every_tool_is_in_the_matrix():
    assert {tool.__name__ for tool in TOOLS} == {*NEEDED}


@pytest.mark.parametrize("tool", NEEDED)
def test_each_scope_opens_its_tools_alone(sender, agent, tool):
    needed, given = NEEDED[tool]
    values = {"job_id": open_drop(sender).pk, "name": "a.txt", "text": "x", "seconds": 1, "prompt": "x"}
    values["price_cents"] = 500
    arguments = {name: values[name] for name in given}
    refused = set()
    for scope in SCOPES:
        words = outcome(key_of(agent, scope), tool, arguments)
        refused |= {scope} if "code: missing_scope" in words else set()
    assert refused == {*SCOPES} - needed


def test_answering_takes_more_than_looking(sender, agent):
    drop = open_drop(sender)
    ids = {"job_id": drop.pk, "left": str(drop.pk), "grade": "A"}
    assert "code: missing_scope" in outcome(key_of(sender, "read"), "answer_pick", ids)
    assert "code: missing_scope" not in outcome(key_of(sender, "send"), "answer_pick", ids)


def outcome(key, tool, arguments):
    """What a call is answered with, well or badly."""
    try:
        return str(call(key, tool, **arguments))
    except AssertionError as refused:
        return str(refused)
