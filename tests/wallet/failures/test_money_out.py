"""Rows 16 to 25: what may go wrong with money on its way out."""

from __future__ import annotations

from uuid import uuid4

import pytest

from accounts.models import Notification
from tests.api import Api, is_problem
from tests.stripe_double import Fault
from tests.wallet.stripe_play import balances, sees
from wallet import gateway
from wallet.books import ledger
from wallet.gateway import Gateway
from wallet.models import PaymentProfile, Transfer, Withdrawal
from wallet.money_out import connect, withdrawals

SEND, CHARGE = "POST /v1/transfers", "POST /v1/payment_intents"


def sent_keys(play):
    return [call.key for call in play.double.calls(SEND)]


def earnings(user):
    return sees(user, "/wallet/earnings")


def sent_cents(play):
    return [transfer["amount"] for transfer in play.double.shelf.all("transfer")]


def test_row_16_a_withdrawal_over_the_balance_is_refused(play, earner):
    problem = is_problem(Api(earner).post("wallet/withdraw", {"amount_cents": 1_001}), 400, "insufficient_funds")
    assert (problem["required"], problem["available"]) == (1_001, 1_000)
    assert problem["error"] == "You can withdraw $10.00 now." and "Nothing withdrawn yet" in earnings(earner)
    assert balances(earner) == {"wallet": 1_000} and not Withdrawal.objects.exists()


@pytest.mark.parametrize("fault", ["closed", "capability", "refused"])
def test_row_17_a_refused_destination_gives_the_money_back(fault, play, earner):
    account = PaymentProfile.objects.get(user=earner).stripe_account_id
    withdrawal = play.withdrawal(earner)
    if fault == "closed":
        play.double.close_account(account)
    elif fault == "capability":
        play.double.restrict_account(account)
    else:
        play.double.next(SEND, Fault.REFUSED, code="account_invalid")
    row = play.send(withdrawal)
    assert (row.status, row.failure_code) == (
        "failed",
        "account_invalid" if fault == "refused" else "account_not_active",
    )
    assert balances(earner) == {"wallet": 1_000} and sent_cents(play) == []
    assert "the money is back in your wallet" in Notification.objects.latest("id").text
    why = "Stripe would not send it." if fault == "refused" else "Your account at Stripe can't take money yet."
    assert f"Failed. {why} The money is back in your wallet." in earnings(earner)


def test_row_18_short_of_funds_waits_and_tries_with_a_new_key(play, earner):
    play.double.next(SEND, Fault.BALANCE_INSUFFICIENT)
    row = play.send(play.withdrawal(earner))
    assert row.waits_for_funds and balances(earner) == {"wallet": 400, "transit": 600}
    assert "Payments of others are still being cleared; it is tried again by itself." in earnings(earner)
    play.wait(hours=2)
    assert play.send(row).is_completed and balances(earner) == {"wallet": 400}
    assert sent_keys(play) == [f"withdrawal:{row.pk}:1", f"withdrawal:{row.pk}:2"]


UNANSWERED = [
    Fault.TIMEOUT_AFTER_EFFECT,
    Fault.DROP_AFTER_EFFECT,
    Fault.DROP_BEFORE_EFFECT,
    Fault.ERROR_SAVED_AFTER_EFFECT,
    Fault.ERROR_UNSAVED,
    Fault.GARBLED,
]


@pytest.mark.parametrize("fault", UNANSWERED)
def test_row_19_an_unanswered_transfer_stays_in_transit_and_is_sent_once(fault, play, earner, settings):
    settings.STRIPE_ANSWER_SECONDS_MAX = 0.5
    play.double.next(SEND, fault)
    row = play.send(play.withdrawal(earner))
    assert row.is_pending and balances(earner) == {"wallet": 400, "transit": 600} and "On the way." in earnings(earner)
    play.wait(minutes=2)
    assert play.send(row).is_completed and balances(earner) == {"wallet": 400} and "Sent to your" in earnings(earner)
    assert sent_cents(play) == [600] and len(set(sent_keys(play))) == 1


def test_row_19_a_saved_500_gets_a_new_key_only_after_a_quiet_time(play, earner):
    play.double.next(SEND, Fault.ERROR_SAVED)
    row = play.send(play.withdrawal(earner))
    play.wait(minutes=5)
    assert play.send(row).is_pending and len(set(sent_keys(play))) == 1
    play.wait(hours=2)
    assert play.send(row).is_completed and sent_cents(play) == [600]
    assert len(set(sent_keys(play))) == 2 and balances(earner) == {"wallet": 400} and "Sent to your" in earnings(earner)


def test_row_19_a_slow_request_that_lands_late_is_adopted(play, earner):
    play.double.next(SEND, Fault.LANDS_LATER)
    row = play.send(play.withdrawal(earner))
    play.wait(minutes=5)
    assert play.send(row).is_pending
    play.double.land()
    play.wait(hours=2)
    assert play.send(row).is_completed and sent_cents(play) == [600]


def test_row_20_a_worker_that_dies_after_the_answer_is_followed_by_one_that_adopts(play, earner, monkeypatch):
    withdrawal = play.withdrawal(earner)
    with monkeypatch.context() as dying:
        dying.setattr("wallet.money_out.withdrawals.adopt_transfer", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            play.send(withdrawal)
    assert balances(earner) == {"wallet": 400, "transit": 600}
    assert play.send(withdrawal).is_pending  # Its lease still runs.
    play.wait(minutes=6)
    assert play.send(withdrawal).is_completed and sent_cents(play) == [600]
    assert Notification.objects.filter(subject="Withdrawal sent").count() == 1 and "Sent to your" in earnings(earner)


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.KEY_IN_USE])
def test_row_21_too_many_requests_backs_off_with_the_same_key(fault, play, earner):
    play.double.next(SEND, fault)
    row = play.send(play.withdrawal(earner))
    assert row.is_pending and row.next_attempt_at > play.now and "On the way." in earnings(earner)
    play.wait(minutes=2)
    assert play.send(row).is_completed and len(set(sent_keys(play))) == 1


