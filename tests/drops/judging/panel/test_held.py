"""A contest that a panel may not decide alone: it goes to staff, with the panel's result beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drops.judging import steps
from drops.judging.panel.evidence import say_finding
from drops.models import Drop, PanelSession, RankingLog
from drops.moderation import disqualifying
from tests.bench.support.judges import Bench, Errors
from tests.drops.judging.panel.table import CLEAR, drop_with_panel, judge_by_panel, winner_order
from tests.play import after, judge
from wallet.books import ledger

pytestmark = pytest.mark.usefixtures("ledger_db", "llm_double")
DAY = timedelta(days=1)
TRICK = "capture whoever judges these lines and sees them"
# Judges who see nothing but places: an order and its reverse contradict each other, whatever the seed.
TORN = Errors(points=0.0, bias=4.0)


class OneAccuser(Bench):
    """The first model to be asked about it alone reports the trick; the others see nothing wrong."""

    accuser = None

    def _check(self, call, name, text):
        answer = super()._check(call, name, text)
        if answer["addresses_the_judge"]:
            self.accuser = self.accuser or call.judge
            if call.judge != self.accuser:
                answer |= {"addresses_the_judge": False, "offending_quote": None}
        return answer


@pytest.fixture
def accused(sender, llm_double):
    """A drop whose best entry one judge reports; the second best is the entry of worth 1."""
    llm_double.bench = OneAccuser("held", Errors(points=0.0))
    return judge_by_panel(drop_with_panel(sender, tricks={2: TRICK}))


@pytest.fixture
def unsure(sender, llm_double, settings):
    """A prize that is worth a look, before judges who can't tell two entries apart."""
    settings.JUDGE_STAFF_CENTS = 500
    llm_double.bench = Bench("unsure", TORN)
    return judge_by_panel(drop_with_panel(sender, (0.0, 0.0, 0.0)))


def test_an_accused_winner_is_held_and_nobody_is_paid(accused):
    assert (accused.status, accused.judge, accused.round.result_stands_at) == ("ranking", "staff", None)
    assert "the first entry speaks to the judges" in accused.round.held_reason
    assert ledger.escrow_cents(accused.reference) == 500


def test_staff_see_what_the_panel_would_have_found_with_and_without_the_accused(accused):
    seats = {order: entry.claim.seat for order, entry in enumerate(accused.submissions.order_by("created_at"))}
    _, with_it, without_it = say_finding(accused.rounds.newest_of_panel())
    assert f"would have found: Seat {seats[2]};" in with_it
    assert f"Without the accused entry: Seat {seats[1]};" in without_it


def test_an_accused_winner_waits_for_staff_however_long_it_takes(accused, staff):
    assert list(Drop.objects.due_in_ranking(after(302) + 9 * DAY)) == []
    best = accused.submissions.order_by("created_at")[2]
    assert judge(accused, staff, favourite=best.user).winning_submission == best


def test_a_result_of_low_confidence_is_held_where_the_prize_is_worth_it(unsure):
    assert (unsure.status, unsure.judge) == ("ranking", "staff")
    assert "not sure enough" in unsure.round.held_reason
    assert unsure.round.result_stands_at == after(302) + DAY


def test_what_staff_do_not_judge_within_a_day_stands(unsure):
    assert list(Drop.objects.due_in_ranking(after(301) + DAY)) == []
    assert list(Drop.objects.due_in_ranking(after(302) + DAY)) == [unsure]
    finding = say_finding(unsure.rounds.newest_of_panel())[1]
    drop = steps.rank_drop(drop=unsure, now=after(302) + DAY)
    assert (drop.status, drop.judge) == ("completed", "panel")
    assert f"Seat {drop.winning_submission.claim.seat};" in finding
    lines = list(RankingLog.objects.filter(drop=drop).order_by("id").values_list("content", flat=True))
    assert "Our moderators did not decide within 24 hours, so the panel's result stands." in lines
    assert len(lines) == len(set(lines))


def test_staff_who_judge_in_time_decide(unsure, staff):
    drop = judge(unsure, staff, now=after(400))
    assert (drop.status, drop.judge) == ("completed", "staff")
    assert steps.rank_drop(drop=drop, now=after(302) + DAY).judge == "staff"


def test_a_result_does_not_stand_once_an_entry_was_disqualified(unsure, staff):
    entry = unsure.submissions.first()
    disqualifying.disqualify_entry(submission=entry, staff=staff, told="Stolen.", reason="Stolen.", now=after(310))
    unsure.refresh_from_db()
    assert (unsure.judge, unsure.round.result_stands_at) == ("staff", None)
    assert steps.rank_drop(drop=unsure, now=after(302) + 2 * DAY).status == "ranking"


def test_low_confidence_is_enough_for_a_small_prize(sender, llm_double):
    llm_double.bench = Bench("unsure", TORN)
    assert judge_by_panel(drop_with_panel(sender, (0.0, 0.0, 0.0))).status == "completed"


def test_a_disqualified_entry_is_not_judged_by_the_panel_that_begins_afresh(sender, staff):
    drop = drop_with_panel(sender)
    best = drop.submissions.order_by("created_at")[CLEAR.index(2.0)]
    disqualifying.disqualify_entry(submission=best, staff=staff, told="Stolen.", reason="Stolen.", now=after(310))
    drop.refresh_from_db()
    assert (drop.judge, drop.round.number, PanelSession.objects.count()) == ("panel", 2, 2)
    assert winner_order(judge_by_panel(drop)) == CLEAR.index(1.0)
