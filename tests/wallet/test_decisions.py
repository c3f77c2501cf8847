"""Staff decide about money with a reason, on record, and never about their own."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent, Notification
from core.errors import Forbidden, Invalid
from drops.contest import posting
from drops.contest.links import note_evidence
from tests.admin_site import change_url, confirm, logged_in, verb_url
from tests.play import claim, make_user, post_drop
from tests.stripe_double import Fault
from tests.wallet.stripe_play import NOON, balances, sees
from wallet import decisions
from wallet.books import ledger
from wallet.models import Dispute, HeldPayout, StripeEvent, Topup, Transfer, Withdrawal
from wallet.money_in.quarantine import NotCreditable, NotHeld, close_topup, release_topup
from wallet.money_in.taint import clear_topup
from wallet.money_out import withdrawals
from wallet.money_out.held_payouts import settle_prize
from wallet.stripe_events import inbox


@pytest.fixture
def held(play, sender):
    """A top-up of $10.00 for which $7.00 was paid."""
    topup = play.start(sender)
    session = play.double.shelf.get(topup.stripe_session_id, "checkout.session")
    session["amount_total"] = 700
    play.double.pay(session, amount=700)
    play.settle(topup)
    return Topup.objects.get()


@pytest.fixture
def stopped(play, agent):
    play.earned(agent)
    play.connected(agent)
    row = play.withdrawal(agent)
    Withdrawal.objects.filter(pk=row.pk).update(next_attempt_at=None)
    return row


def decided(verb, row, staff, play, reason="I looked at Stripe."):
    name = {"Topup": "topup", "Withdrawal": "withdrawal", "StripeEvent": "event"}[type(row).__name__]
    words = {"reason": reason, **({"told": "It was paid twice and refunded."} if verb is close_topup else {})}
    return verb(**{name: row}, staff=staff, now=play.now, **words)


def test_releasing_credits_what_was_really_paid(play, held, sender, staff):
    row = decided(release_topup, held, staff, play)
    assert (row.status, row.amount_cents, balances(sender)) == ("succeeded", 700, {"wallet": 700})
    event = AuditEvent.objects.get()
    assert (event.action, event.target, event.reason) == ("release_topup", f"topup:{row.pk}", "I looked at Stripe.")
    with pytest.raises(NotHeld):
        decided(release_topup, held, staff, play)
    assert Transfer.objects.filter(kind="topup").count() == 1


def test_what_was_released_and_then_refunded_is_in_both_books(play, held, sender, staff):
    decided(release_topup, held, staff, play)
    play.double.refund(held.stripe_session_id)
    play.deliver()
    assert balances(sender) == {}


@pytest.mark.parametrize(("how", "cents"), [("refund", 700), ("refund", 200), ("dispute", 700)])
def test_what_was_taken_back_while_it_was_held_is_not_given_away(how, cents, play, held, staff):
    getattr(play.double, how)(held.stripe_session_id, cents)
    play.deliver()
    assert balances(held.user) == {}
    decided(release_topup, held, staff, play)
    assert balances(held.user) == ({"wallet": 500} if cents == 200 else {})
    assert Dispute.objects.filter(is_open=True).count() == (how == "dispute")


@pytest.fixture
def held_automatic(play, sender):
    """An automatic top-up of $10.00 that our row says was of $9.00."""
    play.automatic(sender)
    play.double.next("POST /v1/payment_intents", Fault.DROP_AFTER_EFFECT)
    play.charge(play.begin_auto(sender))
    Topup.objects.update(amount_cents=900)
    play.deliver()
    return Topup.objects.get()


def test_an_automatic_topup_is_released_by_its_payment(play, held_automatic, sender, staff):
    assert held_automatic.is_held and balances(sender) == {}
    decided(release_topup, held_automatic, staff, play)
    assert balances(sender) == {"wallet": 1_000}


def test_an_automatic_topup_is_released_while_the_next_is_in_flight(play, held_automatic, sender, admin_user):
    play.wait(hours=2)
    assert play.begin_auto(sender).is_in_flight
    answer = confirm(logged_in(admin_user), verb_url("release", held_automatic), reason="I looked at Stripe.")
    assert answer.status_code == 200 and answer.redirect_chain and balances(sender) == {"wallet": 1_000}


def test_where_nothing_was_paid_nothing_is_released(play, sender, staff):
    topup = play.start(sender)
    play.double.shelf.get(topup.stripe_session_id, "checkout.session")["currency"] = "eur"
    play.settle(topup)
    with pytest.raises(NotCreditable):
        decided(release_topup, topup, staff, play)
    assert Topup.objects.get().is_held and balances(sender) == {} and not AuditEvent.objects.exists()


def test_closing_tells_the_owner_and_is_not_undone_by_a_late_event(play, held, sender, staff):
    decided(close_topup, held, staff, play, reason="Her brother's card, says Stripe.")
    text = Notification.objects.latest("id").text
    assert "did not credit it: It was paid twice" in text and "brother" not in text
    assert AuditEvent.objects.get().changes == {"told": ["", "It was paid twice and refunded."]}
    play.deliver()
    topup = Topup.objects.get()
    assert (topup.status, topup.error_code, balances(sender)) == ("failed", "closed_by_staff", {})
    assert "Not credited. Our staff have looked at it" in sees(sender) and "not charged" not in sees(sender)
    play.difference_cents = 700 - play.double.shelf.all("balance_transaction")[0]["fee"]


@pytest.mark.parametrize("verb", [release_topup, close_topup])
def test_what_cannot_be_recorded_is_not_decided(verb, play, held, staff, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(decisions, "record_audit", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            decided(verb, held, staff, play)
    assert Topup.objects.get().is_held and balances(held.user) == {}
    decided(release_topup, held, staff, play)


def test_a_withdrawal_is_not_resumed_where_that_cannot_be_recorded(play, stopped, staff, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(decisions, "record_audit", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            decided(withdrawals.resume_withdrawal, stopped, staff, play)
    stopped.refresh_from_db()
    assert stopped.has_stopped and stopped.called_at is None


@pytest.mark.parametrize("verb", [release_topup, close_topup])
def test_nobody_decides_about_their_own_topup(verb, play, held, sender, staff):
    Topup.objects.update(user=staff)
    with pytest.raises(Forbidden, match="your own money"):
        decided(verb, Topup.objects.get(), staff, play)
    assert Topup.objects.get().is_held and not AuditEvent.objects.exists()
    Topup.objects.update(user=sender)
    decided(release_topup, Topup.objects.get(), staff, play)


def test_nobody_resumes_their_own_withdrawal(play, stopped, agent):
    agent.is_staff = agent.is_superuser = True
    with pytest.raises(Forbidden, match="your own money"):
        decided(withdrawals.resume_withdrawal, stopped, agent, play)
    stopped.refresh_from_db()
    assert stopped.has_stopped


@pytest.mark.parametrize("verb", [inbox.retry_event, inbox.ignore_event])
def test_nobody_waves_their_own_dispute_through(verb, play, staff):
    topup = play.topped_up(staff)
    play.double.dispute(topup.stripe_session_id)
    play.double.deliver(play.post, play.double.events("charge.dispute.created"))
    event = StripeEvent.objects.get()
    StripeEvent.objects.update(status="failed", tries=1)
    with pytest.raises(Forbidden, match="your own money"):
        decided(verb, event, staff, play)
    assert StripeEvent.objects.get().status == "failed"
    play.deliver()


@pytest.fixture
def doubted(play, sender):
    """A reported payment of the sender's that is in the escrow of a drop."""
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=1_000, now=play.now)
    play.double.warn(topup.stripe_session_id)
    play.deliver()
    return topup


