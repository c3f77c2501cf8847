"""A judge may settle money only while its newest check, in today's words, was passed."""

from __future__ import annotations

import json
import logging
import zlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, transaction

from accounts.models import Notification
from clorp.settings.judge_seats import read_seats
from drops import packs, tasks
from drops.judging import appointing
from drops.judging.panel import checking, qualification, sessions
from drops.judging.panel.budget import day_cents
from drops.judging.panel.judges import configured_judges
from drops.judging.panel.qualification import qualified
from drops.models import SeatCheck
from drops.ranking import Call, CallAnswer
from tests.bench.support.judges import SHOWN, with_words
from tests.llm_double.double import shown_texts
from tests.play import NOON, enter, open_drop, ring

pytestmark = pytest.mark.django_db


@pytest.fixture
def judges(settings):
    """Two judges that are never asked over a network."""
    rows = [{"name": name, "base_url": "https://models.example", "model": f"{name}-1"} for name in ("ann", "bob")]
    settings.JUDGE_SEATS = read_seats(json.dumps(rows), lambda name: "")
    settings.JUDGE_UNCHECKED = False
    return configured_judges()


def ranked(call: Call, slots) -> CallAnswer:
    name = {slot: name for name, slot in call.slot_of.items()}
    notes = [{"slot": n, "best": "", "worst": "", "why_not_higher": ""} for n in call.names]
    answer = {"reasoning": "", "ranking": [[name[s]] for s in slots], "per_entry": notes, "decisive_difference": ""}
    return CallAnswer(call.key, json.dumps(with_words(answer, call.user)))


def wise(judge, call, note):
    return ranked(call, sorted(call.slots))  # "better" comes before "worse"


def swayed(judge, call, note):
    """Prefers what stands first."""
    return ranked(call, call.slots)


def unread(judge, call, note):
    """Knows the better entry, and not the words at the ends of what it was sent."""
    answer = json.loads(wise(judge, call, note).text)
    return CallAnswer(call.key, json.dumps(with_words(answer, "")))


def mute(judge, call, note):
    return CallAnswer(call.key, failure="it did not answer")


def slightly_worse(judge, call, note):
    """Bob is wrong on the same few pairs in both orders, whatever names and fences are drawn."""
    texts = sorted(text for _, _, text in SHOWN.findall(call.user))
    wrong = judge.name == "bob" and zlib.crc32(texts[0].encode()) % 16 == 0
    return ranked(call, sorted(call.slots, reverse=wrong))


def check(judges, ask=wise, now=NOON):
    return checking.try_judges(judges=judges, now=now, ask=ask)


def test_a_judge_that_is_right_may_settle_money_until_its_check_is_old(judges, settings):
    assert not qualified(judges[0], NOON)
    (stored,) = check(judges[:1])
    assert (stored.passed, stored.calls, stored.figures["accuracy"]) == (True, 120, 1.0)
    assert qualified(judges[0], NOON + timedelta(days=13))
    assert not qualified(judges[0], NOON + timedelta(days=settings.JUDGE_CHECK_DAYS_MAX))


@pytest.mark.parametrize(
    ("ask", "why"), [(swayed, "both orders for 0%"), (mute, "100% of the"), (unread, "100% of the")]
)
def test_a_judge_that_fails_may_not_and_is_told_why(judges, ask, why):
    check(judges)
    assert qualified(judges[0], NOON)
    (stored,) = check(judges[:1], ask)
    assert why in " ".join(stored.shortfalls)
    assert not qualified(judges[0], NOON)


def test_a_judge_far_behind_the_best_may_not(judges):
    ann, bob = check(judges, slightly_worse)
    assert ann.passed and not bob.passed
    assert bob.shortfalls[-1].endswith("points behind the best judge; 5 are allowed.")
    (again,) = check(judges[1:], slightly_worse)
    assert not again.passed


def test_another_model_address_or_wording_is_another_judge(judges, monkeypatch):
    check(judges)
    assert not qualified(replace(judges[0], model="ann-2"), NOON)
    assert not qualified(replace(judges[0], base_url="https://other.example"), NOON)
    monkeypatch.setitem(packs.PACKS, "wild", replace(packs.PACKS["wild"], rubric_version=2))
    assert not qualified(judges[0], NOON)


