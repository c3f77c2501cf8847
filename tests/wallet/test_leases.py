"""A worker stalls in the middle of a verb until its lease is over, and another one has been at the row meanwhile."""

from __future__ import annotations

import pytest

from accounts.models import Notification
from tests.stripe_double import Fault
from tests.wallet.stripe_play import balances
from wallet.books import freezes
from wallet.gateway import Gateway, OutcomeUnknown, RejectedByStripe
from wallet.models import Dispute, PaymentProfile, StripeEvent, Topup
from wallet.money_in import topups
from wallet.money_in.disputes import Overtaken, note_dispute
from wallet.money_in.endings import end_topup
from wallet.stripe_events import handlers

SEND, CHARGE, LOOK = "POST /v1/transfers", "POST /v1/payment_intents", "GET /v1/checkout/sessions"


@pytest.fixture
def stall(play, monkeypatch):
    """Whoever calls `name` next gets through after six minutes, in which `others` did their work, and gets `answer`."""

    def stalls(place, name, others, answer=None):
        real = getattr(place, name)

        def late(*args, **kwargs):
            monkeypatch.setattr(place, name, real)
            held = answer or (lambda: real(*args, **kwargs))
            if answer is None:  # The question was put before the stall.
                held = replay(held)
            play.wait(minutes=6)
            others()
            return held()

        monkeypatch.setattr(place, name, late)

    return stalls


def replay(call):
    """Make `call` now; return how it ended as a call of its own."""
    try:
        result = call()
    except Exception as failure:
        return raises(failure)
    return lambda: result


def raises(failure):
    def answer():
        raise failure

    return answer


@pytest.fixture
def withdrawal(play, agent):
    play.earned(agent)
    play.connected(agent)
    return play.withdrawal(agent)


@pytest.fixture
def automatic(play, sender):
    play.automatic(sender)
    return play.begin_auto(sender)


@pytest.fixture
def paid(play, sender):
    """A top-up that was paid at Checkout, and that nobody came back from for so long that it is asked about."""
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id)
    play.wait(minutes=6)
    return topup


OBSTACLES = {
    "a frozen account": (freezes, "is_frozen", lambda: True),
    "a refused account": (Gateway, "get_account", raises(RejectedByStripe("account_invalid"))),
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_a_withdrawal_that_somebody_else_sent_is_not_given_back(obstacle, play, withdrawal, agent, stall):
    play.double.next(SEND, Fault.DROP_AFTER_EFFECT, times=1)
    place, name, answer = OBSTACLES[obstacle]
    stall(place, name, lambda: play.send(withdrawal), answer)
    assert play.send(withdrawal).is_pending and balances(agent) == {"wallet": 400, "transit": 600}
    play.wait(minutes=6)
    assert play.send(withdrawal).is_completed and balances(agent) == {"wallet": 400}
    assert [transfer["amount"] for transfer in play.double.shelf.all("transfer")] == [600]


def test_a_refused_withdrawal_that_somebody_else_tries_again_is_not_given_back(play, withdrawal, agent, stall):
    play.double.next(SEND, Fault.REFUSED, code="account_invalid")
    stall(Gateway, "create_transfer", lambda: play.send(withdrawal))
    assert play.send(withdrawal).is_pending and balances(agent) == {"wallet": 400, "transit": 600}
    play.wait(hours=2)
    assert play.send(withdrawal).is_completed and balances(agent) == {"wallet": 400}


CALLED_OFF = {
    "turned off": (freezes, "is_frozen", lambda: True),
    "without a card": (Gateway, "default_payment_method", lambda: None),
}


@pytest.mark.parametrize("obstacle", CALLED_OFF)
def test_a_charge_that_somebody_else_made_is_not_called_off(obstacle, play, automatic, sender, stall):
    play.double.next(CHARGE, Fault.DROP_AFTER_EFFECT)
    place, name, answer = CALLED_OFF[obstacle]
    stall(place, name, lambda: play.charge(automatic), answer)
    assert play.charge(automatic).status == "unknown"
    assert PaymentProfile.objects.get(user=sender).auto_topup_enabled
    play.wait(minutes=6)
    assert play.charge(automatic).has_arrived and balances(sender) == {"wallet": 1_000}


def test_a_charge_that_has_ended_meanwhile_is_not_made(play, automatic, stall):
    stall(Gateway, "default_payment_method", lambda: end_topup(topup=automatic, status="failed", code="turned_off"))
    play.charge(automatic)
    assert Topup.objects.get().status == "failed" and play.double.calls(CHARGE) == []


def test_a_topup_that_somebody_else_looks_at_is_asked_about_once(play, paid, sender, stall):
    def look():
        topups.check_topup(topup_id=paid.pk, now=play.now)

    stall(topups, "back_off", look)
    look()
    looks = [call for call in play.double.requests if call.route.startswith(LOOK)]
    assert len(looks) == 1 and balances(sender) == {"wallet": 1_000}


def test_a_payment_that_bounced_is_told_once(play, sender, stall):
    topup = play.start(sender)
    play.double.pay_later(topup.stripe_session_id)
    play.double.bounce(topup.stripe_session_id)
    stall(Gateway, "get_payment", lambda: play.settle(topup))
    assert play.settle(topup).status == "failed" and Notification.objects.count() == 1
    play.deliver()


def test_who_presses_twice_keeps_the_page_that_one_press_got(play, sender, stall):
    def press():
        return topups.start_topup(
            user=sender,
            amount_cents=1_000,
            keep_card=False,
            now=play.now,
            idempotency_key="k",
            success_url="https://a",
            cancel_url="https://a",
        )

    refused = raises(RejectedByStripe("resource_missing"))
    stall(Gateway, "create_topup_session", press, refused)
    with pytest.raises(Exception, match="Stripe did not answer"):
        press()
    assert Topup.objects.get().is_in_flight


def test_an_event_that_somebody_else_worked_on_stays_done(play, paid, sender, stall):
    play.double.deliver(play.post)
    event = StripeEvent.objects.get(type="checkout.session.completed")
    stall(handlers, "settle_topup", lambda: play.process(event.pk), raises(OutcomeUnknown("too slow")))
    play.process(event.pk)
    play.deliver()
    event.refresh_from_db()
    assert (event.status, event.next_attempt_at, balances(sender)) == ("processed", None, {"wallet": 1_000})


def test_an_answer_that_was_overtaken_opens_no_dispute_again(play, sender, stall):
    topup = play.topped_up(sender)
    dispute = play.double.dispute(topup.stripe_session_id)

    def decided():
        play.double.win(dispute)
        note_dispute(dispute_id=dispute["id"], now=play.now)

    stall(Gateway, "get_dispute", decided)
    with pytest.raises(Overtaken):
        note_dispute(dispute_id=dispute["id"], now=play.now)
    assert not Dispute.objects.get().is_open and balances(sender) == {"wallet": 1_000}


def test_an_answer_that_was_overtaken_takes_no_reversal_away(play, withdrawal, agent, stall):
    row = play.send(withdrawal)
    play.double.reverse(row.stripe_transfer_id, 200)
    play.double.deliver(play.post)
    first = StripeEvent.objects.get(type="transfer.reversed")

    def rest():
        play.double.reverse(row.stripe_transfer_id, 400)
        play.deliver()

    stall(Gateway, "get_transfer", rest)
    play.process(first.pk)
    row.refresh_from_db()
    assert (row.reversed_cents, balances(agent)) == (600, {"wallet": 1_000})
