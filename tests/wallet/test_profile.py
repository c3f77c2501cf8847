"""Withdrawals and payment profiles hold together, by the tables' own rules."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from wallet.books.ledger import violated_constraint
from wallet.models import PaymentProfile, Withdrawal

WHOLE = {
    "auto_topup_enabled": True,
    "auto_topup_amount_cents": 1_000,
    "auto_topup_threshold_cents": 500,
    "has_payment_method": True,
}


def refused(constraint, make):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make()
    assert violated_constraint(caught.value) == constraint


def test_most_users_have_no_row_and_an_empty_profile(sender):
    profile = PaymentProfile.of(sender)
    assert (profile.stripe_customer_id, profile.stripe_account_status, profile.auto_topup_enabled) == (
        None,
        None,
        False,
    )
    assert not PaymentProfile.objects.exists()


def test_a_stored_profile_is_found(sender):
    PaymentProfile.objects.create(user=sender, **WHOLE)
    assert PaymentProfile.of(sender).auto_topup_amount_cents == 1_000


@pytest.mark.parametrize(
    "change",
    [
        {"auto_topup_amount_cents": 500},
        {"auto_topup_amount_cents": None},
        {"auto_topup_threshold_cents": None},
        {"has_payment_method": False},
    ],
)
def test_an_automatic_topup_is_whole_or_off(change, sender):
    refused("payment_profile_auto_topup_is_whole", lambda: PaymentProfile.objects.create(user=sender, **WHOLE | change))
    PaymentProfile.objects.create(user=sender, **WHOLE | change | {"auto_topup_enabled": False})


@pytest.mark.parametrize(
    "fields",
    [
        {"stripe_account_id": "acct_1"},
        {"stripe_account_status": "active"},
        {"stripe_account_id": "acct_1", "stripe_account_status": "closed"},
    ],
)
def test_a_connected_account_has_a_known_status(fields, sender):
    refused("payment_profile_account_has_status", lambda: PaymentProfile.objects.create(user=sender, **fields))


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("withdrawal_amount_positive", {"amount_cents": 0}),
        ("withdrawal_outcome_is_whole", {"status": "completed"}),
        ("withdrawal_outcome_is_whole", {"status": "failed"}),
        ("withdrawal_outcome_is_whole", {"status": "lost"}),
        ("withdrawal_outcome_is_whole", {"failure_code": "no_account"}),
    ],
)
def test_a_withdrawals_outcome_is_whole(constraint, fields, sender, now):
    values = {"user": sender, "amount_cents": 500, "idempotency_key": "k", "created_at": now}
    refused(constraint, lambda: Withdrawal.objects.create(**values | fields))
    Withdrawal.objects.create(**values)