def test_drops_go_to_a_panel_only_while_two_judges_may_settle_money(judges, sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    drop = ring(drop)
    assert (drop.judge, appointing.judge_today(NOON)) == ("sender", "sender")
    check(judges)
    assert appointing.judge_today(NOON) == "panel"
    check(judges[:1], swayed)
    assert appointing.judge_today(NOON) == "sender"
    assert not sessions.panel_is_fit(NOON)


def test_a_check_can_not_be_rewritten(judges):
    check(judges, swayed)
    with pytest.raises(Error), transaction.atomic():
        SeatCheck.objects.update(passed=True, shortfalls=[])


def test_a_judge_that_disagrees_with_itself_sounds_an_alarm(judges, staff, caplog):
    with caplog.at_level(logging.ERROR):
        check(judges[:1], swayed)
    assert "judge does not agree with itself" in caplog.messages
    (note,) = Notification.objects.filter(user=staff)
    assert note.text.startswith("Judge ann: ") and note.href == "/admin/drops/seatcheck/"


def test_beat_tries_who_was_never_tried_or_not_for_a_week(judges, monkeypatch):
    now = [NOON]
    monkeypatch.setattr(tasks.clock, "now", lambda: now[0])
    monkeypatch.setattr(tasks, "try_judges", lambda **what: checking.try_judges(**what, ask=wise))
    assert [tasks.check_judges(), tasks.check_judges()] == [2, 0]
    check(judges[:1], now=NOON + timedelta(days=3))
    now[0] = NOON + timedelta(days=7)
    assert checking.judges_due(now[0]) == [judges[1]]
    assert tasks.check_judges() == 1


def test_judges_who_were_asked_in_other_words_are_tried_the_next_night(judges, monkeypatch):
    check(judges)
    assert checking.judges_due(NOON) == []
    monkeypatch.setattr(qualification, "PROMPTS_VERSION", 99)
    assert checking.judges_due(NOON) == list(judges)


def test_a_judge_that_takes_all_night_leaves_the_next_one_for_the_next(judges, monkeypatch):
    moments = count(tasks.clock.count_seconds(), 700)
    monkeypatch.setattr(tasks.clock, "now", lambda: NOON)
    monkeypatch.setattr(tasks.clock, "count_seconds", lambda: next(moments))
    monkeypatch.setattr(tasks, "try_judges", lambda **what: checking.try_judges(**what, ask=wise))
    assert [tasks.check_judges(), tasks.check_judges(), tasks.check_judges()] == [1, 1, 0]


@pytest.mark.parametrize(("cents", "tried"), [(0, 0), (1_000, 2)])
def test_a_check_that_nobody_ordered_waits_for_a_day_with_a_budget(judges, settings, monkeypatch, cents, tried):
    settings.JUDGE_SEATS = [{**row, "output_cents_per_million": Decimal(1_000)} for row in settings.JUDGE_SEATS]
    settings.JUDGE_DAY_CENTS_MAX = cents
    monkeypatch.setattr(tasks.clock, "now", lambda: NOON)
    monkeypatch.setattr(tasks, "try_judges", lambda **what: checking.try_judges(**what, ask=wise))
    assert tasks.check_judges() == SeatCheck.objects.count() == tried


def test_the_first_check_may_leave_nothing_for_the_second(judges, settings):
    dear = [replace(judge, output_cents_per_million=Decimal(1_000)) for judge in judges]
    settings.JUDGE_DAY_CENTS_MAX = 250
    assert checking.within_budget(dear, NOON) == dear[:1]
    assert checking.within_budget(judges, NOON) == list(judges)


def test_the_command_says_what_was_found_and_fails_with_a_judge(judges, monkeypatch, capsys):
    asked = [wise]
    command = "drops.management.commands.judge_check.try_judges"
    monkeypatch.setattr(command, lambda **what: checking.try_judges(**what, ask=asked[0]))
    call_command("judge_check")
    assert "ann passed: ann-1, 120 calls" in (output := capsys.readouterr().out)
    assert "all may settle money" in output
    asked[0] = swayed
    with pytest.raises(CommandError, match="1 of 1 may not settle money") as refusal:
        call_command("judge_check", seat="bob")
    assert refusal.value.returncode == 1
    with pytest.raises(CommandError, match="there are: ann, bob"):
        call_command("judge_check", seat="carl")


def test_without_judges_the_command_says_so(settings):
    settings.JUDGE_SEATS = ()
    with pytest.raises(CommandError, match="JUDGE_SEATS is empty"):
        call_command("judge_check")
    assert tasks.check_judges() == 0


@pytest.mark.usefixtures("ledger_db")
def test_over_http_every_call_is_made_once_and_billed(llm_double, settings):
    rows = llm_double.seats("one", "two", input_cents_per_million=100)
    settings.JUDGE_SEATS = read_seats(rows, lambda name: "")
    (stored,) = checking.try_judges(judges=configured_judges()[:1], now=NOON)
    assert len(llm_double.requests) == stored.calls == 120
    assert stored.models_returned == ["one-2026-01-01"] and stored.cost_cents > 0
    assert (day_cents(NOON), day_cents(NOON + timedelta(days=1))) == (stored.cost_cents, 0)
    assert stored.figures["malformed"] == 0.0 and not stored.passed
    shown = {text for request in llm_double.requests for text in shown_texts(request)}
    assert len(shown) == 120 and not any(text in request.system for request in llm_double.requests for text in shown)
