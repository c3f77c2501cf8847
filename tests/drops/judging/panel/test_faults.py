"""The same entry wins whatever goes wrong with one call; and when judges are down, people or the others decide."""

from __future__ import annotations

import itertools

import pytest
from django.db.models import Max

from drops.models import JudgeAnswer, PanelCall, RankingLog
from tests.drops.judging.panel.table import CLEAR, drop_with_panel, judge_by_panel, winner_order
from tests.llm_double import Fault
from tests.llm_double.double import is_check
from tests.llm_double.faults import CUTS
from tests.plugins.models import HASTY, QUICK
from wallet.books import ledger

pytestmark = pytest.mark.usefixtures("ledger_db")
KINDS = {"a check": is_check, "a list": lambda body: not is_check(body)}
# How a server is, is learned by the first request; all others happen to one request and cost at most another.
CALLS = 15 + 6
CALLS_OF_A_JUDGE = CALLS // 3
# A model that will not judge, or can't be shown so much, has no vote in that call and is not pressed.
NO_VOTE = {Fault.REFUSAL, Fault.TOO_LONG, Fault.FILTERED}


@pytest.mark.turns(4)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name)
def test_a_fault_in_one_call_changes_no_winner(fault, kind, sender, llm_double, settings):
    settings.JUDGE_SEATS = [{**row, "params": {"temperature": 0}} for row in settings.JUDGE_SEATS]
    settings.JUDGE_PATIENCE = HASTY if fault is Fault.SLOW else QUICK
    llm_double.next(fault, matching=KINDS[kind])
    drop = judge_by_panel(drop_with_panel(sender))
    assert (drop.status, winner_order(drop)) == ("completed", CLEAR.index(max(CLEAR)))
    assert JudgeAnswer.objects.filter(answer__failure="").count() >= CALLS - (fault in NO_VOTE)
    assert ledger.balance_cents(drop.winning_submission.user) == 500


def test_all_judges_down_is_for_staff_and_no_money_moves(sender, llm_double):
    llm_double.down = {"one", "two", "three"}
    drop = judge_by_panel(drop_with_panel(sender))
    assert (drop.status, drop.judge, drop.round.result_stands_at) == ("ranking", "staff", None)
    assert "fewer than two judges" in drop.round.held_reason
    assert ledger.escrow_cents(drop.reference) == 500
    assert not JudgeAnswer.objects.filter(answer__failure="").exists()


@pytest.mark.parametrize("fault", sorted(CUTS, key=lambda fault: fault.name), ids=lambda fault: fault.name)
def test_a_panel_that_is_not_shown_all_pays_nobody(fault, sender, llm_double):
    llm_double.next(fault, times=1 << 30)
    drop = judge_by_panel(drop_with_panel(sender))
    assert (drop.status, drop.judge, drop.round.result_stands_at) == ("ranking", "staff", None)
    assert ledger.escrow_cents(drop.reference) == 500
    assert set(drop.submissions.values_list("grade", flat=True)) == {None}
    assert not PanelCall.objects.filter(parsed__isnull=False).exists()


@pytest.mark.parametrize("fault", sorted(CUTS, key=lambda fault: fault.name), ids=lambda fault: fault.name)
def test_a_judge_that_is_not_shown_all_has_no_voice(fault, sender, llm_double):
    llm_double.next(fault, matching=lambda body: body["model"] == "two", times=1 << 30)
    drop = judge_by_panel(drop_with_panel(sender))
    assert (drop.status, winner_order(drop)) == ("completed", CLEAR.index(max(CLEAR)))
    assert not PanelCall.objects.filter(judge=1, parsed__isnull=False).exists()


def test_one_judge_down_leaves_two_and_the_log_says_so(sender, llm_double):
    llm_double.down = {"two"}
    drop = judge_by_panel(drop_with_panel(sender))
    assert (drop.status, winner_order(drop)) == ("completed", CLEAR.index(max(CLEAR)))
    log = " ".join(RankingLog.objects.values_list("content", flat=True))
    assert "judged by a panel of 2 judges" in log
    assert "the server answered 500" in log


def test_a_judge_that_is_down_is_not_tried_without_end(sender, llm_double):
    llm_double.down = {"two"}
    judge_by_panel(drop_with_panel(sender))
    # An outage is waited out as often as there are waits, and nobody begins a second wave with who never answered.
    tried, attempts_max = PanelCall.objects.filter(judge=1), 1 + len(QUICK["waits_seconds"])
    assert tried.aggregate(most=Max("attempt"))["most"] == attempts_max
    assert tried.count() <= attempts_max * tried.values("key").distinct().count() <= attempts_max * CALLS_OF_A_JUDGE


def test_no_request_names_anybody_or_a_price_and_every_one_is_capped(sender, llm_double):
    drop = judge_by_panel(drop_with_panel(sender, price_cents=731))
    people = {name for user in [sender, *(entry.user for entry in drop.submissions.all())] for name in person(user)}
    for request in llm_double.requests:
        sent = f"{request.system}{request.user}"
        assert not [word for word in (*people, str(drop.pk), "7.31", "731 ") if word in sent]
        assert 0 < request.body["max_tokens"] <= 1_500
        assert "worth" not in request.system


def person(user):
    return user.email, user.name, str(user.pk)


def test_every_fence_is_new(sender, llm_double):
    judge_by_panel(drop_with_panel(sender))
    fences = [request.user.split('fence="')[1][:16] for request in llm_double.requests]
    assert len(set(fences)) == len(fences)


def test_every_judge_sees_each_pair_in_both_orders_equally_often(sender, llm_double):
    judge_by_panel(drop_with_panel(sender))
    for judge in range(3):
        lists = PanelCall.objects.filter(judge=judge, kind="list").values_list("slots", flat=True)
        ahead = [pair for slots in lists for pair in itertools.combinations(slots, 2)]
        assert all(ahead.count((one, other)) == ahead.count((other, one)) for one, other in ahead)
