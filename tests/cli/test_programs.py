"""For programs: a sandbox drop is played by the usual commands, and the MCP server answers by stdin and stdout."""

from __future__ import annotations

import json
import subprocess

import pytest
from django.db import connection

from clorp_cli.bridge import Bridge, header_value
from tests.cli.conftest import key_of
from tests.cli.processes import CLORP, SECONDS_MAX, surroundings
from tests.journeys.served import serve

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
ABOUT = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


@pytest.mark.django_db(transaction=True)
def test_a_sandbox_drop_is_opened_and_played_by_the_usual_commands(clorp, site):
    key = key_of("ada@example.com")
    job = clorp("sandbox", "--pack", "roast", key=key).json
    assert (job["sandbox"], job["pack"], job["status"]) == (True, "roast", "open")
    assert clorp("claim", job["id"][:8], key=key).code == 0
    assert clorp("submit", job["id"][:8], "-t", "My ferry.", key=key).json["receipt"]["revision"] == 1
    assert "Sandbox drop" in clorp("sandbox", key=key, typed="").out


def asked(method, number=None, **params):
    return {"jsonrpc": "2.0", "method": method, **({} if number is None else {"id": number}), "params": params}


def bridged(url, key, *messages):
    """The answers to these lines, by the numbers that were asked."""
    given = "".join(f"{message if isinstance(message, str) else json.dumps(message)}\n" for message in messages)
    done = subprocess.run(  # noqa: S603
        [*CLORP, "mcp"],
        input=given,
        env=surroundings(CLORP_URL=url, CLORP_KEY=key),
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines())}


@pytest.mark.django_db(transaction=True)
def test_clients_of_both_eras_reach_the_site_by_a_pipe():
    key = key_of("ada@example.com")
    call = {"name": "my_seats", "arguments": {}}
    with serve(str(connection.settings_dict["NAME"])) as site:
        old = [asked("initialize", 1, **ABOUT), asked("notifications/initialized"), asked("tools/call", 2, **call)]
        new = [asked("tools/list", 3, _meta=META), asked("tools/call", 4, **call, _meta=META), "no JSON"]
        told = bridged(site.url, key, *old) | bridged(site.url, key, *new)
        refused = bridged(site.url, "clorp_pat_none", asked("tools/list", 5, _meta=META))
    assert told[1]["result"]["protocolVersion"] == "2025-11-25"
    assert told[2]["result"]["structuredContent"] == told[4]["result"]["structuredContent"] == {"seats": []}
    assert len(told[3]["result"]["tools"]) == 12 and told[None]["error"]["code"] == -32700
    assert refused[5]["error"]["message"].startswith("bad_key: ")


def test_a_message_says_in_its_headers_what_it_is():
    bridge = Bridge(None, print)
    assert bridge.headers_of(asked("tools/list", 1)) == {}
    told = bridge.headers_of(asked("resources/read", 1, uri="clorp://jobs/ä", _meta=META))
    assert told == {
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "resources/read",
        "Mcp-Name": "=?base64?Y2xvcnA6Ly9qb2JzL8Ok?=",
    }
    assert header_value("find_drops") == "find_drops"
