"""Changing terms, posting again with changes, thanking and inviting over the API."""

import pytest

from drops.api import jobs
from drops.contest import finishing, posting
from drops.models import Drop
from tests.api import Api, hold_clock, is_problem
from tests.play import NOON, after, finished_drop, fund, open_drop, post_drop
from wallet.books import ledger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    hold_clock(monkeypatch)


@pytest.fixture
def won(sender, agent):
    return finishing.pull_drop(drop=finished_drop(sender, agent), sender=sender, now=NOON)


def test_pulling_is_offered_once_the_drop_is_judged_and_the_first_time_counts(sender, agent, monkeypatch):
    drop = finished_drop(sender, agent)
    api, path = Api(sender), f"jobs/{drop.pk}"
    offered = {action["action"]: action["href"] for action in api.get(path).json()["allowed_actions"]}
    assert offered["pull"].endswith(f"/api/jobs/{drop.pk}/pull") and "thank" not in offered
    pulled = [action["action"] for action in api.post(f"{path}/pull").json()["allowed_actions"]]
    assert "thank" in pulled and "pull" not in pulled
    hold_clock(monkeypatch, after(60))
    assert api.post(f"{path}/pull").status_code == 200
    assert Drop.objects.get().pulled_at == NOON


def test_nobody_pulls_what_is_not_theirs_or_not_over(sender, agent, rival):
    ended, running = finished_drop(sender, agent), open_drop(sender)
    for other in (agent, rival):
        is_problem(Api(other).post(f"jobs/{ended.pk}/pull"), 403, "not_your_drop")
    is_problem(Api(sender, scopes=["read"]).post(f"jobs/{ended.pk}/pull"), 403, "missing_scope")
    is_problem(Api(sender).post(f"jobs/{running.pk}/pull"), 409, "not_ended")
    assert not Drop.objects.exclude(pulled_at=None).exists()


def test_terms_are_patched_and_the_rest_stays(sender):
    drop = post_drop(sender, title="A ferry", env_vars={"A": "1"})
    answer = Api(sender).patch(f"jobs/{drop.pk}", {"price_cents": 900, "time_limit_seconds": 60, "envVars": {"B": "2"}})
    body = answer.json()
    assert (answer.status_code, body["price_cents"], body["time_limit_seconds"], body["envVars"], body["title"]) == (
        *(200, 900, 60),
        *({"B": "2"}, "A ferry"),
    )


@pytest.mark.parametrize("condition", ["its etag", "*"])
def test_of_two_changes_at_once_that_matched_one_etag_the_second_is_refused(sender, monkeypatch, condition):
    drop, read = post_drop(sender, title="A ferry"), jobs.changes_of

    def other_was_quicker(view, seen):
        posting.change_terms(drop=Drop.objects.get(), sender=sender, changes={"price_cents": 5_000}, now=after(5))
        return read(view, seen)

    etag = Api(sender).get(f"jobs/{drop.pk}")["ETag"] if condition != "*" else "*"
    monkeypatch.setattr(jobs, "changes_of", other_was_quicker)
    answer = Api(sender, headers={"If-Match": etag}).patch(f"jobs/{drop.pk}", {"title": "A raft"})
    assert answer.status_code == (412 if condition != "*" else 200)
    assert Drop.objects.get().title == ("A ferry" if condition != "*" else "A raft")


def test_null_is_the_default_and_an_empty_body_changes_nothing(sender):
    drop = post_drop(sender, title="A ferry", pack="code", price_cents=4_000, agents="proven")
    assert Api(sender).patch(f"jobs/{drop.pk}", {}).json()["price_cents"] == 4_000
    body = Api(sender).patch(f"jobs/{drop.pk}", {"title": None, "price_cents": None, "agents": None}).json()
    assert (body["title"], body["price_cents"], body["agents"], body["pack"]) == (None, 1_000, "anyone", "code")


def test_all_that_is_wrong_is_said_at_once_and_nothing_changes(sender):
    drop = post_drop(sender)
    answer = Api(sender).patch(f"jobs/{drop.pk}", {"prompt": 5, "price_cents": 1, "title": "New"})
    problem = is_problem(answer, 400, "invalid")
    assert [fault["field"] for fault in problem["errors"]] == ["prompt", "price_cents"]
    assert Drop.objects.get().title is None


def test_a_paid_drop_and_somebody_elses_keep_their_terms(sender, rival):
    drop = open_drop(sender)
    is_problem(Api(sender).patch(f"jobs/{drop.pk}", {"title": "New"}), 409, "terms_fixed")
    is_problem(Api(rival).patch(f"jobs/{drop.pk}", {"title": "New"}), 403, "not_your_drop")
    is_problem(Api(rival).patch(f"jobs/{post_drop(sender).pk}", {"title": "New"}), 404, "not_found")
    assert not Drop.objects.filter(title="New").exists()


def test_only_who_may_send_may_change(sender):
    drop = post_drop(sender)
    is_problem(Api(sender, scopes=["read"]).patch(f"jobs/{drop.pk}", {"title": "New"}), 403, "missing_scope")
    is_problem(Api().patch(f"jobs/{open_drop(sender).pk}", {"title": "New"}), 401, "not_authenticated")
    assert not Drop.objects.filter(title="New").exists()


def test_a_payer_may_say_what_they_saw(sender):
    fund(sender)
    drop = post_drop(sender)
    seen = Api(sender).get(f"jobs/{drop.pk}").json()["updated_at"]
    stale = {"terms_as_of": "2029-12-31T12:00:00Z"}
    is_problem(Api(sender).post(f"jobs/{drop.pk}/pay", stale), 409, "terms_changed")
    assert ledger.balance_cents(sender) == 10_000
    assert Api(sender).post(f"jobs/{drop.pk}/pay", {"terms_as_of": seen}).json()["status"] == "open"


def test_a_job_says_that_it_may_be_edited(sender):
    drop = post_drop(sender)
    actions = Api(sender).get(f"jobs/{drop.pk}").json()["allowed_actions"]
    assert {"action": "edit", "method": "PATCH", "href": f"http://testserver/api/jobs/{drop.pk}"} in actions


def test_a_reroll_takes_changes(sender, won):
    answer = Api(sender).post(f"jobs/{won.pk}/reroll", {"prompt": "Name my raft.", "price_cents": 300})
    body = answer.json()
    assert (answer.status_code, body["prompt"], body["price_cents"], body["origin_id"]) == (
        *(201, "Name my raft."),
        *(300, str(won.pk)),
    )


def test_thanks_are_seen_by_both_and_nobody_else(sender, agent, rival, won):
    assert Api(sender).post(f"jobs/{won.pk}/thank", {"thanks": "beyond"}).status_code == 200
    shown = [Api(user).get(f"jobs/{won.pk}").json()["thanks"] for user in (sender, agent, rival)]
    assert shown == ["beyond", "beyond", None]
    is_problem(Api(sender).post(f"jobs/{won.pk}/thank", {"thanks": "beyond"}), 409, "already_thanked")
    is_problem(Api(sender).post(f"jobs/{won.pk}/thank", {"thanks": "nice"}), 400, "invalid")


def test_that_the_winner_was_invited_is_the_senders_to_know(sender, agent, won):
    assert Api(sender).post(f"jobs/{won.pk}/invite").json()["winner_invited_at"] == "2030-01-01T12:00:00Z"
    assert Api(agent).get(f"jobs/{won.pk}").json()["winner_invited_at"] is None
    is_problem(Api(sender).post(f"jobs/{won.pk}/invite"), 409, "already_invited")
