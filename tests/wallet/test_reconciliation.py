"""The nightly comparison: every line of Stripe's book in ours, and the other way round."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from wallet.books import ledger
from wallet.models import PaymentProfile, Reconciliation, StripeBalanceTxn, StripeMatch, Transfer
from wallet.reconciliation import reconcile, unmatched_lines, unmatched_transfers


def test_a_whole_history_is_matched_to_the_cent(play, sender, agent):
    topup, other = play.topped_up(sender), play.topped_up(agent)
    play.connected(agent)
    play.earned(agent)
    row = play.send(play.withdrawal(agent))
    play.double.reverse(row.stripe_transfer_id, 100)
    play.double.fail_refund(play.double.refund(topup.stripe_session_id, 300))
    play.double.win(play.double.dispute(other.stripe_session_id), fee_returned=500)
    play.deliver()
    comparison = reconcile(now=play.now)
    assert (comparison.difference_cents, comparison.mirror_cents) == (0, comparison.stripe_cents)
    assert not unmatched_lines().exists() and not unmatched_transfers().exists()


def test_a_second_night_finds_nothing_new(play, sender):
    play.topped_up(sender)
    first, second = reconcile(now=play.now), reconcile(now=play.wait(days=1))
    assert (first.new_lines, second.new_lines) == (1, 0)
    assert StripeMatch.objects.count() == 2 and StripeBalanceTxn.objects.count() == 1


def test_a_fee_that_was_booked_late_is_posted_at_night(play, sender):
    topup = play.start(sender)
    session = play.double.pay(topup.stripe_session_id)
    charge = play.double.charge_of(session)
    booked, charge["balance_transaction"] = charge["balance_transaction"], None
    play.settle(topup)
    assert not Transfer.objects.filter(kind="stripe_fee").exists()
    assert reconcile(now=play.now).difference_cents == 0
    assert Transfer.objects.get(kind="stripe_fee").reason == f"stripe_fee:{booked}"


@pytest.mark.parametrize(
    ("kind", "cents", "account"), [("payout", -500, "adjustments"), ("stripe_fee", -20, "stripe_fees")]
)
def test_what_the_owner_and_stripe_move_is_booked_beside_the_users(kind, cents, account, play, sender):
    play.topped_up(sender)
    txn = play.double.shelf.book(kind, kind, cents, "po_1")
    assert reconcile(now=play.now).difference_cents == 0
    posted = Transfer.objects.get(reason__endswith=txn["id"])
    assert (posted.debit.kind, posted.amount) == (account, -cents) and ledger.balance_cents(sender) == 1_000


def test_another_currency_is_never_booked_as_dollars(play, sender):
    play.topped_up(sender)
    before = Transfer.objects.count()
    play.double.shelf.book("payout", "payout", -500, "po_1")["currency"] = "eur"
    play.double.shelf.book("stripe_fee", "fee", -20, "fee_1")["currency"] = "eur"
    play.difference_cents = -520  # The double counts them as dollars.
    assert reconcile(now=play.now).unmatched_lines == 2 and Transfer.objects.count() == before


def test_the_command_says_what_differs_and_exits_1(play, sender, capsys):
    play.topped_up(sender)
    call_command("reconcile_stripe")
    assert "books agree" in capsys.readouterr().out
    play.double.shelf.book("charge", "charge", 700, "ch_unknown")
    with pytest.raises(CommandError, match=r"differ by \$7\.00"):
        call_command("reconcile_stripe")
    assert Reconciliation.objects.latest("id").unmatched_lines == 1
    play.difference_cents = 700


def test_the_command_needs_stripe(settings, db):
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(CommandError, match="not configured"):
        call_command("reconcile_stripe")
    assert not Reconciliation.objects.exists() and not PaymentProfile.objects.exists()
