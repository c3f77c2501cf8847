"""A key or a token can do by a tool exactly what its scopes say, and no tool is forgotten in `docs/scopes.md`."""

from __future__ import annotations

import asyncio

import pytest

from clorp.mcp import resources
from clorp.mcp.server import TOOLS
from tests.clorp.mcp.models import OWN_THREAD, http_client, served
from tests.clorp.mcp.test_refusals import METADATA
from tests.contract.scope_matrix import SETS, Programs, opened_by, row_of, rows
from tests.play import open_drop

pytestmark = pytest.mark.django_db
# Each alone, and what would let a refused one slip through by the others. Pairs are tried of the API, which is asked.
TRIED = [scopes for scopes in SETS if len(scopes) != 2]
# What each tool is called with. To answer a question takes more than to ask for one.
CALLS = {
    "find_drops": {},
    "get_drop": {"job_id"},
    "claim": {"job_id"},
    "submit": {"job_id"},
    "release": {"job_id"},
    "upload_file": {"name", "text"},
    "wait_for_result": {"job_id", "seconds"},
    "my_seats": {},
    "results": {"job_id"},
    "wallet": {},
    "post_drop": {"prompt", "price_cents"},
    "answer_pick": {"job_id"},
    "answer_pick (to answer)": {"job_id", "left", "grade"},
}
RESOURCES = (resources.RUBRIC, resources.JOB)


def call_of(name, drop_id):
    """The message that uses a tool, or reads a resource."""
    if name in RESOURCES:
        uri = name.format(pack="wild", job_id=drop_id)
        return {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": uri}}
    values = {"job_id": drop_id, "left": drop_id, "grade": "A", "name": "a.txt", "text": "x", "seconds": 1}
    arguments = {one: {**values, "prompt": "x", "price_cents": 500}[one] for one in CALLS[name]}
    called = {"name": name.partition(" (")[0], "arguments": arguments}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": called}


def test_every_tool_is_in_the_matrix():
    assert {tool.__name__ for tool in TOOLS} == {name.partition(" (")[0] for name in CALLS}
    assert {name for name in rows() if " /" not in name} == {*CALLS, *RESOURCES}


@pytest.mark.turns(3)
@pytest.mark.parametrize("name", [*CALLS, *RESOURCES])
def test_each_set_of_scopes_opens_what_the_document_says(name, sender, agent):
    message, programs = call_of(name, str(open_drop(sender).pk)), Programs(agent)
    opening = {"key": set(), "token": set()}
    for scopes, kind, answer in answers_to(message, programs):
        if is_let_through(answer, kind, is_tool=name in CALLS):
            opening[kind].add(scopes)
    assert opening["key"] == opening["token"]
    assert row_of(name, opening["key"], is_open=False) == rows().get(name)
    assert opening["key"] == opened_by(rows()[name]) & {*TRIED}


def answers_to(message, programs):
    """The server's answers to a message of each program with each set of scopes."""
    accepts = {"Accept": "application/json, text/event-stream"}

    async def all_of_it():
        async with asyncio.timeout(120), served() as handler, http_client(handler, None) as http:
            answers = []
            for scopes in TRIED:
                shown = await OWN_THREAD.run_here(lambda scopes=scopes: programs.with_scopes(scopes))
                for kind, token in shown.items():
                    headers = {**accepts, "Authorization": f"Bearer {token}"}
                    answers.append((scopes, kind, await http.post("/mcp", json=message, headers=headers)))
            return answers

    return OWN_THREAD.beside(all_of_it)


def is_let_through(answer, kind, *, is_tool):
    """Whether a program has the scope. If not, a token's answer names what to ask for, and a key's is the tool's."""
    if "missing_scope" not in answer.text:
        assert answer.status_code == 200, answer.text
        return True
    if kind == "token" and is_tool:
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
        challenge = answer.headers["WWW-Authenticate"]
        assert 'error="insufficient_scope"' in challenge and METADATA in challenge
    else:
        assert (answer.status_code, "code: missing_scope" in answer.text) == (200, True), answer.text
    return False
