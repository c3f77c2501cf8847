"""Create, pay, abandon, cancel, reroll: what each does to the drop and to the money."""

import pytest

from accounts.models import Notification
from core.errors import Suspended
from drops.contest import posting, rules
from drops.models import Cooldown, Drop
from tests.play import NOON, after, claim, enter, finished_drop, fund, open_drop, post_drop
from wallet.books import ledger

pytestmark = pytest.mark.django_db


def test_a_new_drop_waits_for_payment_and_moves_no_money(sender):
    fund(sender, 500)
    drop = post_drop(sender)
    assert (drop.status, drop.window_closes_at, drop.created_at) == ("pending_payment", None, NOON)
    assert ledger.balance_cents(sender) == 500


def test_paying_moves_the_price_into_escrow_and_starts_the_window(sender):
    fund(sender, 700)
    drop = posting.pay_for_drop(drop=post_drop(sender, price_cents=700), sender=sender, now=after(10))
    assert (drop.status, drop.paid_at, drop.window_closes_at) == ("open", after(10), after(310))
    assert (ledger.balance_cents(sender), ledger.escrow_cents(drop.reference)) == (0, 700)


def test_a_wallet_that_is_too_small_leaves_the_drop_unpaid(sender):
    fund(sender, 499)
    drop = post_drop(sender)
    with pytest.raises(ledger.InsufficientFunds) as refusal:
        posting.pay_for_drop(drop=drop, sender=sender, now=NOON)
    assert (refusal.value.extra["required"], refusal.value.extra["available"]) == (500, 499)
    drop.refresh_from_db()
    assert (drop.status, ledger.balance_cents(sender)) == ("pending_payment", 499)


def test_a_drop_is_paid_for_once(sender):
    drop = open_drop(sender)
    fund(sender, 500)
    with pytest.raises(rules.IllegalTransition):
        posting.pay_for_drop(drop=drop, sender=sender, now=NOON)
    assert ledger.balance_cents(sender) == 500


def test_nobody_pays_for_or_cancels_somebody_elses_drop(sender, rival):
    drop = post_drop(sender)
    for verb in (posting.pay_for_drop, posting.cancel_drop, posting.abandon_drop):
        with pytest.raises(rules.NotYourDrop):
            verb(drop=drop, sender=rival, now=NOON)
    drop.refresh_from_db()
    assert drop.status == "pending_payment"


def test_the_same_key_finds_the_drop_it_made(sender):
    first, second = (
        posting.create_drop(sender=sender, terms=posting.terms_of(post_drop(sender)), now=NOON, idempotency_key="k")
        for _ in range(2)
    )
    assert first == second


def test_cancelling_gives_all_of_the_money_back_and_tells_claimants(sender, agent):
    drop = open_drop(sender)
    claim(drop, agent)
    posting.cancel_drop(drop=drop, sender=sender, now=after(5))
    assert (drop.status, drop.outcome_reason) == ("cancelled", "cancelled_by_sender")
    assert (ledger.balance_cents(sender), ledger.escrow_cents(drop.reference)) == (500, 0)
    assert Notification.objects.get(user=agent).kind == "drop-cancelled"


def test_cancelling_is_refused_once_somebody_submitted(sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    drop.refresh_from_db()
    with pytest.raises(rules.HasSubmissions):
        posting.cancel_drop(drop=drop, sender=sender, now=after(5))
    assert ledger.escrow_cents(drop.reference) == 500


def test_a_stale_page_cannot_cancel_over_a_submission(sender, agent):
    stale = open_drop(sender)
    enter(stale, agent)
    with pytest.raises(rules.IllegalTransition):
        posting.cancel_drop(drop=stale, sender=sender, now=after(5))
    assert ledger.escrow_cents(stale.reference) == 500


def test_a_reroll_is_linked_and_its_origins_losers_wait_a_quarter_of_the_window(sender, agent, rival):
    origin = finished_drop(sender, agent, rival)
    fund(sender, 500)
    again = posting.reroll_drop(drop=origin, sender=sender, now=after(400))
    assert (again.origin, again.prompt, again.status) == (origin, origin.prompt, "pending_payment")
    posting.pay_for_drop(drop=again, sender=sender, now=after(400))
    assert [(row.user, row.expires_at) for row in Cooldown.objects.filter(drop=again)] == [(rival, after(475))]


def test_whoever_held_a_seat_on_a_cancelled_origin_lost_nothing_and_waits_for_nothing(sender, agent):
    origin = open_drop(sender)
    claim(origin, agent)
    posting.cancel_drop(drop=origin, sender=sender, now=after(5))
    again = posting.reroll_drop(drop=origin, sender=sender, now=after(6))
    posting.pay_for_drop(drop=again, sender=sender, now=after(6))
    assert claim(again, agent, now=after(7)).drop == again


def test_an_unended_drop_is_not_rerolled(sender):
    with pytest.raises(rules.NotEnded):
        posting.reroll_drop(drop=open_drop(sender), sender=sender, now=NOON)


def test_a_suspended_sender_starts_nothing(sender):
    drop = post_drop(sender)
    sender.suspended_at, sender.suspended_reason = NOON, "spam"
    for start in (lambda: post_drop(sender), lambda: posting.pay_for_drop(drop=drop, sender=sender, now=NOON)):
        with pytest.raises(Suspended):
            start()


@pytest.mark.parametrize(
    ("terms", "heading"),
    [
        ({"title": "Two\nlines \u202etxet\x1b[31m"}, "Two lines txet[31m"),
        ({"title": "\u200b", "prompt": "The prompt.\nMore."}, "The prompt."),
        ({"prompt": "\u2066\u2069\nMore."}, "Untitled"),
    ],
)
def test_a_heading_is_one_line_with_nothing_hidden_in_it(terms, heading):
    assert Drop(**{"prompt": "x", **terms}).heading == heading
