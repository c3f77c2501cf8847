"""The pages people see at Stripe, pressed without a browser."""

from __future__ import annotations

import pytest
import requests


def press(url, choice):
    """Where the button leads."""
    return requests.post(url, data={"choice": choice}, allow_redirects=False, timeout=10).headers["Location"]


@pytest.fixture
def checkout(client, session):
    return client.v1.checkout.sessions.retrieve(session).url


@pytest.mark.parametrize(
    ("choice", "leads", "status", "paid"),
    [
        ("pay", "http://127.0.0.1/done?session={}", "complete", "paid"),
        ("later", "http://127.0.0.1/done?session={}", "complete", "unpaid"),
        ("decline", "/pay/{}", "open", "unpaid"),
        ("cancel", "http://127.0.0.1/back", "open", "unpaid"),
    ],
)
def test_checkout_leads_back_with_the_session(client, session, checkout, *, choice, leads, status, paid):
    assert "Pay" in requests.get(checkout, timeout=10).text
    assert press(checkout, choice) == leads.format(session)
    seen = client.v1.checkout.sessions.retrieve(session)
    assert (seen.status, seen.payment_status) == (status, paid)


@pytest.mark.parametrize(
    ("choice", "leads", "status"),
    [("done", "/back", "active"), ("pause", "/back", "restricted"), ("stale", "/again", "restricted")],
)
def test_onboarding_leads_back_whether_it_was_finished_or_not(client, stripe_double, account, *, choice, leads, status):
    stripe_double.restrict_account(account)
    flow = {"refresh_url": "http://127.0.0.1/again", "return_url": "http://127.0.0.1/back"}
    link = client.v2.core.account_links.create(
        {"account": account, "use_case": {"type": "account_onboarding", "account_onboarding": flow}}
    )
    assert press(link.url, choice) == f"http://127.0.0.1{leads}"
    seen = client.v2.core.accounts.retrieve(account, {"include": ["configuration.recipient"]})
    assert seen.configuration.recipient.capabilities.stripe_balance.stripe_transfers.status == status


def test_the_portal_adds_and_removes_cards(client, stripe_double, customer):
    card = stripe_double.save_card(customer)
    url = client.v1.billing_portal.sessions.create({"customer": customer, "return_url": "http://127.0.0.1/w"}).url
    press(url, "add")
    press(url, card)
    (left,) = client.v1.customers.payment_methods.list(customer).data
    assert left.id != card
    assert press(url, "back") == "http://127.0.0.1/w"


def test_nothing_is_shown_for_an_id_nobody_gave_out(stripe_double):
    assert requests.get(f"{stripe_double.url}/pay/cs_unknown", timeout=10).status_code == 404
