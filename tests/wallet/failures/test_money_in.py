"""Rows 1 to 15: what may go wrong with money on its way in, and back out again."""

from __future__ import annotations

import pytest

from accounts.models import Notification
from tests.api import Api, is_problem
from tests.stripe_double import Fault
from tests.wallet.stripe_play import balances, sees
from wallet import tasks
from wallet.books import ledger
from wallet.books.freezes import InDebt, PaymentDisputed, require_unfrozen
from wallet.models import Dispute, PaymentProfile, StripeEvent, Topup, Transfer
from wallet.money_in.topups import settle_topup

CHARGE = "POST /v1/payment_intents"


def posted(kind):
    return Transfer.objects.filter(kind=kind).count()


def subjects():
    return set(Notification.objects.values_list("subject", flat=True))


def letters():
    """Their words, newest first."""
    return list(Notification.objects.order_by("-id").values_list("text", flat=True))


def on_return(user, topup):
    return sees(user, "/wallet/topups/return", session_id=topup.stripe_session_id)


def refusal_to(user, code):
    """Return the refusal that somebody reads who wants to post a drop."""
    return is_problem(Api(user).post("jobs/run", {"prompt": "Name my ferry.", "confirmed": True}), 403, code)["error"]


@pytest.mark.parametrize("first", ["page", "webhook"])
def test_row_01_webhook_before_or_after_the_success_page_credits_once(first, play, sender):
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id)
    both = [lambda: play.settle(topup), play.deliver]
    for settle in both if first == "page" else reversed(both):
        settle()
    assert (posted("topup"), balances(sender)) == (1, {"wallet": 1_000})
    assert not StripeEvent.objects.unprocessed().exists()
    assert "Arrived. It is in your wallet." in on_return(sender, topup) and len(letters()) == 1


def test_row_02_buyer_never_returns_and_the_webhook_credits(play, sender):
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id)
    play.deliver()
    topup.refresh_from_db()
    assert topup.has_arrived and balances(sender) == {"wallet": 1_000}
    assert "Added to the wallet" in sees(sender) and subjects() == {"$10.00 added"}


@pytest.mark.parametrize("how", [{"times": 2}, {"backwards": True}, {"thin": True}, {"times": 3, "backwards": True}])
def test_row_03_events_twice_out_of_order_or_thin_credit_once(how, play, sender):
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id)
    play.deliver(**how)
    play.deliver(events=play.double.events(about=topup.stripe_session_id))
    assert (posted("topup"), balances(sender)) == (1, {"wallet": 1_000})
    assert letters() == ["Your payment arrived: $10.00 was added to your wallet."]


def test_row_04_completed_but_unpaid_waits_for_the_money(play, sender):
    topup = play.start(sender)
    play.double.pay_later(topup.stripe_session_id)
    play.deliver()
    assert play.settle(topup).is_in_flight and balances(sender) == {}
    waits = "Being confirmed. It will appear by itself; you can close this page."
    assert waits in on_return(sender, topup) and waits in sees(sender)
    play.double.clear(topup.stripe_session_id)
    play.deliver()
    assert balances(sender) == {"wallet": 1_000} and "Arrived." in on_return(sender, topup)


def test_row_04_a_payment_that_bounces_later_fails_its_topup(play, sender):
    topup = play.start(sender)
    play.double.pay_later(topup.stripe_session_id)
    play.double.bounce(topup.stripe_session_id)
    play.deliver()
    topup.refresh_from_db()
    assert (topup.status, topup.error_code, balances(sender)) == ("failed", "insufficient_funds", {})
    assert letters() == ["Your payment of $10.00 did not go through; you were not charged."]
    assert "There is not enough money behind the card. You were not charged." in sees(sender)


def test_row_05_someone_elses_session_credits_its_own_user(play, sender, rival, client):
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id)
    client.force_login(rival)
    page = client.get("/wallet/topups/return", {"session_id": topup.stripe_session_id})
    assert page.status_code == 404 and b"10.00" not in page.content
    assert (balances(sender), balances(rival)) == ({"wallet": 1_000}, {})


def test_row_06_another_amount_is_quarantined_and_moves_nothing(play, sender, caplog):
    topup = play.start(sender)
    session = play.double.shelf.get(topup.stripe_session_id, "checkout.session")
    session["amount_total"] = 1
    row = settle_topup(session_id=session["id"], now=play.now)
    assert (row.status, row.error_code, balances(sender)) == ("quarantined", "amount_mismatch", {})
    play.double.pay(session, amount=1_000)
    assert play.settle(topup).status == "quarantined" and (balances(sender), posted("topup")) == ({}, 0)
    assert "Our staff are looking into it; your payment" in sees(sender) and "top-up quarantined" in caplog.messages
    # Until somebody has looked, the money is at Stripe and in nobody's wallet, and the comparison says so.
    play.difference_cents = 1_000 - 59