def wins(play, sender, user):
    settle_prize(reference="drop", payer=sender, payee=user, fee_cents=0, now=play.now)


def second_account(user):
    second = make_user(user.email.split("@")[0] + "+second")
    for one in (user, second):
        note_evidence(one, NOON)
    return second


@pytest.mark.parametrize("whose", ["own", "second"])
def test_nobody_trusts_the_payment_behind_a_prize_of_theirs(whose, play, doubted, sender, staff):
    wins(play, sender, staff if whose == "own" else second_account(staff))
    with pytest.raises(Forbidden, match="prize of yours"):
        decided(clear_topup, doubted, staff, play)
    assert HeldPayout.objects.get().is_open


def test_nobody_trusts_the_payment_behind_a_drop_that_they_play(play, sender, staff):
    topup = play.topped_up(sender)
    drop = posting.pay_for_drop(drop=post_drop(sender, now=play.now), sender=sender, now=play.now)
    claim(drop, staff, now=play.now)
    play.double.warn(topup.stripe_session_id)
    play.deliver()
    with pytest.raises(Forbidden, match="prize of yours"):
        decided(clear_topup, topup, staff, play)


@pytest.mark.parametrize("verb", [inbox.retry_event, inbox.ignore_event])
def test_nobody_waves_news_through_that_would_hold_their_prize(verb, play, sender, staff):
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=1_000, now=play.now)
    wins(play, sender, staff)
    play.double.dispute(topup.stripe_session_id)
    play.double.deliver(play.post, play.double.events("charge.dispute.created"))
    StripeEvent.objects.update(status="failed", tries=1)
    with pytest.raises(Forbidden, match="prize of yours"):
        decided(verb, StripeEvent.objects.get(), staff, play)
    play.deliver()


@pytest.mark.parametrize("how", ["player", "suspended", "no reason"])
def test_who_may_not_decide_or_gives_no_reason_is_refused(how, play, stopped, staff, rival):
    staff.suspended_at = play.now if how == "suspended" else None
    actor, refusal = (rival if how == "player" else staff), (Invalid if how == "no reason" else Forbidden)
    with pytest.raises(refusal):
        decided(withdrawals.resume_withdrawal, stopped, actor, play, reason=" " if how == "no reason" else "Why not")
    stopped.refresh_from_db()
    assert stopped.has_stopped


def test_a_held_topup_is_released_in_the_admin(play, held, sender, admin_user):
    boss = logged_in(admin_user)
    assert b"Credit what was paid" in boss.get(change_url(held)).content
    assert b"$10.00 was asked for" in boss.get(verb_url("release", held)).content
    confirm(boss, verb_url("release", held), reason="I looked at Stripe.")
    assert balances(sender) == {"wallet": 700} and AuditEvent.objects.get().actor == admin_user
