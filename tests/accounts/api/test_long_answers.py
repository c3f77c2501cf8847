"""Answers kept for repeats have a bound: long ones are told anew, and an account has so many."""

import pytest

from accounts.api import idempotency
from accounts.models import IdempotencyKey
from drops.models import Drop, Revision
from tests.addresses import leaves
from tests.api import CONVERTED, Api, hold_clock, is_problem
from tests.play import after, enter, fund, open_drop, ring
from tests.reference import DOCUMENT

pytestmark = pytest.mark.django_db

LONG = "ö" * 10_000
LONG_ANSWERS = {"Job", "Submission", "Question"}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    hold_clock(monkeypatch)


def twice(user, path, body=None):
    """The two answers to a request that is sent twice, of which little was kept."""
    first, again = (Api(user).post(path, body, key="k") for _ in range(2))
    assert again["Idempotent-Replayed"] == "true" and first.status_code == again.status_code
    assert sum(len(row.body) for row in IdempotencyKey.objects.all()) <= idempotency.KEPT_BYTES_MAX
    return first.json(), again.json()


def test_a_long_prompt_is_posted_once_and_told_twice(sender):
    fund(sender)
    first, again = twice(sender, "jobs/run", {"prompt": LONG, "confirmed": True})
    assert first == again and first["prompt"] == LONG and Drop.objects.count() == 1


def test_a_drop_posted_again_is_told_twice(sender):
    drop = ring(open_drop(sender, prompt=LONG))
    first, again = twice(sender, f"jobs/{drop.pk}/reroll")
    assert first == again and first["id"] != str(drop.pk) and first["origin_id"] == str(drop.pk)


def test_whoever_cancels_twice_reads_the_drop_as_it_is(sender):
    first, again = twice(sender, f"jobs/{open_drop(sender, prompt=LONG).pk}/cancel")
    assert first == again and first["status"] == "cancelled"


def test_a_long_entry_is_one_and_its_repeat_has_its_own_receipt(sender, agent):
    path = f"jobs/{open_drop(sender).pk}"
    Api(agent).post(f"{path}/claim")
    first, _ = twice(agent, f"{path}/submit", {"body": LONG})
    Api(agent).post(f"{path}/submit", {"body": "Another."})
    again = Api(agent).post(f"{path}/submit", {"body": LONG}, key="k").json()
    assert again["receipt"] == first["receipt"] and again["body"] == "Another." and Revision.objects.count() == 2


def test_a_long_entry_to_a_sandbox_drop_is_one(agent):
    path = f"jobs/{Api(agent).post('sandbox', {'pack': 'wild'}).json()['id']}"
    Api(agent).post(f"{path}/claim")
    first, again = twice(agent, f"{path}/submit", {"body": LONG})
    assert first == again and first["receipt"]["revision"] == 1


def test_an_answer_to_a_question_about_long_texts_is_given_once(sender, agent, rival, staff):
    drop = open_drop(sender)
    for person in (agent, rival, staff):
        enter(drop, person, f"{LONG} by {person.pk}")
    ring(drop)
    asked = Api(sender).get(f"jobs/{drop.pk}/picks").json()
    pick = {"left": asked["left"]["id"], "right": asked["right"]["id"], "pick": "left"}
    first, again = twice(sender, f"jobs/{drop.pk}/picks", pick)
    assert first == again and first["answered"] == 1


def test_whatever_may_be_long_can_be_told_anew():
    """By the reference: a view that answers a POST with a job, an entry or a question."""
    views = {route: getattr(leaf.callback, "cls", None) for route, leaf in leaves() if route.startswith("api/")}
    long = {view for route, view in views.items() if answers_of(route) & LONG_ANSWERS}
    assert len(long) >= 9
    assert [view.__name__ for view in long if not hasattr(view, "retell")] == ["Sandbox"]


def answers_of(route):
    path = DOCUMENT["paths"].get("/" + CONVERTED.sub(r"{\1}", route), {})
    kinds = [
        kind for one in path.get("post", {}).get("responses", {}).values() for kind in one.get("content", {}).values()
    ]
    return {kind.get("schema", {}).get("$ref", "").rpartition("/")[2].removesuffix("Out") for kind in kinds}


@pytest.mark.parametrize("bound", ["ANSWERS_MAX", "ANSWERS_OF_NOBODY_MAX"])
def test_an_account_has_so_many_answers_kept(agent, bound, monkeypatch):
    monkeypatch.setattr(idempotency, bound, 2)
    agent.is_provisional = bound == "ANSWERS_OF_NOBODY_MAX"
    agent.save()
    api, wild = Api(agent), {"pack": "wild"}
    ids = [api.post("sandbox", wild, key=key).json()["id"] for key in "ab"]
    told = is_problem(api.post("sandbox", wild, key="c"), 429, "too_many_idempotency_keys")
    assert told["retry_at"] == "2030-01-02T12:00:00Z"
    assert [api.post("sandbox", wild, key=key).json()["id"] for key in "ab"] == ids
    assert api.post("sandbox", wild).status_code == 201


def test_a_request_that_finds_no_room_is_not_done_and_the_next_day_it_is(agent, monkeypatch):
    monkeypatch.setattr(idempotency, "ANSWERS_MAX", 1)
    api = Api(agent)
    api.post("whoami", key="a")
    is_problem(api.post("sandbox", {"pack": "wild"}, key="b"), 429, "too_many_idempotency_keys")
    assert IdempotencyKey.objects.count() == 1 and not agent.sandbox_drops.exists()
    hold_clock(monkeypatch, after(86_401))
    assert api.post("sandbox", {"pack": "wild"}, key="b").status_code == 201