@pytest.mark.parametrize(("field", "value"), [("currency", "eur"), ("livemode", True)])
def test_row_06_another_currency_or_mode_is_quarantined(field, value, play, sender):
    topup = play.start(sender)
    play.double.shelf.get(topup.stripe_session_id, "checkout.session")[field] = value
    assert play.settle(topup).status == "quarantined"
    assert balances(sender) == {} and posted("topup") == 0 and "Held." in sees(sender)


def test_row_07_a_declined_automatic_topup_backs_off_and_ends_after_three(play, sender):
    play.automatic(sender)
    play.double.next(CHARGE, Fault.DECLINE, times=3, decline_code="insufficient_funds")
    for hours in (1, 24, 24):
        row = play.charge(play.begin_auto(sender))
        assert (row.status, row.error_code) == ("failed", "insufficient_funds")
        play.wait(minutes=59)
        assert play.begin_auto(sender) is None
        play.wait(hours=hours)
    profile = PaymentProfile.objects.get(user=sender)
    assert (profile.auto_topup_enabled, profile.auto_topup_failures) == (False, 3)
    assert balances(sender) == {} and subjects() == {"Automatic top-up failed"}
    endings = ["That was the 3rd time in a row, so automatic top-up is off.", "We try again in a day", "in an hour"]
    assert all(ending in letter for ending, letter in zip(endings, letters(), strict=True))
    assert "There is not enough money behind the card. You were not charged." in sees(sender)


def test_row_08_a_bank_that_wants_its_customer_pauses_until_they_pay_themselves(play, sender):
    play.automatic(sender)
    play.double.next(CHARGE, Fault.NEEDS_AUTHENTICATION)
    row = play.charge(play.begin_auto(sender))
    assert (row.status, row.error_code) == ("failed", "authentication_required")
    assert "Paused: your bank wants you to confirm a payment. Add money above yourself" in sees(sender)
    assert "pauses until you add money yourself" in letters()[0]
    play.wait(days=3)
    assert play.begin_auto(sender) is None and balances(sender) == {}
    play.topped_up(sender, 500)
    ledger.hold_prize(payer=sender, reference="spent", amount_cents=400, now=play.now)
    assert play.begin_auto(sender) is not None and "Paused:" not in sees(sender)


UNANSWERED = [
    Fault.TIMEOUT_AFTER_EFFECT,
    Fault.DROP_AFTER_EFFECT,
    Fault.DROP_BEFORE_EFFECT,
    Fault.ERROR_UNSAVED,
    Fault.ERROR_SAVED_AFTER_EFFECT,
    Fault.GARBLED,
]


@pytest.mark.parametrize("fault", UNANSWERED)
def test_row_09_an_unanswered_charge_is_tried_with_the_same_key(fault, play, sender, settings):
    settings.STRIPE_ANSWER_SECONDS_MAX = 0.5
    play.automatic(sender)
    play.double.next(CHARGE, fault)
    row = play.charge(play.begin_auto(sender))
    assert row.status == "unknown" and balances(sender) == {} and "Being confirmed." in sees(sender)
    play.wait(minutes=10)
    assert play.charge(row).has_arrived and balances(sender) == {"wallet": 1_000} and "Arrived." in sees(sender)
    assert len({call.key for call in play.double.calls(CHARGE)}) == 1


def test_row_09_the_webhook_may_settle_what_was_unanswered(play, sender):
    play.automatic(sender)
    play.double.next(CHARGE, Fault.DROP_AFTER_EFFECT)
    row = play.charge(play.begin_auto(sender))
    play.deliver()
    play.wait(minutes=10)
    assert play.charge(row) is None and (posted("topup"), balances(sender)) == (1, {"wallet": 1_000})
    assert letters() == ["Your saved card was charged: $10.00 was added to your wallet."]


def test_row_09_after_a_day_with_nothing_at_stripe_it_has_failed(play, sender):
    play.automatic(sender)
    play.double.next(CHARGE, Fault.ERROR_SAVED)
    row = play.charge(play.begin_auto(sender))
    play.wait(hours=25)
    row = play.charge(row)
    assert (row.status, row.error_code, balances(sender)) == ("failed", "no_answer", {})
    assert "Stripe never answered, and has no such payment. You were not charged." in sees(sender)


