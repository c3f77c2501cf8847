"""The tiles of money on staff's first page."""

from __future__ import annotations

import pytest

from tests.admin_site import logged_in
from wallet import tasks
from wallet.books import invariants
from wallet.models import Reconciliation, StripeEvent, Topup, Withdrawal
from wallet.reconciliation import reconcile


@pytest.fixture
def today(play, admin_user):
    """`today()` is every tile by its label."""
    boss = logged_in(admin_user)
    return lambda: {tile.label: tile for tile in boss.get("/admin/").context["tiles"]}


def waiting(today):
    return {label for label, tile in today().items() if tile.waits}


def test_on_a_quiet_day_nothing_waits(play, today):
    reconcile(now=play.now)
    tasks.check_books()
    assert waiting(today) == set()
    assert today()["Difference to Stripe's book"].figure == "$0.00" and today()["Ledger mismatches"].figure == "0"


def test_what_was_never_checked_is_no_good_news(today):
    assert (today()["Ledger mismatches"].figure, today()["Ledger mismatches"].note) == ("?", "not checked yet")
    assert today()["Difference to Stripe's book"].figure == "?"


def test_what_waits_for_a_person_is_counted_with_its_age(play, today, agent, sender):
    play.earned(agent)
    account = play.connected(agent)
    failed, stopped = play.withdrawal(agent, 500), play.withdrawal(agent, 500)
    play.double.restrict_account(account)
    play.send(failed)
    Withdrawal.objects.filter(pk=stopped.pk).update(next_attempt_at=None)
    held = play.start(sender)
    Topup.objects.filter(pk=held.pk).update(status="quarantined", error_code="x", next_attempt_at=None)
    play.double.deliver(play.post)
    play.wait(hours=2)
    waiting = {label: (tile.figure, tile.note) for label, tile in today().items() if tile.waits}
    old = "oldest: 2\xa0hours"
    assert waiting == {
        "Withdrawals that stopped": ("1", old),
        "Withdrawals failed this week": ("1", old),
        "Top-ups held": ("1", old),
        "Stripe events that hang": (str(StripeEvent.objects.count()), old),
    }
    play.deliver()


def test_each_tile_leads_to_the_rows_it_counts(play, today, agent, admin_user):
    play.earned(agent)
    play.connected(agent)
    row = play.withdrawal(agent)
    boss = logged_in(admin_user)
    url = today()["Withdrawals that stopped"].url
    assert str(row.pk) not in boss.get(url).content.decode()
    Withdrawal.objects.update(next_attempt_at=None)
    assert str(row.pk) in boss.get(url).content.decode()
    assert boss.get(today()["Stripe events that hang"].url).status_code == 200


def test_a_broken_ledger_is_named(today, db):
    invariants.register("I99", "SELECT 1 AS one", "Never true.")
    try:
        assert tasks.check_books() == 1
        tile = today()["Ledger mismatches"]
    finally:
        del invariants.registry["I99"]
    assert (tile.figure, tile.waits) == ("1", True) and tile.note.startswith("I99")


def test_a_difference_is_shown_in_dollars(play, today):
    figures = {"mirror_cents": 0, "books_cents": 0, "new_lines": 0, "unmatched_lines": 1, "unmatched_transfers": 0}
    Reconciliation.objects.create(ran_at=play.now, stripe_cents=700, **figures)
    tile = today()["Difference to Stripe's book"]
    assert (tile.figure, tile.waits) == ("$7.00", True) and "1 lines" in tile.note
