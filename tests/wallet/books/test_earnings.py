"""A prize is as old as the money it was paid from, and its owner is told until when it waits and why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drops.contest import posting
from tests.api import Api
from tests.play import open_drop, post_drop
from tests.wallet.rows import clearing, topup
from tests.wallet.stripe_play import sees
from wallet.books import debts, ledger
from wallet.books.earnings import earnings_of, held_prizes, withdrawable_at
from wallet.models import Dispute, Doubt

DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("books_in_order")


def won(payer, payee, reference, now, cents=300):
    ledger.hold_prize(payer=payer, reference=reference, amount_cents=cents, now=now)
    ledger.pay_prize(reference=reference, payee=payee, fee_cents=0, now=now)


def until(user, now):
    return [prize.until for prize in held_prizes(user, now)]


@pytest.fixture
def paid(sender, agent, now):
    """The agent won $3.00 of what the sender had topped up a day before."""
    clearing(sender, "topup:cs_a", 1_000, now - DAY)
    won(sender, agent, "drop", now)


def test_a_prize_waits_until_the_card_money_behind_it_is_old(paid, agent, now):
    (prize,) = held_prizes(agent, now)
    assert (prize.until, prize.cents, prize.is_money_young) == (now + 6 * DAY, 300, True)
    assert earnings_of(agent, now + 6 * DAY - timedelta(seconds=1)).withdrawable_cents == 0
    assert earnings_of(agent, now + 6 * DAY).withdrawable_cents == 300


def test_a_prize_of_old_money_waits_out_its_own_hold(sender, agent, now):
    clearing(sender, "topup:cs_a", 1_000, now - 6 * DAY)
    won(sender, agent, "drop", now)
    (prize,) = held_prizes(agent, now)
    assert (prize.until, prize.is_money_young) == (now + 2 * DAY, False)


def test_money_does_not_become_old_by_being_won_again(paid, agent, rival, now):
    won(agent, rival, "next", now + DAY)
    assert until(rival, now + DAY) == [now + 6 * DAY]


def test_play_money_is_never_young_card_money(sender, agent, funded, now):
    funded(sender, 1_000)
    won(sender, agent, "drop", now)
    assert until(agent, now) == [now + 2 * DAY]


@pytest.fixture
def regular(sender, now):
    """The sender's first top-up is 90 days old."""
    paid = {"status": "succeeded", "settled_at": now - 90 * DAY, "stripe_session_id": "cs_first"}
    row = topup(sender, now - 90 * DAY, **paid)
    clearing(sender, "topup:cs_first", 1_000, now - 90 * DAY)
    return row


def test_a_sender_with_a_long_clean_record_counts_as_old(regular, paid, agent, now):
    assert until(agent, now) == [now + 2 * DAY]


@pytest.mark.parametrize("case", [(89, False, 6), (91, False, 2), (91, True, 6)])
def test_a_dispute_spoils_a_record_for_as_long(case, regular, sender, agent, now):
    days, is_open, waits = case
    dated = {"opened_at": now - days * DAY, "updated_at": now - days * DAY}
    Dispute.objects.create(
        id="du_1", user=sender, topup=regular, amount_cents=1, status="lost", is_open=is_open, **dated
    )
    debts.take_back(user=sender, amount_cents=1_000, reason="dispute:du_1", now=now, event_at=now, about=regular.reason)
    clearing(sender, "topup:cs_a", 1_000, now - DAY)
    won(sender, agent, "drop", now)
    assert until(agent, now) == [now + waits * DAY]


@pytest.mark.parametrize("case", [("fraud_warning", 89, 6), ("refund", 89, 6), ("refund", 91, 2)])
@pytest.mark.usefixtures("paid")
def test_a_warning_or_a_refund_that_staff_lifted_spoils_it_too(case, regular, agent, now):
    kind, days, waits = case
    since = now - days * DAY
    Doubt.objects.create(topup=regular, kind=kind, source="x", since=since, ended_at=since)
    assert until(agent, now) == [now + waits * DAY]


def test_before_a_claim_the_time_is_told_in_whole_days(sender, now):
    clearing(sender, "topup:cs_a", 1_000, now - DAY)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=300, now=now)
    midnight = now.replace(hour=0) + 7 * DAY
    assert withdrawable_at({"drop": now}, now) == {"drop": midnight}
    assert withdrawable_at({"drop": now + 5 * DAY}, now) == {"drop": now + 7 * DAY}


def test_a_wallet_says_until_when_a_prize_waits_and_why(play, sender, agent):
    play.topped_up(sender)
    won(sender, agent, "drop", play.now)
    page = sees(agent, "/wallet/earnings")
    assert "$3.00 can be withdrawn from Dec 1, 2026, 12:00 UTC on: the payment behind it is young" in page


def test_the_page_of_a_drop_and_the_api_say_it_before_a_claim(play, sender, agent):
    play.topped_up(sender)
    drop = open_drop_paid_by_card(sender, play)
    assert "The prize can go to a bank from Dec 2, 2026, 00:00 UTC on." in sees(agent, f"/drops/{drop.pk}")
    assert Api(agent).get(f"jobs/{drop.pk}").json()["prize_withdrawable_at"] == "2026-12-02T00:00:00Z"


def open_drop_paid_by_card(sender, play):
    return posting.pay_for_drop(drop=post_drop(sender, now=play.now), sender=sender, now=play.now)


def test_play_money_has_no_date_of_being_paid_out(sender, agent):
    drop = open_drop(sender)
    assert Api(agent).get(f"jobs/{drop.pk}").json()["prize_withdrawable_at"] is None