def test_row_10_two_debits_across_the_threshold_lead_to_one_topup(play, sender):
    play.topped_up(sender)
    play.automatic(sender)
    for reference in ("one", "two"):
        ledger.hold_prize(payer=sender, reference=reference, amount_cents=400, now=play.now)
    assert [play.begin_auto(sender) is not None for _ in range(2)] == [True, False]
    tasks.send_outbound()
    tasks.send_outbound()
    assert (Topup.objects.automatic(sender).count(), balances(sender)) == (1, {"wallet": 1_200})
    assert letters()[0].startswith("Your saved card was charged") and sees(sender).count("Arrived.") == 2


def test_row_11_a_refund_takes_what_is_there_and_the_rest_is_owed(play, sender):
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="spent", amount_cents=700, now=play.now)
    refund = play.double.refund(topup.stripe_session_id)
    play.deliver(times=2)
    assert balances(sender) == {"debt": -700}
    sums = dict(Transfer.objects.filter(kind="topup_refund").values_list("reason", "amount"))
    assert sums == {f"topup_refund:{refund['id']}": 300, f"topup_refund:{refund['id']}:debt": 700}
    with pytest.raises(InDebt):
        require_unfrozen(sender)
    assert "You owe $7.00." in sees(sender) and "you owe $7.00" in letters()[0]
    assert refusal_to(sender, "in_debt") == "You owe $7.00, because a top-up was taken back."


def test_row_12_a_refund_that_fails_later_pays_the_debt_first(play, sender):
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="spent", amount_cents=700, now=play.now)
    refund = play.double.refund(topup.stripe_session_id)
    play.deliver()
    play.double.fail_refund(refund)
    play.deliver(backwards=True)
    assert balances(sender) == {"wallet": 300}
    require_unfrozen(sender)
    assert "You owe" not in sees(sender) and "Top-up returned after all" in sees(sender)
    assert letters()[0].endswith("$7.00 paid what you owed, $3.00 is in your wallet again.")


def test_row_13_a_dispute_takes_the_money_and_freezes(play, sender):
    topup = play.topped_up(sender)
    dispute = play.double.dispute(topup.stripe_session_id)
    play.deliver(times=2)
    assert balances(sender) == {} and Transfer.objects.get(reason=f"dispute_fee:{dispute['id']}").amount == 1_500
    assert Dispute.objects.get().is_open and "A payment is disputed" in subjects()
    with pytest.raises(PaymentDisputed):
        require_unfrozen(sender)
    assert "One of your payments is disputed." in sees(sender) and "is disputed" in refusal_to(
        sender, "payment_disputed"
    )


def test_row_14_a_dispute_that_is_won_pays_the_debt_first_and_unfreezes(play, sender):
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="spent", amount_cents=700, now=play.now)
    dispute = play.double.dispute(topup.stripe_session_id)
    play.deliver()
    assert balances(sender) == {"debt": -700}
    play.double.win(dispute)
    play.deliver(times=2, backwards=True)
    assert balances(sender) == {"wallet": 300}
    require_unfrozen(sender)
    assert "was decided for you; the money is back." in letters()[0]
    assert "is disputed" not in sees(sender) and "Dispute won" in sees(sender)


def test_row_14_only_what_came_back_is_given_back(play, sender):
    topup = play.topped_up(sender)
    play.double.win(play.double.dispute(topup.stripe_session_id), 400)
    play.deliver(times=2)
    assert balances(sender) == {"wallet": 400} and letters()[0].endswith("decided for you; $4.00 is back.")


def test_row_15_a_dispute_that_is_lost_leaves_the_debt(play, sender):
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="spent", amount_cents=1_000, now=play.now)
    play.double.lose(play.double.dispute(topup.stripe_session_id))
    play.deliver()
    assert balances(sender) == {"debt": -1_000} and not Dispute.objects.get().is_open
    with pytest.raises(InDebt):
        require_unfrozen(sender)
    assert "You owe $10.00." in sees(sender) and "stays with the bank's customer" in letters()[0]


def test_row_15_an_inquiry_takes_nothing_and_freezes_nobody(play, sender):
    topup = play.topped_up(sender)
    play.double.dispute(topup.stripe_session_id, inquiry=True)
    play.deliver()
    assert balances(sender) == {"wallet": 1_000} and Dispute.objects.get().status == "warning_needs_response"
    require_unfrozen(sender)
    assert "disputed" not in sees(sender) and subjects() == {"$10.00 added"}
