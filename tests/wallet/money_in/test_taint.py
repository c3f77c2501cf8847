"""A payment in doubt stops what it has paid for, wherever that has come to, until staff or the bank have decided."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent, Notification
from core.errors import Forbidden
from drops.contest import posting
from tests.admin_site import confirm, logged_in, verb_url
from tests.play import enter, judge, make_user, post_drop, ring
from tests.wallet.stripe_play import balances, sees
from wallet import tasks
from wallet.books import freezes, ledger
from wallet.books.earnings import earnings_of, held_prizes
from wallet.models import Doubt, HeldPayout, Recall
from wallet.money_in.taint import NotInDoubt, clear_topup
from wallet.money_out.held_payouts import NotOpen, SpentMeanwhile, release_payout, return_payout, settle_prize

WAYS = ["dispute", "fraud_warning", "refund"]


def doubt(how, play, topup):
    session = topup.stripe_session_id
    {"dispute": play.double.dispute, "fraud_warning": play.double.warn, "refund": play.double.refund}[how](session)
    play.deliver()


def settle(play, payer, payee, reference="drop"):
    return settle_prize(reference=reference, payer=payer, payee=payee, fee_cents=0, now=play.now)


@pytest.fixture
def funded_drop(play, sender):
    """$10.00 by card, all of it in the escrow of a drop; gives the top-up."""
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=1_000, now=play.now)
    return topup


@pytest.mark.parametrize("how", WAYS)
def test_what_a_doubtful_payment_funds_stays_in_escrow_when_it_is_won(how, play, funded_drop, sender, agent):
    doubt(how, play, funded_drop)
    held = settle(play, sender, agent)
    assert (held.payee, held.amount_cents, held.topup, held.was_paid) == (agent, 1_000, funded_drop, False)
    assert (ledger.escrow_cents("drop"), balances(agent)) == (1_000, {})
    assert freezes.is_frozen(sender)


@pytest.mark.parametrize("how", WAYS)
def test_a_young_prize_of_a_payment_that_is_doubted_later_is_held_without_end(how, play, funded_drop, sender, agent):
    assert settle(play, sender, agent) is None
    play.wait(days=3)
    doubt(how, play, funded_drop)
    play.wait(days=30)
    assert [(prize.cents, prize.until) for prize in held_prizes(agent, play.now)] == [(1_000, None)]
    assert earnings_of(agent, play.now).withdrawable_cents == 0
    assert "a bank doubts the payment behind it" in sees(agent, "/wallet/earnings")
    assert Notification.objects.filter(user=agent, kind="payout_held").count() == 1


def test_an_old_prize_is_its_winners_whatever_comes(play, funded_drop, sender, agent):
    settle(play, sender, agent)
    play.wait(days=8)
    doubt("dispute", play, funded_drop)
    assert not HeldPayout.objects.exists() and earnings_of(agent, play.now).withdrawable_cents == 1_000


def test_doubt_finds_the_prize_that_was_paid_from_a_prize(play, funded_drop, sender, agent, rival):
    settle(play, sender, agent)
    ledger.hold_prize(payer=agent, reference="next", amount_cents=400, now=play.now)
    settle(play, agent, rival, "next")
    doubt("dispute", play, funded_drop)
    assert sorted(HeldPayout.objects.values_list("reference", flat=True)) == ["drop", "next"]


def test_a_refund_of_what_was_never_spent_casts_no_doubt(play, sender):
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=400, now=play.now)
    play.double.refund(topup.stripe_session_id, 600)
    play.deliver()
    assert not Doubt.objects.exists() and balances(sender) == {}


def test_an_inquiry_casts_no_doubt(play, funded_drop, sender, agent):
    play.double.dispute(funded_drop.stripe_session_id, inquiry=True)
    play.deliver()
    assert settle(play, sender, agent) is None


def decide(verb, staff, play):
    return verb(
        payout=HeldPayout.objects.get(), staff=staff, told="We looked at it.", reason="The bank wrote.", now=play.now
    )


def test_staff_release_a_prize_to_its_winner(play, funded_drop, sender, agent, staff):
    doubt("dispute", play, funded_drop)
    settle(play, sender, agent)
    decide(release_payout, staff, play)
    assert balances(agent) == {"wallet": 1_000} and balances(sender) == {"debt": -1_000}
    event = AuditEvent.objects.get()
    assert (event.action, event.reason) == ("release_payout", "The bank wrote.")
    text = Notification.objects.get(user=agent, kind="payout_released").text
    assert "Our staff wrote: We looked at it." in text and "The bank wrote" not in text
    with pytest.raises(NotOpen):
        decide(return_payout, staff, play)


@pytest.mark.parametrize("was_paid", [True, False])
def test_a_prize_that_staff_return_pays_what_its_sender_owes(was_paid, play, funded_drop, agent, staff):
    sender = funded_drop.user
    steps = [lambda: settle(play, sender, agent), lambda: doubt("dispute", play, funded_drop)]
    for step in steps if was_paid else reversed(steps):
        step()
    decide(return_payout, staff, play)
    assert (balances(sender), balances(agent), ledger.escrow_cents("drop")) == ({}, {}, 0)
    text = Notification.objects.get(user=agent, kind="payout_returned").text
    assert "Our staff wrote: We looked at it." in text and "The bank wrote" not in text


def test_a_prize_that_paid_for_another_is_returned_after_that(play, funded_drop, agent, rival, staff):
    sender = funded_drop.user
    settle(play, sender, agent)
    ledger.hold_prize(payer=agent, reference="next", amount_cents=1_000, now=play.now)
    settle(play, agent, rival, "next")
    doubt("dispute", play, funded_drop)
    won, passed_on = HeldPayout.objects.order_by("pk")
    given = {"staff": staff, "told": "Stolen.", "reason": "The bank wrote.", "now": play.now}
    with pytest.raises(SpentMeanwhile):
        return_payout(payout=won, **given)
    return_payout(payout=passed_on, **given)
    return_payout(payout=won, **given)
    assert [balances(user) for user in (sender, agent, rival)] == [{}, {}, {}]


def test_a_returned_prize_is_card_money_again(play, funded_drop, sender, agent, staff):
    settle(play, sender, agent)
    doubt("fraud_warning", play, funded_drop)
    decide(return_payout, staff, play)
    assert earnings_of(sender, play.now).card_cents == 1_000


@pytest.mark.parametrize("who", ["sender", "agent"])
def test_nobody_decides_about_a_prize_of_their_own(who, play, funded_drop, agent, staff):
    payer, payee = (staff, agent) if who == "sender" else (funded_drop.user, staff)
    doubt("dispute", play, funded_drop)
    settle(play, payer, payee)
    with pytest.raises(Forbidden):
        decide(release_payout, staff, play)
    assert HeldPayout.objects.get().is_open


def test_a_dispute_that_is_won_lets_the_prize_go_by_itself(play, funded_drop, sender, agent):
    dispute = play.double.dispute(funded_drop.stripe_session_id)
    play.deliver()
    settle(play, sender, agent)
    play.double.win(dispute)
    play.deliver()
    assert balances(agent) == {"wallet": 1_000} and HeldPayout.objects.get().status == "released"
    assert not freezes.is_frozen(sender)


def test_a_prize_of_two_doubtful_payments_waits_for_both(play, sender, agent):
    one, two = play.topped_up(sender, 500), play.topped_up(sender, 500)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=1_000, now=play.now)
    disputes = [play.double.dispute(topup.stripe_session_id) for topup in (one, two)]
    play.deliver()
    settle(play, sender, agent)
    for dispute, left in zip(disputes, ({}, {"wallet": 1_000}), strict=True):
        play.double.win(dispute)
        play.deliver()
        assert balances(agent) == left


def test_staff_trust_a_payment_that_was_reported(play, funded_drop, sender, agent, staff):
    doubt("fraud_warning", play, funded_drop)
    settle(play, sender, agent)
    clear_topup(topup=funded_drop, staff=staff, reason="She called her bank.", now=play.now)
    assert balances(agent) == {"wallet": 1_000} and not freezes.is_frozen(sender)
    with pytest.raises(NotInDoubt):
        clear_topup(topup=funded_drop, staff=staff, reason="Again.", now=play.now)


@pytest.mark.parametrize("gone", [True, False])
def test_what_its_owner_had_withdrawn_is_called_back_while_it_is_there(gone, play, funded_drop, sender):
    play.earned(sender)
    account = play.connected(sender)
    row = play.send(play.withdrawal(sender, 600))
    if gone:
        play.double.pay_out(account)
    doubt("dispute", play, funded_drop)
    assert Recall.objects.get().amount_cents == 600
    for _ in range(2):
        tasks.send_outbound()
    row.refresh_from_db()
    assert (row.reversed_cents, balances(sender)) == ((0, {"debt": -600}) if gone else (600, {}))
    assert Recall.objects.get().status == ("failed" if gone else "completed")


def test_a_drop_whose_payment_is_in_doubt_is_completed_and_says_so(play, sender, agent, staff):
    topup = play.topped_up(sender)
    drop = posting.pay_for_drop(drop=post_drop(sender, now=play.now, price_cents=1_000), sender=sender, now=play.now)
    enter(drop, agent, now=play.now)
    doubt("dispute", play, topup)
    play.now = drop.window_closes_at
    drop = judge(ring(drop), make_user("judge", is_staff=True), now=play.now)
    assert drop.is_completed and ledger.escrow_cents(drop.reference) == 1_000
    assert "it stays in escrow until our staff have looked at it" in sees(agent, f"/drops/{drop.pk}")
    decide(return_payout, staff, play)
    assert ledger.escrow_cents(drop.reference) == 0 and balances(sender) == {}


def partly_disputed(play, topup):
    dispute = play.double.dispute(topup.stripe_session_id, 600)
    play.deliver()
    return dispute


def refunded(play, topup, cents=400):
    refund = play.double.refund(topup.stripe_session_id, cents, status="pending")
    play.deliver()
    return refund


@pytest.mark.parametrize("won_before", [True, False])
def test_a_refund_that_fails_ends_no_dispute(won_before, play, funded_drop, sender, agent):
    dispute, refund = partly_disputed(play, funded_drop), refunded(play, funded_drop)
    if won_before:
        settle(play, sender, agent)
    play.double.fail_refund(refund)
    play.deliver()
    if not won_before:
        settle(play, sender, agent)
    assert balances(agent) == {} and HeldPayout.objects.get().is_open
    play.double.win(dispute)
    play.deliver()
    assert balances(agent) == {"wallet": 1_000}


def test_one_refund_that_fails_ends_the_doubt_of_no_other(play, funded_drop, sender, agent):
    one, _other = refunded(play, funded_drop, 300), refunded(play, funded_drop, 300)
    settle(play, sender, agent)
    play.double.fail_refund(one)
    play.deliver()
    assert HeldPayout.objects.get().is_open and balances(agent) == {}


def test_staff_who_trust_a_payment_end_no_dispute_and_read_what_remains(play, funded_drop, sender, agent, staff):
    dispute = partly_disputed(play, funded_drop)
    refunded(play, funded_drop)
    settle(play, sender, agent)
    page = logged_in(staff).get(verb_url("clear", funded_drop)).content.decode()
    assert f"What remains is a dispute {dispute['id']}" in page
    confirm(logged_in(staff), verb_url("clear", funded_drop), reason="We refunded it.")
    assert balances(agent) == {} and HeldPayout.objects.get().is_open and freezes.is_frozen(sender)
    with pytest.raises(NotInDoubt):
        clear_topup(topup=funded_drop, staff=staff, reason="Again.", now=play.now)


def test_a_refund_because_of_a_warning_that_fails_leaves_the_warning(play, funded_drop, sender, agent, settings):
    settings.FRAUD_WARNING_REFUND_CENTS_MAX = 5_000
    doubt("fraud_warning", play, funded_drop)
    settle(play, sender, agent)
    tasks.send_outbound()
    play.deliver()
    play.double.fail_refund(play.double.shelf.all("refund")[0])
    play.deliver()
    assert freezes.is_frozen(sender) and freezes.is_reported(sender)
    assert HeldPayout.objects.get().is_open and balances(agent) == {}