def test_row_22_a_key_that_was_used_otherwise_stops_for_a_person(play, earner, caplog):
    withdrawal = play.withdrawal(earner)
    account, key = PaymentProfile.objects.get(user=earner).stripe_account_id, f"withdrawal:{withdrawal.pk}:1"
    play.double.next(SEND, Fault.REFUSED, code="account_invalid")
    with pytest.raises(gateway.RejectedByStripe):
        gateway.connect().create_transfer(withdrawal_id=uuid4(), account=account, amount_cents=1, key=key)
    row = play.send(withdrawal)
    assert row.is_pending and row.next_attempt_at is None and "idempotent requests" in row.last_error
    assert "idempotency key reused" in caplog.messages
    assert "Our staff look" in earnings(earner) and "idempotent" not in earnings(earner)
    play.wait(days=2)
    assert play.send(row).is_pending and sent_cents(play) == []
    assert balances(earner) == {"wallet": 400, "transit": 600}


@pytest.mark.parametrize(("fault", "ends"), [("DROP_AFTER_EFFECT", "succeeded"), ("ERROR_SAVED", "failed")])
def test_row_22_a_charge_repeated_with_another_card_is_looked_up_a_day_later(fault, ends, play, sender, monkeypatch):
    play.automatic(sender)
    play.double.next(CHARGE, Fault[fault])
    row = play.charge(play.begin_auto(sender))
    play.double.save_card(play.customer(sender))
    play.wait(minutes=10)
    with monkeypatch.context() as blind:  # Stripe does not list the first payment yet.
        blind.setattr(Gateway, "find_payments", lambda *_, **__: [])
        assert play.charge(row).status == "unknown"
    play.wait(hours=24)
    assert play.charge(row).status == ends and len({call.key for call in play.double.calls(CHARGE)}) == 1
    assert balances(sender) == ({"wallet": 1_000} if ends == "succeeded" else {})


def test_row_22_a_person_may_let_it_go_on_with_a_new_key(play, earner, staff):
    row = play.withdrawal(earner)
    Withdrawal.objects.filter(pk=row.pk).update(next_attempt_at=None)
    withdrawals.resume_withdrawal(withdrawal=row, staff=staff, reason="looked at Stripe", now=play.now)
    assert play.send(row).is_completed and sent_keys(play) == [f"withdrawal:{row.pk}:2"]
    with pytest.raises(withdrawals.NotStopped):
        withdrawals.resume_withdrawal(withdrawal=row, staff=staff, reason="again", now=play.now)


@pytest.mark.parametrize("parts", [[600], [200, 400]])
def test_row_23_what_is_reversed_comes_back_once(parts, play, earner):
    row = play.send(play.withdrawal(earner))
    for cents in parts:
        play.double.reverse(row.stripe_transfer_id, cents)
        play.deliver(times=2)
    row.refresh_from_db()
    assert balances(earner) == {"wallet": 1_000} and (row.status, row.reversed_cents) == ("completed", 600)
    assert Transfer.objects.filter(kind="withdrawal_reversed").count() == len(parts)
    assert "$6.00 came back and is in your wallet again." in earnings(earner)
    assert Notification.objects.filter(subject="A withdrawal came back").count() == len(parts)


def test_row_24_a_payout_that_fails_at_the_bank_moves_nothing_here(play, earner):
    account = PaymentProfile.objects.get(user=earner).stripe_account_id
    play.send(play.withdrawal(earner))
    before = Transfer.objects.count()
    play.double.fail_payout(account, 600)
    play.deliver()
    assert Transfer.objects.count() == before and balances(earner) == {"wallet": 400}
    letter = Notification.objects.latest("id")
    assert letter.subject == "Your bank refused a payout" and "waits in your account at Stripe" in letter.text
    assert "Your bank refused it. The money waits in your account at Stripe" in earnings(earner)


def test_row_24_a_payout_that_arrived_is_shown_to_its_owner_alone(play, earner, sender):
    account = PaymentProfile.objects.get(user=earner).stripe_account_id
    paid = play.double.pay_out(account, 600)
    play.deliver()
    assert "$6.00" in earnings(earner) and "Paid out by Stripe to your bank." in earnings(earner)
    assert "Paid out" not in earnings(sender) and Transfer.objects.filter(kind="payout").count() == 1
    play.wait(hours=1)
    play.double.shelf.tell("payout.failed", paid["data"]["object"], account=account)
    play.deliver()
    assert "Your bank refused it." in earnings(earner) and "Paid out" not in earnings(earner)


@pytest.mark.parametrize("how", ["restrict_account", "close_account", "deauthorize"])
def test_row_25_an_account_that_can_take_no_money_is_pending_and_queued_withdrawals_fail(how, play, earner):
    withdrawal = play.withdrawal(earner)
    getattr(play.double, how)(PaymentProfile.objects.get(user=earner).stripe_account_id)
    play.deliver()
    assert connect.connection_of(earner) == "pending" and "Payouts are not ready yet" in earnings(earner)
    assert Notification.objects.filter(subject="Payouts are paused").count() == 1
    is_problem(Api(earner).post("wallet/withdraw", {"amount_cents": 500}), 409, "not_connected")
    assert play.send(withdrawal).failure_code == "account_not_active"
    assert ledger.balance_cents(earner) == 1_000
