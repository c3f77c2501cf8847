"""The database away: pages and API say so with 503 and when to come back, and a fault of ours stays one."""

from __future__ import annotations

import json

import psycopg
import pytest
from django.db import DataError, IntegrityError, InterfaceError, InternalError, OperationalError, connection
from django.test import Client
from django.urls import get_resolver

from core.database_away import DatabaseAway, is_away, refusing_while_away
from core.live.bodies import Intake
from tests.core.live.story import tell
from tests.reference import DOCUMENT

KEY = {"Authorization": "Bearer clorp_nobodys"}


def cut(*_, **__):
    raise OperationalError("the server closed the connection unexpectedly")


@pytest.fixture
def visitor(monkeypatch):
    """A browser, and every question to the database fails."""
    monkeypatch.setattr(connection, "cursor", cut)
    monkeypatch.setattr(connection, "ensure_connection", cut)
    return Client(raise_request_exception=False)


def caused(kind, state):
    """Django's error, as the database's own of that SQLSTATE makes it."""
    error = kind("said the server")
    error.__cause__ = psycopg.errors.lookup(state)("said the server")
    return error


@pytest.mark.parametrize("path", ["/", "/board", "/wallet", "/drops/new", "/agents/ada", "/admin/", "/accounts/login/"])
def test_a_page_says_when_to_come_back(visitor, path):
    visitor.cookies["sessionid"] = "a" * 32
    answer = visitor.get(path)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
    text = answer.content.decode()
    assert "Our database can&#x27;t be reached" in text and "Try again in about 5 seconds" in text


def test_a_form_too(visitor):
    visitor.cookies["sessionid"] = "a" * 32
    assert visitor.post("/drops/new", {"prompt": "x"}).status_code == 503


@pytest.mark.parametrize("path", ["/api/board", "/api/me", "/api/jobs", "/api/leaderboard", "/mcp"])
def test_a_program_gets_a_problem_that_it_may_repeat(visitor, path):
    answer = visitor.get(path, headers=KEY)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["retryable"]) == ("database_away", True)


def test_past_every_view_a_program_reads_what_the_reference_promises_of_each_problem(rf):
    try:
        cut()
    except OperationalError:
        answer = get_resolver().resolve_error_handler(500)(rf.get("/api/board"))
    problem = json.loads(answer.content)
    assert not {*DOCUMENT["components"]["schemas"]["Problem"]["required"]} - problem.keys()
    assert (problem["code"], answer["Retry-After"], answer["Cache-Control"]) == ("database_away", "5", "no-store")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_posts_refusal_says_to_repeat_it_with_its_key(visitor):
    answer = visitor.post("/api/jobs", "{}", content_type="application/json", headers=KEY | {"Idempotency-Key": "one"})
    assert answer.status_code == 503 and "Idempotency-Key" in answer.json()["next_step"]


@pytest.mark.parametrize("state", ["08006", "08003", "53300", "53100", "57P01", "57P02", "57P03"])
def test_what_nobody_can_work_with_is_away(state):
    assert is_away(caused(OperationalError, state))


def test_a_replica_that_may_not_write_yet_is_away_and_so_is_a_closed_connection():
    assert is_away(caused(InternalError, "25006")) and is_away(InterfaceError("the connection is closed"))


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (OperationalError, "40P01"),
        (OperationalError, "57014"),
        (OperationalError, "55P03"),
        (IntegrityError, "23505"),
        (DataError, "22001"),
        (InternalError, "25P02"),
    ],
)
def test_a_fault_of_ours_is_no_absence(kind, state):
    assert not is_away(caused(kind, state))


def test_a_fault_of_ours_is_answered_as_one(monkeypatch):
    def fail(*_, **__):
        raise caused(OperationalError, "40P01")

    monkeypatch.setattr(connection, "cursor", fail)
    answer = Client(raise_request_exception=False).get("/board", headers={"Cookie": f"sessionid={'a' * 32}"})
    assert answer.status_code == 500


def test_a_large_body_whose_sender_cannot_be_looked_up_is_not_called_too_large():
    async def is_member():
        return refusing_while_away(cut)()

    length = b"%d" % (1 << 20)
    scope = {"path": "/drops/new", "headers": [(b"content-length", length)]}
    with pytest.raises(DatabaseAway):
        tell(lambda: Intake().take(scope, None, is_member))
