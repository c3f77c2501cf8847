"""Idempotency-Key below the surface: in flight, after a crash, after a day."""

from datetime import timedelta

import pytest
from django.http import HttpResponse

from accounts.api import idempotency
from accounts.models import IdempotencyKey
from drops.api import job_json
from drops.contest import competing
from drops.models import Drop, Revision
from tests.addresses import leaves
from tests.api import Api, hold_clock, is_problem
from tests.browsers import signed_in
from tests.play import NOON, after, claim, fund, open_drop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    hold_clock(monkeypatch)


def reserve(user, now=NOON, fingerprint="f"):
    return idempotency.reserve(user=user, key="k", fingerprint=fingerprint, now=now)


@pytest.mark.parametrize("depth", [254, 300, 900])
def test_a_body_too_deep_to_weigh_is_malformed(agent, depth):
    answer = Api(agent).client.post(
        "/api/sandbox",
        "[" * depth + "]" * depth,
        "application/json",
        headers={**Api(agent).headers, "Idempotency-Key": "k"},
    )
    is_problem(answer, 400, "parse_error" if depth > 254 else "invalid")


def test_a_second_request_waits_for_the_first(agent):
    reserve(agent)
    with pytest.raises(idempotency.StillInFlight) as refusal:
        reserve(agent, after(59))
    assert (refusal.value.status, refusal.value.retry_at) == (409, after(60))


def test_a_second_request_is_told_to_come_again_in_a_moment(agent):
    api = Api(agent)
    api.post("whoami", key="k")
    IdempotencyKey.objects.update(status=None)
    refused = api.post("whoami", key="k")
    is_problem(refused, 409, "idempotency_in_flight")
    assert int(refused["Retry-After"]) <= 2


def test_a_repeat_after_402_is_done_once_the_money_is_there(sender):
    api, body = Api(sender), {"prompt": "x", "confirmed": True}
    short = is_problem(api.post("jobs/run", body, key="k"), 402, "insufficient_funds")
    fund(sender)
    paid, again = (api.post("jobs/run", body, key="k") for _ in range(2))
    assert (paid.status_code, paid.json()["id"], paid.json()["status"]) == (201, short["id"], "open")
    assert "Idempotent-Replayed" not in paid and again["Idempotent-Replayed"] == "true"
    assert Drop.objects.count() == 1


def test_a_repeat_after_a_refusal_that_time_ends_is_tried_anew(sender, agent):
    first, second = open_drop(sender), open_drop(sender)
    claim(first, agent)
    api = Api(agent)
    is_problem(api.post(f"jobs/{second.pk}/claim", key="k"), 409, "one_seat_until_proven")
    competing.release_claim(drop_id=first.pk, agent=agent, now=NOON)
    assert api.post(f"jobs/{second.pk}/claim", key="k").status_code == 201


def test_a_refused_request_keeps_its_key_from_another(sender):
    is_problem(Api(sender).post("jobs/run", {"prompt": ""}, key="k"), 400, "invalid")
    is_problem(Api(sender).post("jobs/run", {"prompt": "x"}, key="k"), 422, "idempotency_key_reused")


def test_a_request_that_died_is_taken_over_once(agent):
    row = reserve(agent)
    assert reserve(agent, after(60)) == row
    with pytest.raises(idempotency.StillInFlight):
        reserve(agent, after(61))


def test_a_submit_that_was_killed_is_repeated_within_seconds_and_is_one_entry(sender, agent, monkeypatch):
    drop = open_drop(sender)
    claim(drop, agent)
    api = Api(agent)
    first = api.post(f"jobs/{drop.pk}/submit", {"body": "Mine."}, key="k").json()
    # The process was killed between its commit and its answer.
    IdempotencyKey.objects.update(status=None, body=b"")
    is_problem(api.post(f"jobs/{drop.pk}/submit", {"body": "Mine."}, key="k"), 409, "idempotency_in_flight")
    hold_clock(monkeypatch, after(5))
    again = api.post(f"jobs/{drop.pk}/submit", {"body": "Mine."}, key="k")
    assert (again.status_code, again.json()["receipt"]) == (201, first["receipt"])
    assert Revision.objects.count() == 1


