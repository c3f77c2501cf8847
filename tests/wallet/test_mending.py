"""Events that Stripe counts as delivered and nobody has: one comparison finds and posts what they told, once."""

from __future__ import annotations

import random

import pytest

from tests.play import undone
from tests.wallet.stripe_play import balances
from wallet import tasks
from wallet.books import freezes, invariants
from wallet.models import Dispute, Doubt, HeldPayout, StripeEvent, Topup, Transfer, Withdrawal
from wallet.reconciliation import reconcile, unmatched_lines

ORDERS = {
    "as they were": list,
    "backwards": lambda events: events[::-1],
    "shuffled": lambda events: random.Random(7).sample(events, len(events)),
}


def compared(play):
    """The difference in cents that the hourly task finds, with every event lost."""
    play.double.drop()
    return tasks.reconcile_stripe()


def everything():
    """All that the books and the rows about money say."""
    return (
        sorted(Transfer.objects.values_list("reason", "amount", "debit__kind", "credit__kind")),
        sorted(Topup.objects.values_list("pk", "status")),
        sorted((one.topup_id, one.kind, one.ended_at is None) for one in Doubt.objects.all()),
        sorted(Withdrawal.objects.values_list("pk", "status", "reversed_cents")),
        sorted(Dispute.objects.values_list("pk", "status", "is_open")),
        sorted(HeldPayout.objects.values_list("reference", "status")),
    )


def paid(play, user, cents=1_000):
    """Paid on Stripe's page, and not heard of."""
    topup = play.start(user, cents)
    return play.double.pay(topup.stripe_session_id)


def refund(play, user, agent):
    play.double.refund(play.topped_up(user).stripe_session_id, 300)
    return {"wallet": 700}, False


def refund_of_what_was_never_heard_of(play, user, agent):
    play.double.refund(paid(play, user), 300)
    return {"wallet": 700}, False


def refund_that_failed(play, user, agent):
    play.double.fail_refund(play.double.refund(play.topped_up(user).stripe_session_id, 300))
    return {"wallet": 1_000}, False


def dispute(play, user, agent):
    play.double.dispute(play.topped_up(user).stripe_session_id)
    return {}, True


def dispute_of_a_part(play, user, agent):
    play.double.dispute(play.topped_up(user).stripe_session_id, 400)
    return {"wallet": 600}, True


def dispute_that_was_won(play, user, agent):
    dispute(play, user, agent)
    play.deliver()
    play.double.win(play.double.shelf.all("dispute")[0], fee_returned=500)
    return {"wallet": 1_000}, False


def dispute_that_was_lost(play, user, agent):
    dispute(play, user, agent)
    play.deliver()
    play.double.lose(play.double.shelf.all("dispute")[0])
    return {}, False


def fraud_warning(play, user, agent):
    play.double.warn(play.topped_up(user).stripe_session_id)
    return {"wallet": 1_000}, True


def checkout(play, user, agent):
    paid(play, user)
    return {"wallet": 1_000}, False


def checkout_that_takes_days(play, user, agent):
    topup = play.start(user)
    play.double.pay_later(topup.stripe_session_id)
    play.double.clear(topup.stripe_session_id)
    return {"wallet": 1_000}, False


def checkout_that_had_expired_here(play, user, agent):
    Topup.objects.filter(stripe_session_id=paid(play, user)["id"]).update(status="expired", next_attempt_at=None)
    return {"wallet": 1_000}, False


def reversal(play, user, agent):
    play.connected(user)
    play.earned(user)
    play.double.reverse(play.send(play.withdrawal(user)).stripe_transfer_id, 250)
    return {"wallet": 650}, False


STORIES = [
    reversal,
    checkout,
    checkout_that_takes_days,
    checkout_that_had_expired_here,
    refund,
    refund_of_what_was_never_heard_of,
    refund_that_failed,
    dispute,
    dispute_of_a_part,
    dispute_that_was_won,
    dispute_that_was_lost,
    fraud_warning,
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_one_comparison_finds_what_was_lost_and_late_events_change_nothing(story, play, sender, agent):
    balance, frozen = story(play, sender, agent)
    assert compared(play) == 0 and not unmatched_lines().exists()
    assert (balances(sender), freezes.is_frozen(sender)) == (balance, frozen)
    before = everything()
    play.deliver(events=play.double.events(), times=2)
    assert everything() == before and not StripeEvent.objects.unprocessed().exists()


def test_all_stories_at_once_are_found_at_once_and_events_may_come_in_any_order(play, sender, agent):
    for story in STORIES:
        story(play, sender, agent)
    play.double.drop()
    assert reconcile(now=play.now).difference_cents == 0 and freezes.is_frozen(sender)
    before, known = everything(), StripeEvent.objects.count()
    for ordered in ORDERS.values():
        # Each order meets the books as the comparison has left them.
        undone(come_late, play, ordered(play.double.events()), before)
        assert everything() == before and StripeEvent.objects.count() == known


def come_late(play, events, before):
    """Have each of `events` come twice, to books that are in order and hold all of it."""
    play.deliver(events=events, times=2)
    assert everything() == before and not StripeEvent.objects.unprocessed().exists()
    assert StripeEvent.objects.count() == len({event["id"] for event in events})
    assert invariants.broken() == [] and reconcile(now=play.now).difference_cents == 0


def test_a_bank_that_refused_a_payout_is_heard_of(play, agent):
    account = play.connected(agent)
    play.earned(agent)
    play.send(play.withdrawal(agent))
    failed = play.double.fail_payout(account)
    compared(play)
    assert agent.notifications.filter(kind="payout_failed").count() == 1
    play.deliver(events=[failed], times=2)
    assert agent.notifications.filter(kind="payout_failed").count() == 1


def test_a_payment_that_staff_trust_is_not_doubted_again(play, sender, staff):
    from wallet.money_in.taint import clear_topup

    fraud_warning(play, sender, None)
    compared(play)
    clear_topup(topup=Topup.objects.get(), staff=staff, reason="Its owner called.", now=play.now)
    compared(play)
    play.deliver(events=play.double.events(), times=2)
    assert not freezes.is_frozen(sender)
