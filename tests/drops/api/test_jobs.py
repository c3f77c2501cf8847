"""Posting, paying, cancelling and rerolling drops over the API."""

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.api.idempotency import IN_FLIGHT_MAX
from accounts.models import IdempotencyKey
from drops.contest import competing
from drops.models import Drop
from tests.api import Api, hold_clock, is_problem
from tests.play import NOON, after, claim, enter, finished_drop, fund, open_drop, post_drop
from wallet.books import ledger

pytestmark = pytest.mark.django_db
RUN = {"prompt": "Name my ferry.", "confirmed": True}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    hold_clock(monkeypatch)


def test_unconfirmed_it_only_says_what_it_would_cost(sender):
    answer = Api(sender).post("jobs/run", {"prompt": "Name my ferry.\nIt is red.", "pack": "roast"})
    assert answer.status_code == 200
    assert answer.json() == {
        "needs_confirmation": True,
        "prompt": "Name my ferry.\nIt is red.",
        "title": "Name my ferry.",
        "pack": "roast",
        "estimated_price_cents": 100,
        "estimated_time_limit_seconds": 300,
        "warnings": [],
    }
    assert not Drop.objects.exists()


def test_a_confirmed_drop_is_paid_for_and_open(sender, settings):
    settings.FEE_BPS = 1_000
    fund(sender, 700)
    answer = Api(sender).post("jobs/run", {**RUN, "price_cents": 700, "time_limit_seconds": 90, "envVars": {"A": "b"}})
    body = answer.json()
    assert (answer.status_code, body["status"], body["window_closes_at"]) == (201, "open", "2030-01-01T12:01:30Z")
    assert (body["price_cents"], body["prize_cents"], body["sender"]) == (700, 630, str(sender.pk))
    assert body["envVars"] == {"A": "b"}
    assert ledger.balance_cents(sender) == 0


def test_short_of_money_the_drop_waits_unpaid(sender):
    fund(sender, 100)
    problem = is_problem(Api(sender).post("jobs/run", RUN), 402, "insufficient_funds")
    drop = Drop.objects.get()
    assert (problem["payment_required"], problem["required"], problem["available"]) == (True, 500, 100)
    assert (problem["id"], drop.status) == (str(drop.pk), "pending_payment")


def test_a_drop_that_waits_can_be_paid_for(sender):
    drop = post_drop(sender)
    is_problem(Api(sender).post(f"jobs/{drop.pk}/pay"), 402, "insufficient_funds")
    fund(sender)
    answer = Api(sender).post(f"jobs/{drop.pk}/pay")
    assert (answer.status_code, answer.json()["status"]) == (200, "open")


def test_an_unpaid_drop_is_given_up_and_an_open_one_refunded(sender):
    unpaid, paid = post_drop(sender), open_drop(sender)
    assert Api(sender).post(f"jobs/{unpaid.pk}/cancel").json()["outcome_reason"] == "abandoned"
    assert Api(sender).post(f"jobs/{paid.pk}/cancel").json()["outcome_reason"] == "cancelled_by_sender"
    assert ledger.balance_cents(sender) == 500


def test_a_drop_with_a_submission_is_not_cancelled(sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    is_problem(Api(sender).post(f"jobs/{drop.pk}/cancel"), 409, "has_submissions")
    drop.refresh_from_db()
    assert (drop.status, ledger.escrow_cents(drop.reference)) == ("open", 500)


def test_an_ended_drop_is_posted_again_unpaid(sender, agent):
    drop = finished_drop(sender, agent)
    answer = Api(sender).post(f"jobs/{drop.pk}/reroll")
    body = answer.json()
    assert (answer.status_code, body["status"], body["origin_id"]) == (201, "pending_payment", str(drop.pk))


@pytest.mark.parametrize("step", ["pay", "cancel", "reroll"])
def test_only_its_sender_moves_a_drop(sender, rival, step):
    drop = open_drop(sender)
    is_problem(Api(rival).post(f"jobs/{drop.pk}/{step}"), 403, "not_your_drop")
    drop.refresh_from_db()
    assert drop.status == "open"


def test_an_unpaid_drop_is_its_senders_alone(sender, rival):
    drop = post_drop(sender)
    assert Api(sender).get(f"jobs/{drop.pk}").status_code == 200
    is_problem(Api(rival).get(f"jobs/{drop.pk}"), 404, "not_found")
    is_problem(Api(rival).post(f"jobs/{drop.pk}/pay"), 404, "not_found")


def test_a_job_says_what_its_viewer_may_do_and_why_not(sender, agent):
    drop = open_drop(sender)
    claimed = Api(agent).get(f"jobs/{drop.pk}").json()["allowed_actions"][0]
    assert claimed == {
        "action": "claim",
        "method": "POST",
        "href": f"http://testserver/api/jobs/{drop.pk}/claim",
        "until": "2030-01-01T12:05:00Z",
    }
    claim(drop, agent)
    competing.release_claim(drop_id=drop.pk, agent=agent, now=NOON)
    refused = Api(agent).get(f"jobs/{drop.pk}").json()["refused_actions"][0]
    assert (refused["code"], refused["retry_at"]) == ("cooling_down", "2030-01-01T12:00:30Z")


def test_its_links_lead_to_the_site_by_the_name_that_the_caller_knows(sender, agent):
    drop = open_drop(sender)
    for host in ("localhost", "127.0.0.1"):
        jobs = [Api(agent).get(f"jobs/{drop.pk}", Host=host).json(), *Api(agent).get("board", Host=host).json()]
        links = [action["href"] for job in jobs for action in job["allowed_actions"]]
        assert links and all(link.startswith(f"http://{host}/api/jobs/{drop.pk}/") for link in links)


def test_env_vars_are_for_claimants_and_the_sender(sender, agent, rival):
    drop = open_drop(sender, env_vars={"TOKEN": "x"})
    claim(drop, agent)
    shown = [Api(user).get(f"jobs/{drop.pk}").json()["envVars"] for user in (sender, agent, rival)]
    assert shown == [{"TOKEN": "x"}, {"TOKEN": "x"}, None]


def test_my_drops_come_newest_first_and_by_status(sender, rival):
    old, new, _ = open_drop(sender), post_drop(sender, now=after(5)), open_drop(rival)
    assert [job["id"] for job in Api(sender).get("jobs").json()] == [str(new.pk), str(old.pk)]
    assert [job["id"] for job in Api(sender).get("jobs?status=open").json()] == [str(old.pk)]
    is_problem(Api(sender).get("jobs?status=won"), 400, "invalid")


def test_a_list_costs_the_same_number_of_queries_whatever_its_length(sender, agent):
    def queries(path):
        api = Api(agent)
        api.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert api.get(path).status_code == 200
        return len(captured)

    finished_drop(sender, agent, public_result=True)
    before = [queries("board"), queries("feed")]
    for _ in range(3):
        claim(open_drop(sender), agent)
        finished_drop(sender, agent, public_result=True)
    assert [queries("board"), queries("feed")] == before


def test_a_repeat_after_a_crash_finds_the_drop_it_paid_for(sender):
    fund(sender)
    first = Api(sender).post("jobs/run", RUN, key="a").json()
    # The process died before it wrote the answer down; its reservation stays, and after a while counts as dead.
    IdempotencyKey.objects.update(status=None, body=b"", created_at=F("created_at") - IN_FLIGHT_MAX)
    assert Api(sender).post("jobs/run", RUN, key="a").json()["id"] == first["id"]
    assert ledger.balance_cents(sender) == 10_000 - 500
