"""The same winner whatever goes wrong with calls, or people, and never a call twice."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from drops.ranking import Call, CallAnswer, Letter, NeedsHuman, Verdict, Wave
from tests.bench.support.judges import Bench, contest, play_panel
from tests.bench.support.trials import GOOD, PANEL, PERFECT, RIGHT_75, hold, worths_of
from tests.drops.ranking.panel_table import Script, held, make_field, outcome, play, said

FAULTS: dict[str, Callable[[Call, str], CallAnswer]] = {
    "timed out": lambda call, text: CallAnswer(call.key, failure="timed out"),
    "malformed": lambda call, text: CallAnswer(call.key, "Certainly! Here are my thoughts."),
    "truncated": lambda call, text: CallAnswer(call.key, text[: len(text) // 2]),
    "refusal": lambda call, text: CallAnswer(call.key, "I'm sorry, but I can't judge this."),
    "wrong label": lambda call, text: CallAnswer(call.key, text.replace(call.names[0], "zzz")),
    "not all read": lambda call, text: CallAnswer(call.key, text.replace(call.words[-1][-1], "banana")),
    "no words": lambda call, text: CallAnswer(call.key, re.sub(r'_words": \[[^]]*\]', '_words": []', text)),
    "missing field": lambda call, text: CallAnswer(call.key, text.replace('"score"', '"points"').replace("worst", "w")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_any_one_call_leaves_the_winner(fault: str) -> None:
    given = contest(worths_of("clear", Random(fault)), seed="faults")
    bench = Bench("faults", GOOD)
    step, answers = play_panel(PANEL, given, bench.answer)
    assert isinstance(step, Verdict)

    for broken in answers:

        def answer(call: Call, key: str = broken.key) -> CallAnswer:
            text = bench.answer(call)
            return FAULTS[fault](call, text) if call.key == key else CallAnswer(call.key, text)

        again, _ = play_panel(PANEL, given, answer)
        assert isinstance(again, Verdict) and again.winner == step.winner


@settings(max_examples=60, deadline=None)
@for_all(st.dictionaries(st.integers(0, 20), st.sampled_from([*FAULTS]), max_size=21), st.integers(0, 3))
def test_whatever_faults_meet_whatever_calls_the_same_one_wins_or_people_judge(
    faults: dict[int, str], number: int
) -> None:
    given = contest(worths_of("clear", Random(number)), seed=f"any/{number}")
    best, _ = play_panel(PANEL, given, Bench("any", PERFECT).answer)
    bench, read, asked = Bench("any", PERFECT), set(), []

    def answer(call: Call) -> CallAnswer:
        asked.append(call)
        fault, text = faults.get(len(asked) - 1), bench.answer(call)
        read.update(call.slots if fault is None and call.kind == "check" else ())
        return CallAnswer(call.key, text) if fault is None else FAULTS[fault](call, text)

    step, _ = play_panel(PANEL, given, answer)
    verdict = step.proposal if isinstance(step, NeedsHuman) else step
    assert isinstance(best, Verdict)
    if verdict is None:
        assert isinstance(step, NeedsHuman) and step.reasons == ("too few judges",) and not step.may_stand
    else:
        assert verdict.winner == best.winner and read == {entry.slot for entry in given.entries}


def test_an_entry_that_nobody_has_read_alone_gets_no_letter() -> None:
    script = Script("abcde", fail=lambda call: "late" if call.kind == "check" and call.slots == ("e",) else "")

    assert (held(script).reasons, held(script).proposal) == (("too few judges",), None)


@pytest.mark.parametrize("severe", [0, 30, 60])
def test_an_entry_that_the_severe_judge_missed_is_no_better_off(severe: int) -> None:
    def grade(missed: str) -> Mapping[str, Letter]:
        script = Script("abcde", fail=lambda call: "late" if (call.judge, call.slots) == (2, (missed,)) else "")
        own = {2: dict.fromkeys("abcde", 60 - severe)}
        return outcome(replace(script, own_scores=own)).letters

    assert len({tuple(sorted(grade(missed).items())) for missed in "abcde"}) == 1


def test_one_judge_down_leaves_two_and_the_log_says_so() -> None:
    script = Script("cabde", fail=lambda call: "unreachable" if call.judge == 1 else "")
    verdict = outcome(script)

    assert (verdict.winner, verdict.confidence) == ("c", "medium")
    assert "2 of 3 judges gave an order and its reverse; only their lists count." in said(verdict)
    assert "judged by a panel of 2 judges" in verdict.lines[-2].content


@pytest.mark.parametrize("count", [1, 2, 5])
def test_two_judges_down_leave_it_to_people(count: int) -> None:
    script = Script("abcde", fail=lambda call: "unreachable" if call.judge else "")
    step = held(script, make_field(count))

    assert (step.reasons, step.proposal, step.may_stand) == (("too few judges",), None, False)


def test_all_judges_down_leave_it_to_people_and_nobody_is_asked_twice() -> None:
    script = Script("abcde", fail=lambda call: "unreachable")
    step = held(script)

    assert step.reasons == ("too few judges",)
    assert len(script.asked) == 21


def test_an_order_whose_reverse_failed_does_not_count() -> None:
    lost = Script("abcde", own={2: "edcba"}, fail=lambda call: "late" if (call.judge, call.half) == (2, 1) else "")
    verdict = outcome(lost)

    assert (verdict.winner, verdict.letters) == ("a", outcome(Script("abcde")).letters)
    assert "preferred it in 16 of 16 comparisons" in verdict.reasons["a"][0]


def test_a_judge_that_lost_half_of_round_one_is_heard_again_in_round_two() -> None:
    script = Script(
        "abcde", own={1: "bacde"}, fail=lambda call: "late" if (call.judge, call.half, call.part) == (2, 1, 1) else ""
    )
    outcome(script)

    assert {call.judge for call in script.asked if call.part == 2} == {0, 1, 2}


def test_a_judge_that_was_never_heard_is_not_asked_again() -> None:
    script = Script("abcde", own={1: "bacde"}, fail=lambda call: "down" if call.judge == 2 else "")
    play(script)

    assert {call.judge for call in script.asked if call.part == 2} == {0, 1}


def test_a_second_round_that_only_one_judge_answers_leaves_it_to_people() -> None:
    script = Script("abcde", own={2: "bacde"}, fail=lambda call: "late" if call.part == 2 and call.judge else "")

    assert held(script).reasons == ("too few judges",)


def test_an_entry_that_only_one_judge_has_read_is_not_paid() -> None:
    script = Script(
        "abcde", fail=lambda call: "late" if call.kind == "check" and call.slots == ("a",) and call.judge else ""
    )

    assert held(script).reasons == ("too few judges",)


@pytest.mark.parametrize("errors", [GOOD, RIGHT_75])
def test_a_contest_broken_off_anywhere_goes_on_without_repeating_a_call(errors: object) -> None:
    trial = hold("random", errors, "broken off")  # type: ignore[arg-type]
    given = contest(trial.worths, seed="broken off")

    for known in range(len(trial.answers)):
        step = PANEL.resume(given, trial.answers[:known])
        assert isinstance(step, Wave)
        assert not {call.key for call in step.calls} & {answer.key for answer in trial.answers[:known]}
        assert trial.answers[known].key in {call.key for call in step.calls}
        assert len(step.calls) <= step.calls_max


def test_stored_answers_give_the_same_result_bit_for_bit_in_whatever_order() -> None:
    dice = Random(1)
    for number in range(8):
        trial = hold("random", RIGHT_75, f"replay/{number}")
        stored = [CallAnswer.from_json(answer.to_json()) for answer in trial.answers]
        dice.shuffle(stored)
        again = PANEL.resume(contest(trial.worths, seed=f"replay/{number}"), stored)
        assert repr(again) == repr(trial.step)


def test_the_log_only_grows_at_its_end_in_whatever_order_answers_come() -> None:
    trial = hold("random", RIGHT_75, "growing")
    given = contest(trial.worths, seed="growing")
    first = [answer for answer in trial.answers if answer.key in {c.key for c in PANEL.begin(given).calls}]  # type: ignore[union-attr]
    Random(2).shuffle(first)
    answers = [*first, *[answer for answer in trial.answers if answer not in first]]

    lines = [PANEL.resume(given, answers[:known]).lines for known in range(len(answers) + 1)]
    for sooner, later in pairwise(lines):
        assert later[: len(sooner)] == sooner


def test_other_slot_names_change_nothing_but_the_names() -> None:
    plain = outcome(Script("cabde", own={2: "acbde"}))
    renamed = outcome(Script("xvwyz", own={2: "vxwyz"}), make_field(slots="vwxyz"))

    name = dict(zip("abcde", "vwxyz", strict=True))
    assert [name[slot] for slot in plain.places] == list(renamed.places)
    assert said(plain) == said(renamed)
