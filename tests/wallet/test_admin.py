"""Money in the admin can be read and searched, and not touched."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model

from wallet import ledger
from wallet.admin import ReadOnlyAdmin
from wallet.models import Account, Entry, PaymentProfile, Transfer, Withdrawal

MODELS = [Account, Transfer, Entry, Withdrawal, PaymentProfile]


@pytest.fixture
def boss_request(rf, db):
    request = rf.get("/admin/")
    request.user = get_user_model().objects.create_superuser("boss@example.com", "long enough a secret")
    return request


@pytest.mark.parametrize("model", MODELS)
def test_not_even_a_superuser_may_write(model, boss_request):
    shown = admin.site._registry[model]
    assert isinstance(shown, ReadOnlyAdmin)
    assert shown.get_model_perms(boss_request) == {"add": False, "change": False, "delete": False, "view": True}


@pytest.mark.parametrize("model", [Transfer, Entry])
def test_the_ledger_is_searched_by_reason(model, boss_request, sender, funded, now):
    funded(sender, 1_000)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=300, now=now)
    found, _ = admin.site._registry[model].get_search_results(boss_request, model.objects.all(), "job:drop")
    assert {row.reason for row in found} == {"job:drop"}
