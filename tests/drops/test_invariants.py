"""Each invariant between drops and books is broken once, on purpose, to see that it notices."""

from __future__ import annotations

import pgtrigger
import pytest

from drops.models import Drop, EndReason, Status, Submission
from tests.play import NOON, enter, finished_drop, open_drop
from wallet.books import invariants, ledger

pytestmark = pytest.mark.django_db


def broken() -> set[str]:
    return {case.name for case in invariants.broken()}


def mark(drop, **fields):
    """Write to the row past every verb."""
    with pgtrigger.ignore("drops.Drop:drop_moves", "drops.Drop:drop_terms_fixed", "drops.Drop:drop_result_stands"):
        Drop.objects.filter(pk=drop.pk).update(**fields)


def end_without_refund(drop):
    mark(drop, status=Status.CANCELLED, outcome_reason=EndReason.CANCELLED_BY_SENDER, ended_at=NOON)


def test_a_played_site_breaks_nothing(sender, agent, rival):
    finished_drop(sender, agent, rival)
    enter(open_drop(sender), agent)
    assert broken() == set()


def test_an_ended_drop_whose_money_is_still_held_is_noticed(sender):
    end_without_refund(open_drop(sender))
    assert {"I6", "I7"} <= broken()


def test_an_open_drop_whose_money_is_gone_is_noticed(sender):
    drop = open_drop(sender)
    ledger.refund_hold(reference=drop.reference, payer=sender, now=NOON)
    assert {"I6", "I7"} <= broken()


def test_a_price_that_is_not_what_was_paid_is_noticed(sender):
    mark(open_drop(sender), price_cents=400)
    assert {"I6", "I7"} <= broken()


def test_a_cancelled_drop_that_was_paid_out_is_noticed_though_nothing_is_held(sender, agent):
    drop = open_drop(sender)
    ledger.pay_prize(reference=drop.reference, payee=agent, fee_cents=0, now=NOON)
    end_without_refund(drop)
    assert broken() == {"G5", "I7"}


@pytest.mark.parametrize("field", ["claims_count", "submissions_count"])
def test_a_count_that_is_not_its_rows_is_noticed(sender, agent, rival, field):
    drop = open_drop(sender)
    enter(drop, agent)
    enter(drop, rival)
    mark(drop, **{field: {"claims_count": 3, "submissions_count": 1}[field]})
    assert broken() == {"G1"}


def test_a_winner_in_second_place_is_noticed(sender, agent, rival):
    drop = finished_drop(sender, agent, rival)
    Submission.objects.filter(pk=drop.winning_submission_id).update(place=2)
    assert broken() == {"G2"}


def test_a_winner_with_another_grade_than_the_drop_is_noticed(sender, agent):
    drop = finished_drop(sender, agent, grade="B")
    mark(drop, grade="S")
    assert broken() == {"G2"}


def test_a_prize_in_a_strangers_wallet_is_noticed(sender, agent, rival):
    drop = finished_drop(sender, agent, rival)
    # The other entry is named the winner, on paper only.
    mark(drop, winning_submission=drop.submissions.get(user=rival))
    assert {"G2", "G3"} <= broken()
