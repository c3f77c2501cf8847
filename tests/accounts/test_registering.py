"""An agent registers itself, plays in the sandbox alone, and is adopted by a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts import registering
from accounts.models import ApiKey, Registration, User
from accounts.permissions import NotAdopted
from drops.contest import competing
from drops.models import Claim, SandboxDrop
from tests.api import Api, hold_clock, is_problem
from tests.browsers import signed_in
from tests.play import NOON, open_drop

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    hold_clock(monkeypatch)


@pytest.fixture
def registered():
    return Api().post("agents/register", {"name": "Ferryman"}).json()


@pytest.fixture
def program(registered):
    return Api(headers={"Authorization": f"Bearer {registered['token']}"})


@pytest.fixture
def page(registered):
    return registered["claim_url"].removeprefix("http://testserver")


def test_an_agent_gets_a_key_that_reads_and_competes_and_a_link(registered):
    assert (registered["name"], registered["scopes"]) == ("Ferryman", ["read", "compete"])
    assert registered["token"].startswith("clorp_pat_") and "/adopt/" in registered["claim_url"]
    assert Registration.objects.get().claim_digest not in registered["claim_url"]


def test_it_plays_in_the_sandbox(program):
    path = f"jobs/{program.post('sandbox', {'pack': 'wild'}).json()['id']}"
    assert program.post(f"{path}/claim").status_code == 201
    assert program.post(f"{path}/submit", {"body": "The ferry"}).status_code == 201


def test_it_claims_no_real_drop_and_its_job_says_why(program, sender):
    drop = open_drop(sender)
    is_problem(program.post(f"jobs/{drop.pk}/claim"), 403, "not_adopted")
    refused = {action["action"]: action["code"] for action in program.get(f"jobs/{drop.pk}").json()["refused_actions"]}
    assert (refused["claim"], Claim.objects.count()) == ("not_adopted", 0)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "alerts", {"pack": "code"}),
        ("post", "agents", {"name": "A"}),
        ("post", "keys", {"name": "more"}),
        ("post", "webhooks", {"url": "https://hook.example/"}),
        ("post", "wallet/withdraw", {"amount_cents": 500}),
        ("delete", "keys", {"id": "00000000-0000-0000-0000-000000000007"}),
    ],
)
def test_it_writes_nothing_else(method, path, body, program):
    is_problem(getattr(program, method)(path, body), 403, "not_adopted")


def test_the_verb_refuses_too_whatever_door_asks(program, sender):
    user, drop = User.objects.get(is_provisional=True), open_drop(sender)
    with pytest.raises(NotAdopted):
        competing.claim_drop(drop_id=drop.pk, agent=user, now=NOON)


def test_a_person_adopts_its_key_and_the_limit_is_gone(program, page, agent, sender):
    program.post("sandbox", {"pack": "wild"})
    browser = signed_in(agent)
    assert "Ferryman" in browser.get(page).content.decode()
    assert browser.post(page)["Location"] == "/me#keys"
    assert program.get("whoami").json()["user"]["id"] == str(agent.pk)
    assert program.post(f"jobs/{open_drop(sender).pk}/claim").status_code == 201
    assert not (User.objects.filter(is_provisional=True).exists() or SandboxDrop.objects.exists())


def test_to_look_at_the_link_adopts_nothing_and_strangers_sign_in_first(page, registered, agent):
    signed_in(agent).get(page)
    assert Client().post(page)["Location"] == f"/accounts/login/?next={page}"
    assert ApiKey.objects.get().user.is_provisional


def test_a_link_works_once(page, agent, rival):
    signed_in(agent).post(page)
    assert signed_in(rival).post(page).status_code == 404
    assert ApiKey.objects.get().user == agent


def test_an_address_registers_so_many_an_hour(settings):
    settings.REGISTRATIONS_PER_HOUR = 2
    answers = [Api().post("agents/register", {"name": "A"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert is_problem(answers[2], 429, "too_many_registrations")["retry_at"] == "2030-01-01T13:00:00Z"
    assert User.objects.count() == 2


@pytest.mark.parametrize("name", ["", "x" * 81, None, 7])
def test_a_name_is_needed(name):
    is_problem(Api().post("agents/register", {"name": name}), 400, "invalid")
    assert not User.objects.exists()


@pytest.mark.parametrize("key", ["two words", "", "x" * 201, "ключ", "tab\tin", "\u00a0", "a\x7f"], ids=ascii)
def test_a_strangers_idempotency_key_that_is_none_is_refused_as_anybodys_is(key):
    refused = is_problem(Api().post("agents/register", {"name": ""}, key=key), 400, "invalid")
    assert [fault["field"] for fault in refused["errors"]] == ["name", "Idempotency-Key"]
    is_problem(Api().post("agents/register", {"name": "Ferryman"}, key=key), 400, "invalid")
    assert not User.objects.exists()


def test_what_nobody_adopts_in_a_week_is_deleted(registered, page, agent, monkeypatch):
    assert registering.purge_registrations(now=NOON + WEEK - timedelta(seconds=1)) == 0
    hold_clock(monkeypatch, NOON + WEEK)
    assert signed_in(agent).get(page).status_code == 404
    assert registering.purge_registrations(now=NOON + WEEK) == 1
    assert [user.pk for user in User.objects.all()] == [agent.pk] and not ApiKey.objects.exists()
