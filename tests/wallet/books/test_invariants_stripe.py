"""The invariants about Stripe are broken on purpose, each in turn, and have to say so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.wallet.rows import charge_txn, clearing, reconciled, topup
from wallet.books import invariants
from wallet.models import StripeEvent, StripeMatch

pytestmark = pytest.mark.django_db


def names():
    return {case.name for case in invariants.broken()}


def test_a_topup_that_succeeded_without_money_breaks_i8(sender, now):
    topup(sender, now, status="succeeded", settled_at=now)
    assert names() == {"I8"}


def test_money_for_a_topup_that_did_not_succeed_breaks_i8(sender, now):
    row = topup(sender, now)
    clearing(sender, f"topup:{row.stripe_session_id}", 1_000, now)
    assert names() == {"I8"}


def test_another_amount_than_the_topups_breaks_i8(sender, now):
    row = topup(sender, now, status="succeeded", settled_at=now)
    clearing(sender, f"topup:{row.stripe_session_id}", 999, now)
    assert names() == {"I8"}


def test_young_lines_of_either_book_may_wait_for_the_other(sender, now):
    reconciled(now)
    charge_txn("txn_1", 700, now - timedelta(hours=2))
    clearing(sender, "adjust:1", 1_000, now)
    assert names() == set()


def test_old_lines_of_stripes_book_that_are_not_in_ours_break_i11_and_i12(now):
    reconciled(now)
    charge_txn("txn_1", 700, now - timedelta(days=2))
    assert names() == {"I11", "I12"}


def test_old_transfers_that_are_not_in_stripes_book_break_i11_and_i12(sender, now):
    reconciled(now + timedelta(days=2))
    clearing(sender, "adjust:1", 1_000, now)
    assert names() == {"I11", "I12"}


def test_a_match_of_unequal_sums_breaks_i11(sender, now):
    txn = charge_txn("txn_1", 700, now)
    StripeMatch.objects.create(transfer=clearing(sender, "adjust:1", 1_000, now), txn=txn)
    assert names() == {"I11"}


@pytest.mark.parametrize(("minutes", "broken"), [(14, set()), (16, {"I14"})])
def test_an_event_that_waits_too_long_breaks_i14(minutes, broken):
    at = timezone.now() - timedelta(minutes=minutes)
    event = {"type": "x", "livemode": False, "payload": {}, "created": at, "received_at": at, "next_attempt_at": at}
    StripeEvent.objects.create(id="evt_1", **event)
    assert names() == broken


def test_what_stripes_fees_took_raises_the_alarm_unless_the_owner_covers_it(sender, now, settings, capsys):
    clearing(sender, "topup:cs_1", 1_000, now)
    clearing(None, "stripe_fee:txn_1", 59, now)
    assert [case.name for case in invariants.alarms()] == ["I16"]
    call_command("check_ledger")
    assert "alarm I16" in capsys.readouterr().out
    settings.OWNER_FLOAT_CENTS = 59
    assert invariants.alarms() == []
