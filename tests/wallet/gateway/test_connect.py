"""Connected accounts and transfers, through the real SDK."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.wallet.gateway.conftest import NOON
from wallet.gateway import RejectedByStripe


def test_a_new_account_can_not_be_paid_and_says_what_is_missing(gate):
    made = gate.create_account(user_id=uuid4(), email="agent@example.com", country="US", key="connect:1")
    account = gate.get_account(made)
    assert (account.id, account.can_receive) == (made, False)
    assert "external_account" in account.requirements


def test_an_account_can_be_paid_while_its_capability_is_active(gate, stripe, account):
    assert gate.get_account(account).can_receive
    stripe.restrict_account(account, "identity.individual.documents")
    seen = gate.get_account(account)
    assert (seen.can_receive, seen.requirements) == (False, ("identity.individual.documents",))


def test_what_stripe_itself_still_checks_is_no_requirement_of_the_owner(gate, stripe, account):
    stripe.restrict_account(account)
    stripe.shelf.things[account]["requirements"]["entries"][0]["awaiting_action_from"] = "stripe"
    assert gate.get_account(account).requirements == ()


def test_a_closed_account_can_not_be_paid(gate, stripe, account):
    stripe.close_account(account)
    assert not gate.get_account(account).can_receive


def test_an_onboarding_link_leads_back_to_us(gate, stripe, account):
    link = gate.create_account_link(account=account, refresh_url="https://x.example/r", return_url="https://x.example")
    assert link.startswith("http")
    (seen,) = stripe.calls("POST /v2/core/account_links")
    assert seen.params["use_case"]["account_onboarding"]["refresh_url"] == "https://x.example/r"


def test_a_transfer_is_found_by_its_withdrawal(gate, send, account):
    withdrawal = uuid4()
    sent = send(1000, withdrawal_id=withdrawal)
    assert (sent.amount_cents, sent.currency, sent.destination) == (1000, "usd", account)
    assert (sent.withdrawal_id, sent.reversals, sent.created) == (str(withdrawal), (), NOON)
    assert gate.find_transfers(withdrawal_id=withdrawal) == [sent]
    assert gate.find_transfers(withdrawal_id=uuid4()) == []


def test_every_reversal_comes_with_its_transfer_however_many_there_are(gate, stripe, send):
    sent = send(1000)
    for _ in range(12):
        stripe.reverse(sent, 10)
    seen = gate.get_transfer(sent.id)
    assert len({back.id for back in seen.reversals}) == 12
    assert sum(back.amount_cents for back in seen.reversals) == 120


@pytest.mark.parametrize(
    ("act", "code"),
    [("restrict_account", "insufficient_capabilities_for_transfer"), ("close_account", "resource_missing")],
)
def test_a_transfer_that_can_not_arrive_is_rejected_and_nothing_leaves(gate, stripe, send, account, *, act, code):
    getattr(stripe, act)(account)
    with pytest.raises(RejectedByStripe) as refused:
        send(1000)
    assert refused.value.code == code
    assert gate.get_balance_cents() == 0


def test_a_transfer_waits_for_available_money(gate, stripe, top_up, send):
    stripe.hold_funds()
    stripe.limit_funds()
    stripe.pay(top_up(5000))
    withdrawal = uuid4()
    for key in ("withdrawal:1:1", "withdrawal:1:1"):
        with pytest.raises(RejectedByStripe) as refused:
            send(1000, withdrawal_id=withdrawal, key=key)
        assert refused.value.code == "balance_insufficient"
        stripe.release_funds()
    assert send(1000, withdrawal_id=withdrawal, key="withdrawal:1:2").amount_cents == 1000
