"""The user's own webhooks over the API."""

import pytest

from accounts.models import Scope, WebhookDelivery, WebhookEndpoint
from tests.api import Api, hold_clock, is_problem

pytestmark = pytest.mark.django_db
URL = "https://hook.example/clorp"


@pytest.fixture(autouse=True)
def site(settings, monkeypatch):
    settings.WEBHOOKS_TO_PRIVATE = False
    hold_clock(monkeypatch)


def test_a_program_adds_tries_and_removes_its_own(agent, rival):
    mine, theirs = Api(agent), Api(rival)
    made = mine.post("webhooks", {"url": URL})
    assert made.status_code == 201 and made.json()["secret"].startswith("whsec_")
    (listed,) = mine.get("webhooks").json()
    assert listed == {name: value for name, value in made.json().items() if name != "secret"}
    name = {"id": listed["id"]}
    sent = mine.post("webhooks/test", name)
    assert (sent.status_code, sent.json()["type"], sent.json()["status"]) == (202, "test", "waiting")
    assert mine.get("webhooks/deliveries").json() == [sent.json()]
    is_problem(mine.post("webhooks/test", name), 429, "tested_just_now")
    assert theirs.get("webhooks").json() == theirs.get("webhooks/deliveries").json() == []
    for method, path in (("post", "webhooks/test"), ("post", "webhooks/secret"), ("delete", "webhooks")):
        is_problem(theirs.send(method, path, name, key=None), 404, "no_such_webhook")
    assert mine.delete(f"webhooks/{listed['id']}").status_code == 204
    assert not WebhookEndpoint.objects.exists() and not WebhookDelivery.objects.exists()


def test_a_secret_is_shown_once_even_to_a_repeat(agent):
    api = Api(agent)
    first, again = (api.post("webhooks", {"url": URL}, key="k1") for _ in range(2))
    assert first.json()["secret"] and again.json() == {**first.json(), "secret": None}
    new = api.post("webhooks/secret", {"id": first.json()["id"]}).json()["secret"]
    assert new.startswith("whsec_") and new != first.json()["secret"]


@pytest.mark.parametrize("scopes", [["read"], ["compete"]])
def test_a_key_that_may_only_look_or_only_act_adds_none(agent, scopes):
    is_problem(Api(agent, scopes=scopes).post("webhooks", {"url": URL}), 403, "missing_scope")


@pytest.mark.parametrize("scope", [Scope.COMPETE, Scope.SEND, Scope.WALLET])
def test_a_key_that_reads_and_acts_adds_one(agent, scope):
    assert Api(agent, scopes=["read", scope]).post("webhooks", {"url": URL}).status_code == 201


@pytest.mark.parametrize("url", ["", 5, None, "https://127.0.0.1/", "gopher://hook.example/"])
def test_what_is_no_address_is_named(agent, url):
    answer = Api(agent).post("webhooks", {"url": url})
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "url"
