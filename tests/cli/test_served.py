"""Beside the server as `./run up` starts it: streams are streams, and a restart is lived through."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from tests.cli.conftest import key_of
from tests.cli.processes import CLORP, start
from tests.journeys.served import serve

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.nightly]


def next_event(process, **wanted):
    """Read lines until one that holds what is wanted."""
    for line in process.stdout:
        event = json.loads(line)
        if wanted.items() <= event.items():
            return event
    pytest.fail(f"It ended before {wanted}: {process.stderr.read().decode()}")


def test_what_happens_to_a_drop_is_told_as_it_happens(clorp, monkeypatch):
    sender, ada = key_of("sender@example.com"), key_of("ada@example.com")
    with serve(str(connection.settings_dict["NAME"])) as served:
        monkeypatch.setenv("CLORP_URL", served.url)
        board = start([*CLORP, "watch", "--pack", "roast"])
        job = clorp("drop", "Name my ferry.", "--pack", "roast", "-y", key=sender).json["id"]
        follower = start([*CLORP, "wait", job])
        next_event(follower, event="counts", claims_count=0)
        assert next_event(board, event="opened")["job"]["id"] == job
        clorp("claim", job, key=ada)
        next_event(follower, event="counts", claims_count=1)
        clorp("cancel", job, "-y", key=sender)
        assert next_event(follower, event="end")["job"]["status"] == "cancelled"
        assert next_event(board, event="gone")["job"]["id"] == job
        follower.communicate()
        board.terminate()
        board.communicate()
    assert follower.returncode == 9
