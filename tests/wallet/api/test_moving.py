"""Moving money over the API: what it answers, whom it refuses, what a repeat does."""

from __future__ import annotations

import pytest

from core import clock
from tests.api import Api, api_of_browser, is_problem
from tests.wallet.stripe_play import balances
from wallet.models import PaymentProfile, Topup, Withdrawal

POSTS = {
    "wallet/topup": {"amount_cents": 1_000},
    "wallet/setup-payment-method": None,
    "wallet/auto-topup": {"enabled": False},
    "wallet/withdraw": {"amount_cents": 600},
    "stripe/connect": None,
}


@pytest.mark.parametrize("path", POSTS)
def test_without_stripe_there_is_503_and_nothing_begins(path, sender, settings):
    settings.STRIPE_SECRET_KEY = ""
    is_problem(api_of_browser(sender).post(path, POSTS[path]), 503, "stripe_not_configured")
    assert not Topup.objects.exists() and not PaymentProfile.objects.exists()


def test_without_stripe_neither_status_nor_webhook_answer(sender, settings):
    settings.STRIPE_SECRET_KEY = ""
    is_problem(Api(sender).get("stripe/connect/status"), 503, "stripe_not_configured")
    is_problem(Api().post("stripe/webhook", {}), 503, "stripe_not_configured")


@pytest.mark.parametrize("path", POSTS)
def test_a_key_without_the_scope_moves_nothing(path, play, sender):
    is_problem(Api(sender, scopes=["read", "send"]).post(path, POSTS[path]), 403, "missing_scope")
    assert play.double.requests == []


def test_a_topup_gives_the_page_to_pay_on_and_a_repeat_the_same(play, sender):
    api = Api(sender)
    first = api.post("wallet/topup", {"amount_cents": 1_000}, key="k")
    assert first.status_code == 200 and first.json()["url"].startswith(play.double.url)
    assert api.post("wallet/topup", {"amount_cents": 1_000}, key="k").json() == first.json()
    play.double.pay(Topup.objects.get().stripe_session_id)
    play.deliver()
    assert api.get("wallet/balance").json()["balance_cents"] == 1_000


@pytest.mark.parametrize("cents", [499, 100_001, 0, -1, 10.5, "1000", True, None, 2**63])
def test_a_topup_of_no_fit_sum_is_400(cents, play, sender):
    is_problem(Api(sender).post("wallet/topup", {"amount_cents": cents}), 400, "invalid")
    assert not Topup.objects.exists()


def test_saving_a_card_and_keeping_the_wallet_filled(play, sender):
    api, wish = Api(sender), {"enabled": True, "amount_cents": 2_000, "threshold_cents": 500}
    is_problem(api.post("wallet/auto-topup", wish), 409, "no_cards")
    url = api.post("wallet/setup-payment-method").json()["url"]
    play.double.pay(url.rpartition("/")[2])
    play.deliver()
    now = api.post("wallet/auto-topup", wish).json()
    assert now == {**wish, "has_payment_method": True, "paused_code": None}
    off = api.post("wallet/auto-topup", {"enabled": False}).json()
    assert (off["enabled"], off["amount_cents"]) == (False, 2_000)


@pytest.mark.parametrize(
    ("amount", "threshold"), [(500, 500), (499, 100), (100_001, 100), (60_000, 100), (1_000, None), (None, 500)]
)
def test_auto_topup_of_no_fit_sums_is_400(amount, threshold, play, sender):
    PaymentProfile.objects.create(user=sender, has_payment_method=True)
    sums = {"amount_cents": amount, "threshold_cents": threshold}
    asked = {"enabled": True, **{name: cents for name, cents in sums.items() if cents is not None}}
    is_problem(Api(sender).post("wallet/auto-topup", asked), 400, "invalid")
    assert not PaymentProfile.objects.get().auto_topup_enabled


