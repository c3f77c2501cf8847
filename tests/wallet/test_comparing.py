"""The comparison: one list that is refused hides nothing else, and what was not seen is said everywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from clorp.celery import app
from core.metrics import reading
from tests.stripe_double import Fault
from tests.wallet.stripe_play import balances
from wallet import tasks
from wallet.books import freezes, invariants
from wallet.models import Lease, Reconciliation, StripeBalanceTxn
from wallet.reconciliation import Busy, compare_in_turn, reconcile

LISTS = {
    "GET /v1/events": "events",
    "GET /v2/core/events": "account events",
    "GET /v1/radar/early_fraud_warnings": "fraud warnings",
    "GET /v1/balance_transactions": "balance transactions",
    "GET /v1/balance": "balance",
}
TROUBLE = [Fault.REFUSED, Fault.ERROR_UNSAVED, Fault.GARBLED, Fault.DROP_BEFORE_EFFECT, Fault.RATE_LIMITED]


def figures(now):
    return {sample.name: sample.value for family in reading(now).collect() for sample in family.samples}


@pytest.mark.turns(2)
@pytest.mark.parametrize("route", LISTS)
@pytest.mark.parametrize("fault", TROUBLE, ids=lambda fault: fault.name)
def test_whatever_cannot_be_asked_for_is_named_and_stops_nothing_else(route, fault, play, sender):
    play.double.dispute(play.topped_up(sender).stripe_session_id)
    play.double.warn(play.topped_up(sender).stripe_session_id)
    play.double.drop()
    play.double.next(route, fault)
    comparison = compare_in_turn(now=play.now)
    assert comparison.unseen == [LISTS[route]] and not comparison.is_whole
    assert freezes.is_disputed(sender) is (route != "GET /v1/balance_transactions")
    assert freezes.is_reported(sender) is (route != "GET /v1/radar/early_fraud_warnings")
    assert reconcile(now=play.now).is_whole


def test_what_was_not_seen_fails_the_check_and_shows_in_the_figures(play, sender, capsys):
    play.topped_up(sender)
    play.double.next("GET /v2/core/events", Fault.REFUSED, code="more_permissions_required")
    with pytest.raises(CommandError, match="could not be asked for: account events"):
        call_command("reconcile_stripe")
    assert figures(play.now)["clorp_stripe_unseen"] == 1
    with pytest.raises(CommandError, match="I21"):
        call_command("check_ledger")
    assert "ledger ok" not in capsys.readouterr().out and [case.name for case in invariants.alarms()][-1] == "I21"
    call_command("reconcile_stripe")
    assert figures(play.now)["clorp_stripe_unseen"] == 0
    call_command("check_ledger")
    assert "ledger ok" in capsys.readouterr().out


def test_a_difference_that_stays_is_an_alarm_whatever_its_age(play, sender):
    play.topped_up(sender)
    play.double.shelf.book("issuing_transaction", "other", -700, "ipi_1")
    play.difference_cents = -700
    reconcile(now=play.now)
    assert "I22" not in {case.name for case in invariants.alarms()}
    reconcile(now=play.wait(hours=1))
    assert "I22" in {case.name for case in invariants.alarms()}
    with pytest.raises(CommandError, match="I22"):
        call_command("check_ledger")
    shown = figures(play.now)
    assert shown["clorp_stripe_difference_cents"] == -700
    assert shown["clorp_stripe_compared_at"] == play.now.timestamp()


def test_one_process_compares_at_a_time_and_one_that_died_holds_nobody_up(play, sender):
    Lease.objects.create(name="reconcile", until=play.now + timedelta(minutes=50))
    with pytest.raises(Busy):
        compare_in_turn(now=play.now)
    assert tasks.reconcile_stripe() == 0 and not Reconciliation.objects.exists()
    with pytest.raises(CommandError, match="being compared"):
        call_command("reconcile_stripe")
    play.wait(minutes=50)
    assert compare_in_turn(now=play.now).is_whole and not Lease.objects.exists()


def test_what_nothing_explains_is_asked_about_in_turns_and_holds_up_nothing(play, sender, monkeypatch):
    monkeypatch.setattr("wallet.reconciliation.mending.LINES_MAX", 2)
    for number in range(4):
        play.double.shelf.book("charge", "charge", 100, f"ch_of_somebody_{number}")
    play.difference_cents = 400
    for _ in range(2):
        reconcile(now=play.wait(hours=1))
    assert not StripeBalanceTxn.objects.filter(looked_at=None).exists()
    play.double.refund(play.topped_up(sender).stripe_session_id, 300)
    reconcile(now=play.wait(hours=1))
    assert balances(sender) == {"wallet": 700}


def test_it_runs_hourly():
    entry = app.conf.beat_schedule["reconcile-stripe"]
    assert entry["schedule"].hour == set(range(24)) and len(entry["schedule"].minute) == 1
