"""No panel costs more than was set aside for it: cheaper judges first, never fewer orders, else people."""

from __future__ import annotations

from decimal import Decimal

import pytest

from drops.judging import appointing
from drops.judging.panel import budget
from drops.judging.panel.judges import PanelJudge
from drops.models import PanelCall, PanelSession
from drops.ranking import Ceiling, Panel
from tests.bench.support.judges import contest
from tests.drops.judging.panel.table import drop_with_panel, judge_by_panel
from tests.play import after

CEILINGS = [Ceiling(calls=9, input_chars=300_000, output_tokens=9_000)] * 3


def make_judge(name, input_cents=0, output_cents=0, **more):
    prices = {"input_cents_per_million": Decimal(input_cents), "output_cents_per_million": Decimal(output_cents)}
    limits = {"per_minute": 120, "concurrency": 8, "thinking_tokens": 0, "params": {}}
    where = {"base_url": "http://127.0.0.1:9/v1", "api_key": ""}
    return PanelJudge(**{"name": name, "model": name, **where, **limits, **prices, **more})


def choices(*names, dear=100, cheap=10):
    return [[make_judge(name, dear), make_judge(f"{name}-small", cheap)] for name in names]


@pytest.mark.parametrize(
    ("cents", "names"),
    [
        (30, ("a", "b", "c")),
        (29, ("a-small", "b", "c")),
        (20, ("a-small", "b-small", "c")),
        (3, ("a-small", "b-small", "c-small")),
    ],
)
def test_the_dearest_give_way_until_the_budget_reaches(cents, names):
    judges, reserved = budget.choose_judges(choices("a", "b", "c"), CEILINGS, Decimal(cents))
    assert tuple(one.name for one in judges) == names
    assert reserved <= cents


def test_a_budget_that_reaches_for_nobody_makes_no_panel():
    assert budget.choose_judges(choices("a", "b", "c"), CEILINGS, Decimal("2.99")) is None


def test_hidden_thoughts_are_paid_for_too():
    thinking = make_judge("thinks", output_cents=100, thinking_tokens=1_000)
    assert budget.ceiling_cents(thinking, CEILINGS[0]) == Decimal("1.8")


@pytest.fixture
def panel_budget():
    panel = Panel(("a", "b"))
    field = contest([1.0, 0.0], seed="budget")
    judges, ceilings = [make_judge("a", 100, 100), make_judge("b", 100, 100)], panel.ceilings(field)
    reserved = sum((budget.ceiling_cents(*pair) for pair in zip(judges, ceilings, strict=True)), Decimal(0))
    return budget.PanelBudget(judges, ceilings, reserved), judges, panel.begin(field).calls, reserved


def test_all_first_attempts_of_a_wave_fit_what_was_reserved(panel_budget):
    panel_budget, _, calls, _ = panel_budget
    assert all(panel_budget.take(call, again=False) for call in calls)


def test_an_attempt_that_would_go_beyond_is_not_made(panel_budget):
    panel_budget, judges, calls, reserved = panel_budget
    most = max(budget.call_cents(judges[0], call) for call in calls[:2])
    panel_budget.charge_earlier([(0, False, reserved - most)])
    assert panel_budget.take(calls[0], again=False)
    assert not panel_budget.take(calls[1], again=False)
    panel_budget.settle(calls[0], Decimal(0))
    assert panel_budget.take(calls[1], again=False)


def test_a_judge_has_a_few_tries_more_than_calls(panel_budget):
    panel_budget, _, calls, _ = panel_budget
    tries = []
    for _ in range(4):
        tries.append(panel_budget.take(calls[0], again=True))
        panel_budget.settle(calls[0], Decimal(0))
    assert tries == [True, True, False, False]
    assert panel_budget.take(next(call for call in calls if call.judge == 1), again=True)


@pytest.fixture
def priced(ledger_db, llm_double, settings):
    """Three judges at these prices, each with a cheaper model for a tenth."""

    def set_prices(cents_per_million):
        def at(one, price):
            return {**one, "input_cents_per_million": price, "output_cents_per_million": price}

        price = Decimal(cents_per_million)
        settings.JUDGE_SEATS = [
            {**at(one, price), "cheaper": at({**one, "name": f"{one['name']}-small", "model": "small"}, price / 10)}
            for one in settings.JUDGE_SEATS
        ]

    return set_prices


def test_what_a_drop_may_cost_is_reserved_before_the_first_call(priced, sender, llm_double):
    priced(100)
    drop = drop_with_panel(sender)
    session = PanelSession.objects.get()
    assert 0 < session.reserved_cents <= 50
    assert llm_double.requests == []
    judge_by_panel(drop)
    assert 0 < sum(PanelCall.objects.values_list("cost_cents", flat=True)) <= session.reserved_cents


def test_a_small_prize_gets_cheaper_judges_and_just_as_many_orders(priced, sender):
    priced(1_000)
    drop = judge_by_panel(drop_with_panel(sender, price_cents=100))
    assert "small" in {one["model"] for one in drop.round.session.judges}
    assert drop.status == "completed"
    assert PanelCall.objects.filter(kind="list").count() >= 6


def test_where_no_judge_is_cheap_enough_people_judge(priced, sender, llm_double):
    priced(100_000)
    drop = drop_with_panel(sender)
    assert (drop.judge, llm_double.requests) == ("sender", [])
    assert not PanelSession.objects.exists()


def test_the_day_has_a_limit_for_all_drops_together(priced, sender, settings):
    priced(100)
    first = drop_with_panel(sender)
    reserved = PanelSession.objects.get().reserved_cents
    settings.JUDGE_DAY_CENTS_MAX = reserved * Decimal("1.9")
    assert drop_with_panel(sender).judge == "sender"
    judge_by_panel(first)
    # What the first did not use is free again.
    assert budget.day_cents(after(302)) < reserved
    assert drop_with_panel(sender).judge == "panel"


def test_a_round_that_begins_afresh_has_only_what_is_left_of_the_drops_budget(priced, sender, settings):
    priced(100)
    drop = drop_with_panel(sender)
    judge_by_panel(drop)
    spent = sum(PanelCall.objects.values_list("cost_cents", flat=True))
    assert budget.drop_budget_cents(drop) == 50 - spent
    settings.JUDGE_BUDGET_CENTS_MAX = 1
    assert budget.drop_budget_cents(drop) == 1 - spent


def test_judges_that_have_not_passed_their_check_do_not_judge(ledger_db, llm_double, sender, settings):
    settings.JUDGE_UNCHECKED = False
    assert drop_with_panel(sender).judge == "sender"
    settings.PLAY_MONEY = False
    assert appointing.judge_today(after(301)) == "staff"


@pytest.mark.parametrize(("wanted", "judge"), [("auto", "panel"), ("panel", "panel"), ("sender", "sender")])
@pytest.mark.usefixtures("db", "llm_double")
def test_the_setting_says_who_judges(wanted, judge, sender, settings):
    settings.JUDGE = wanted
    assert drop_with_panel(sender).judge == judge
