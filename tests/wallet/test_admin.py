"""Money in the admin can be read and searched, and not touched."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model

from accounts.models import AuditEvent
from core.admin_base import ReadOnlyAdmin
from tests.admin_site import change_url, confirm, list_url, verb_url
from tests.wallet.rows import charge_txn, reconciled
from wallet.admin.approvals import what_happens
from wallet.books import ledger
from wallet.models import (
    Account,
    Approval,
    Dispute,
    Entry,
    PaymentProfile,
    Reconciliation,
    StripeBalanceTxn,
    StripeEvent,
    StripeMatch,
    Topup,
    Transfer,
    Withdrawal,
)

MODELS = [Account, Transfer, Entry, Topup, Withdrawal, Dispute, PaymentProfile]
MODELS += [StripeEvent, StripeBalanceTxn, StripeMatch, Reconciliation]


@pytest.fixture
def boss_request(rf, db):
    request = rf.get("/admin/")
    request.user = get_user_model().objects.create_superuser("boss@example.com", "long enough a secret")
    return request


@pytest.mark.parametrize("model", MODELS)
def test_not_even_a_superuser_may_write(model, boss_request):
    shown = admin.site.get_model_admin(model)
    assert isinstance(shown, ReadOnlyAdmin)
    assert shown.get_model_perms(boss_request) == {"add": False, "change": False, "delete": False, "view": True}


@pytest.mark.parametrize("model", [Transfer, Entry])
def test_the_ledger_is_searched_by_reason(model, boss_request, sender, funded, now):
    funded(sender, 1_000)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=300, now=now)
    rows, _ = admin.site.get_model_admin(model).get_search_results(boss_request, model.objects.all(), "job:drop")
    assert {row.reason for row in rows} == {"job:drop"}


@pytest.fixture
def stuck(db, now):
    times = dict.fromkeys(("created", "received_at", "next_attempt_at"), now)
    return StripeEvent.objects.create(
        id="evt_1", type="refund.created", status="failed", livemode=False, payload={"secret": "mail@home"}, **times
    )


def test_an_event_that_failed_is_tried_again_with_a_reason(client, boss_request, stuck):
    client.force_login(boss_request.user)
    StripeEvent.objects.update(tries=9)
    confirm(client, verb_url("retry", stuck), reason="Stripe is back.")
    stuck.refresh_from_db()
    assert stuck.tries == 0 and AuditEvent.objects.get().target == "event:evt_1"


def test_an_event_is_shown_without_what_it_says_of_people(client, boss_request, stuck):
    client.force_login(boss_request.user)
    assert b"mail@home" not in client.get(change_url(stuck)).content


def test_the_comparison_of_the_books_shows_the_difference(client, boss_request, now):
    client.force_login(boss_request.user)
    reconciled(now)
    assert b"$0.00" in client.get(list_url(Reconciliation)).content
    charge_txn("txn_odd", 700, now)
    assert b"txn_odd" in client.get(f"{list_url(StripeBalanceTxn)}?matched=no").content
    assert b"txn_odd" not in client.get(f"{list_url(StripeBalanceTxn)}?matched=yes").content


def test_what_a_second_person_approves_is_told_in_whole_sentences(staff):
    asked = Approval(summary="Remove “Ferry”", asked_by=staff, reason="Spam", told="It was spam")
    told = f"Remove “Ferry”. Asked by {staff}: Spam. They are told: It was spam."
    assert what_happens(asked) == told