@pytest.mark.parametrize("path", ["jobs/run", "jobs/{}/claim", "jobs/{}/release", "jobs/{}/pay", "jobs/{}/cancel"])
def test_what_only_one_of_two_can_do_is_taken_over_within_seconds(sender, path, monkeypatch):
    path, api = path.format(open_drop(sender).pk), Api(sender)
    reserve_for(api, path)
    hold_clock(monkeypatch, after(5))
    refused = api.post(path, key="k")
    assert refused.json().get("code") != "idempotency_in_flight"


@pytest.mark.parametrize("path", ["webhooks/test", "agents", "sandbox"])
def test_what_two_would_do_twice_waits_a_minute(sender, path, monkeypatch):
    reserve_for(Api(sender), path)
    hold_clock(monkeypatch, after(59))
    is_problem(Api(sender).post(path, key="k"), 409, "idempotency_in_flight")


def reserve_for(api, path):
    """The first request with this key, which died before it answered."""
    api.post(path, key="k")
    IdempotencyKey.objects.update(status=None, body=b"", created_at=NOON)


def test_whoever_was_taken_over_and_fails_late_gives_away_no_lease_of_its_successors(agent):
    first = reserve(agent)
    reserve(agent, after(60))
    idempotency.record(first, HttpResponse(status=500))
    with pytest.raises(idempotency.StillInFlight):
        reserve(agent, after(61))


def test_a_key_is_forgotten_after_a_day(agent):
    reserve(agent)
    assert reserve(agent, NOON + timedelta(days=1), fingerprint="another").status is None
    assert IdempotencyKey.objects.count() == 1


def test_every_post_of_the_api_takes_a_key(db):
    views = {getattr(leaf.callback, "cls", None) for route, leaf in leaves() if route.startswith("api/")}
    posts = {view: view.post for view in views if hasattr(view, "post")}
    assert len(posts) > 10
    assert not [view for view, post in posts.items() if not getattr(post, "is_idempotent", False)]


def test_a_repeated_request_for_a_key_does_not_find_its_text(agent):
    client = signed_in(agent)
    ask = {"content_type": "application/json", "headers": {"Idempotency-Key": "once"}}
    first, again = (client.post("/api/keys", {"name": "mine"}, **ask) for _ in range(2))
    assert (again.status_code, again.json()) == (201, {**first.json(), "token": None})
    assert first.json()["token"].encode() not in bytes(IdempotencyKey.objects.get().body)


def test_a_key_used_again_after_a_day_posts_anew_instead_of_finding_the_old_drop(sender, monkeypatch):
    fund(sender)
    first = Api(sender).post("jobs/run", {"prompt": "One.", "confirmed": True}, key="a").json()
    hold_clock(monkeypatch, after(86_401))
    second = Api(sender).post("jobs/run", {"prompt": "Two.", "confirmed": True}, key="a")
    assert (second.status_code, second.json()["prompt"]) == (201, "Two.")
    assert second.json()["id"] != first["id"]


def test_a_key_used_again_after_a_day_submits_to_the_drop_it_names(sender, agent, monkeypatch):
    old = open_drop(sender)
    claim(old, agent)
    Api(agent).post(f"jobs/{old.pk}/submit", {"body": "Old."}, key="a")
    hold_clock(monkeypatch, after(86_401))
    new = open_drop(sender, now=after(86_401))
    claim(new, agent, now=after(86_401))
    answer = Api(agent).post(f"jobs/{new.pk}/submit", {"body": "New."}, key="a").json()
    assert (answer["job_id"], answer["body"]) == (str(new.pk), "New.")


def test_a_repeat_after_a_failure_finds_what_the_first_try_had_made(sender, monkeypatch):
    fund(sender)
    api, body = Api(sender), {"prompt": "x", "confirmed": True}
    api.client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(job_json, "job", lambda *_: 1 / 0)
        assert api.post("jobs/run", body, key="a").status_code == 500
    assert api.post("jobs/run", body, key="a").status_code == 201
    assert Drop.objects.count() == 1


def test_what_did_nothing_is_kept_for_no_repeat(sender):
    api = Api(sender)
    estimates = [api.post("jobs/run", {"prompt": "x" * 9_000}, key="k") for _ in range(2)]
    assert [answer.status_code for answer in estimates] == [200, 200]
    assert not IdempotencyKey.objects.exists()
