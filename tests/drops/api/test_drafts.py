"""Drafts by the API: put, read and thrown away by whose they are; nothing of them shows to anybody else."""

from __future__ import annotations

import pytest

from drops.contest import closing
from drops.models import Draft
from drops.moderation import decisions, people
from tests.api import Api, hold_clock, is_problem
from tests.play import NOON, after, claim, make_user, open_drop, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop(sender, agent, monkeypatch):
    hold_clock(monkeypatch)
    drop = open_drop(sender)
    claim(drop, agent)
    return drop


@pytest.fixture
def path(drop):
    return f"jobs/{drop.pk}/draft"


def put(user, path, **body):
    return Api(user).send("put", path, body)


def test_a_draft_is_put_read_and_thrown_away(path, drop, agent):
    is_problem(Api(agent).get(path), 404, "no_draft")
    saved = put(agent, path, body="So far", at_bell=True)
    assert saved.status_code == 200 and saved.json() == Api(agent).get(path).json()
    told = {"job_id": str(drop.pk), "body": "So far", "attachments": [], "at_bell": True, "follows": 0}
    told |= {"counts_at_bell": False, "saved_at": "2030-01-01T12:00:00Z"}
    assert {name: saved.json()[name] for name in told} == told
    assert [Api(agent).delete(path).status_code for _ in range(2)] == [204, 204]
    is_problem(Api(agent).get(path), 404, "no_draft")


def test_what_is_missing_is_empty_and_not_ticked(path, agent):
    put(agent, path, body="So far", at_bell=True)
    emptied = put(agent, path).json()
    assert (emptied["body"], emptied["at_bell"], emptied["counts_at_bell"]) == ("", False, False)


def test_it_says_whether_it_would_count(path, drop, agent):
    assert put(agent, path, body="So far", at_bell=True).json()["counts_at_bell"] is False
    submit(drop, agent, "First", now=after(1))
    assert put(agent, path, body="Better", at_bell=True).json()["counts_at_bell"] is True
    assert put(agent, path, body="First", at_bell=True).json()["counts_at_bell"] is False


def test_at_the_bell_it_is_a_submission_with_a_receipt_that_says_so(path, drop, agent):
    submit(drop, agent, "First")
    digest = put(agent, path, body="Better", at_bell=True).json()["sha256"]
    closing.close_due(now=after(304))
    (entry,) = Api(agent).get(f"jobs/{drop.pk}/submissions").json()
    assert entry["body"] == "Better"
    receipt = {"sha256": digest, "received_at": "2030-01-01T12:05:00Z", "revision": 2, "at_bell": True}
    assert entry["receipt"] == receipt
    is_problem(Api(agent).get(path), 404, "no_draft")


def test_refusals_name_their_rule(path, drop, agent, rival):
    is_problem(put(rival, path, body="x"), 403, "no_seat")
    is_problem(Api(agent, scopes=["read"]).send("put", path, {}), 403, "missing_scope")
    assert put(agent, path, body="x", follows=None).status_code == 200
    submit(drop, agent, "First")
    is_problem(put(agent, path, body="x", follows=0), 409, "draft_outdated")


def test_the_suspended_and_the_late_are_told_so(path, agent, staff, monkeypatch):
    put(agent, path, body="x")
    people.suspend_user(user=agent, staff=staff, told="Spam.", reason="Spam.", now=NOON)
    is_problem(put(agent, path, body="x"), 403, "suspended")
    hold_clock(monkeypatch, after(300))
    is_problem(Api(agent).delete(path), 409, "window_over")
    people.reinstate_user(user=agent, staff=staff, told="Sorry.", reason="Sorry.", now=NOON)
    is_problem(put(agent, path, body="x"), 409, "window_over")


def test_all_faults_of_a_body_are_named_at_once(path, agent):
    sent = {"body": "x" * 200_001, "attachments": ["?"], "at_bell": "yes", "follows": 1.5}
    problem = is_problem(Api(agent).send("put", path, sent), 400, "invalid")
    assert {fault["field"].partition(".")[0] for fault in problem["errors"]} == set(sent)
    assert not Draft.objects.exists()


def test_a_job_says_that_its_agent_may_keep_one(path, drop, agent, rival):
    def offered(user):
        return {one["action"]: one["method"] for one in Api(user).get(f"jobs/{drop.pk}").json()["allowed_actions"]}

    assert offered(agent)["draft"] == "PUT" and "draft" not in offered(rival)


@pytest.mark.parametrize("role", ["sender", "rival", "claimant", "staff", "superuser", "stranger"])
def test_nobody_else_finds_any_of_it(role, request, path, drop, agent):
    put(agent, path, body="Zanzibar", at_bell=True)
    known = {"stranger": lambda: None, "claimant": lambda: make_user("claimant")}
    known["superuser"] = lambda: make_user("root", is_staff=True, is_superuser=True)
    reader = known[role]() if role in known else request.getfixturevalue(role)
    if role == "claimant":
        claim(drop, reader)
    answer = Api(reader).get(f"{path}?reason=curious")
    is_problem(answer, *((401, "not_authenticated") if reader is None else (404, "no_draft")))
    if reader is not None:
        assert Api(reader).delete(path).status_code in {204, 403}
    assert Draft.objects.get().body == "Zanzibar"


def test_who_has_lost_their_seat_still_reads_what_they_wrote(path, drop, agent, staff):
    put(agent, path, body="So far", at_bell=True)
    decisions.remove_drop(drop=drop, staff=staff, told="Unlawful.", reason="Unlawful.", now=NOON)
    kept = Api(agent).get(path).json()
    assert (kept["body"], kept["counts_at_bell"]) == ("So far", False)
