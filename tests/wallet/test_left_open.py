"""A session left open: through it no door of the site changes whose an account is, or where money goes."""

from __future__ import annotations

import json

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from accounts.models import ApiKey, Erasure, Export
from tests.addresses import public_doors
from tests.browsers import signed_in
from wallet.models import PaymentProfile, Withdrawal

pytestmark = pytest.mark.django_db
# For each thing that some door asks for, so that a new one is likely to be content with it.
SENT = {
    "email": "new@example.com",
    "action_add": "",
    "name": "till",
    "url": "https://hook.example/till",
    "scopes": ["wallet"],
    "country": "US",
    "enabled": "on",
    "amount_cents": "600",
    "threshold_cents": "500",
    "password1": "quite another one",
    "password2": "quite another one",
    "oldpassword": "guessed",
    "confirm": "on",
    "gives_up_cents": "0",
}
KNOWN = ("/accounts/email/", "/me/keys", "/wallet/payouts", "/me/data/copy", "/me/webhooks")
# There one proves who one is, or leaves, and what streams for ever.
OTHERS = ("/accounts/logout/", "/me/confirm", "/live/", "/api/live")


def settled(user):
    """Return, by name, what says whose an account is and where its money goes."""
    user.refresh_from_db()
    profile = PaymentProfile.objects.filter(user=user).values("stripe_account_id", "auto_topup_enabled").first() or {}
    return {
        "password": user.password,
        "addresses": sorted(EmailAddress.objects.filter(user=user).values_list("email", flat=True)),
        "factors": Authenticator.objects.filter(user=user).count(),
        "keys": sum("wallet" in key.scopes for key in ApiKey.objects.filter(user=user)),
        "withdrawals": Withdrawal.objects.filter(user=user).count(),
        "webhooks": user.webhooks.count(),
        "copies": Export.objects.filter(user=user).count(),
        "erasures": Erasure.objects.filter(user=user).count(),
        "payouts": profile.get("stripe_account_id"),
        "automatic": profile.get("auto_topup_enabled", False),
    }


def changed_by(user, paths, *, lately):
    """Return what of it changes as the user's browser sends to each of the doors what it asks for."""
    before, browser = settled(user), signed_in(user, lately=lately)
    browser.raise_request_exception = False
    for path in paths:
        if path.startswith("/api/"):
            browser.post(path, json.dumps({**SENT, "enabled": True, "amount_cents": 600}), "application/json")
        else:
            browser.post(path, SENT)
    # No door has ended the session meanwhile, or those after it were asked by a stranger.
    assert browser.get("/me").status_code == 200
    after = settled(user)
    return {name for name in after if after[name] != before[name]}


@pytest.fixture
def owner(agent, settings):
    settings.PAGES_PER_MINUTE = settings.API_USER_PER_MINUTE = 100_000
    EmailAddress.objects.create(user=agent, email=agent.email, verified=True, primary=True)
    return agent


def test_no_door_changes_it_without_a_fresh_login(owner, play):
    paths = sorted({path for path in public_doors() if not path.startswith(OTHERS)})
    assert len(paths) > 150 and set(KNOWN) <= set(paths)
    assert changed_by(owner, paths, lately=False) == set()


def test_what_is_sent_would_change_it_with_one(owner, play):
    assert {"addresses", "keys", "payouts", "copies", "webhooks"} <= changed_by(owner, KNOWN, lately=True)