def test_from_onboarding_to_a_completed_withdrawal(play, agent):
    play.earned(agent)
    api = Api(agent)
    assert api.get("stripe/connect/status").json() == {"status": "not_connected", "requirements": []}
    is_problem(api.post("wallet/withdraw", {"amount_cents": 600}), 409, "not_connected")
    assert api_of_browser(agent).post("stripe/connect", {"country": "de"}).json()["url"].startswith(play.double.url)
    assert api.get("stripe/connect/status").json()["status"] == "pending"
    play.double.activate_account(PaymentProfile.objects.get(user=agent).stripe_account_id)
    play.deliver()
    assert api.get("stripe/connect/status").json()["status"] == "active"
    answer = api.post("wallet/withdraw", {"amount_cents": 600})
    assert (answer.status_code, answer.json()["status"]) == (201, "pending")
    play.send(Withdrawal.objects.get())
    (row,) = api.get("wallet/withdrawals").json()
    assert (row["status"], row["stripe_transfer_id"][:3], balances(agent)) == ("completed", "tr_", {"wallet": 400})


def test_a_repeated_withdrawal_holds_the_money_once(play, agent):
    play.earned(agent)
    play.connected(agent)
    first, second = (Api(agent).post("wallet/withdraw", {"amount_cents": 600}, key="k") for _ in range(2))
    assert first.json() == second.json() and second["Idempotent-Replayed"] == "true"
    assert balances(agent) == {"wallet": 400, "transit": 600}


def test_a_withdrawal_below_the_least_is_400(play, agent):
    play.earned(agent)
    play.connected(agent)
    is_problem(Api(agent).post("wallet/withdraw", {"amount_cents": 499}), 400, "invalid")
    assert balances(agent) == {"wallet": 1_000}


def test_a_young_prize_can_be_spent_but_not_withdrawn(play, sender, agent):
    from wallet.books import ledger

    play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=1_000, now=play.now)
    ledger.pay_prize(reference="drop", payee=agent, fee_cents=0, now=play.now)
    play.connected(agent)
    problem = is_problem(Api(agent).post("wallet/withdraw", {"amount_cents": 1_000}), 400, "insufficient_funds")
    assert (problem["available"], problem["held_cents"]) == (0, 1_000)
    play.wait(hours=49)
    assert Api(agent).post("wallet/withdraw", {"amount_cents": 1_000}).status_code == 400
    play.wait(days=5)
    assert Api(agent).post("wallet/withdraw", {"amount_cents": 1_000}).status_code == 201


def test_a_young_prize_that_was_spent_is_not_held_any_more(funded, sender, agent):
    from wallet.books import ledger

    funded(sender, 1_000)
    for payer, payee, reference, cents in [(sender, agent, "won", 1_000), (agent, sender, "spent", 700)]:
        ledger.hold_prize(payer=payer, reference=reference, amount_cents=cents, now=clock.now())
        ledger.pay_prize(reference=reference, payee=payee, fee_cents=0, now=clock.now())
    balance = Api(agent).get("wallet/balance").json()
    assert [balance[f"{name}_cents"] for name in ("balance", "held", "withdrawable")] == [300, 300, 0]


def test_who_is_frozen_posts_no_drop_and_withdraws_nothing(play, agent):
    topup = play.topped_up(agent)
    play.connected(agent)
    play.topped_up(agent, 700)
    play.double.dispute(topup.stripe_session_id)
    play.deliver()
    is_problem(Api(agent).post("wallet/withdraw", {"amount_cents": 600}), 403, "payment_disputed")
    job = {"prompt": "Name my ferry.", "confirmed": True, "price_cents": 500}
    is_problem(Api(agent).post("jobs/run", job), 403, "payment_disputed")
    assert balances(agent) == {"wallet": 700} and Api(agent).get("jobs").json() == []


def test_whoever_paid_by_a_card_that_was_reported_neither_pays_nor_withdraws(play, agent):
    topup = play.topped_up(agent)
    play.connected(agent)
    play.topped_up(agent, 700)
    play.double.warn(topup.stripe_session_id)
    play.deliver()
    is_problem(Api(agent).post("wallet/withdraw", {"amount_cents": 600}), 403, "payment_reported")
    job = {"prompt": "Name my ferry.", "confirmed": True, "price_cents": 500}
    is_problem(Api(agent).post("jobs/run", job), 403, "payment_reported")
    assert Api(agent).get("jobs").json() == []
