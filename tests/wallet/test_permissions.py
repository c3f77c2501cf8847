"""The permissions in the operators' page are what a restricted key needs, all of them and no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.stripe_double.permissions import permission_for
from tests.wallet.stripe_play import PAGES, balances
from wallet import tasks
from wallet.money_in import cards
from wallet.money_in.card_refunds import start_card_refund
from wallet.money_in.disputes import note_dispute
from wallet.money_in.evidence import send_evidence
from wallet.reconciliation import compare_in_turn

GUIDE = Path(__file__).parents[2] / "docs" / "operators.md"


def documented():
    table = GUIDE.read_text().partition("### What a restricted key may do")[2].partition("\n\n### ")[0]
    rows = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    return {name.strip("`") for row in rows for name in row.split(", ")}


def used(play):
    """The permissions that the calls so far have needed, without reading where writing was needed too."""
    needed = {permission_for(call.method, call.path) for call in play.double.requests}
    return {name for name in needed if not (name.endswith("_read") and name.replace("_read", "_write") in needed)}


def live_through_everything(play, sender, agent, staff):
    """Ask Stripe once for everything that we ever ask it for."""
    topup = play.topped_up(sender, 2_000, keep_card=True)
    cards.start_card_setup(user=sender, now=play.now, **PAGES)
    cards.open_portal(user=sender, return_url="https://clorp.test", now=play.now)
    play.automatic(sender, cents=5_000, threshold=4_000)
    play.charge(play.begin_auto(sender))
    start_card_refund(user=sender, topup_id=topup.pk, now=play.now)
    play.connected(agent)
    play.earned(agent)
    row = play.withdrawal(agent)
    tasks.send_outbound()
    row.refresh_from_db()
    play.double.reverse(row.stripe_transfer_id, 100)
    play.double.warn(play.topped_up(sender).stripe_session_id)
    dispute = play.double.dispute(play.topped_up(agent).stripe_session_id)
    row = note_dispute(dispute_id=dispute["id"], now=play.now)
    send_evidence(dispute=row, staff=staff, reason="They have played.", now=play.now)
    play.double.drop()
    tasks.send_outbound()


def test_with_these_permissions_everything_works_and_none_is_for_nothing(play, sender, agent, staff):
    play.double.restrict(documented())
    live_through_everything(play, sender, agent, staff)
    assert compare_in_turn(now=play.now).is_whole and balances(sender)["wallet"] > 0
    assert used(play) == documented()


@pytest.mark.parametrize("lacking", ["v2_event_read", "event_read", "dispute_write", "charge_write", "balance_read"])
def test_a_key_that_lacks_one_is_told_which_and_does_the_rest(lacking, play, sender, agent, staff):
    live_through_everything(play, sender, agent, staff)
    play.double.restrict(documented() - {lacking})
    comparison = compare_in_turn(now=play.now)
    assert comparison.unseen and not comparison.is_whole
    play.double.restrict(None)
    play.wait(hours=1)
    assert compare_in_turn(now=play.now).is_whole
