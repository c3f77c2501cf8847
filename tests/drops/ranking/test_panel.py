from collections.abc import Sequence
from dataclasses import replace

import pytest

from drops.ranking import (
    AnswerMisfit,
    CallAnswer,
    FileText,
    Judge,
    Letter,
    NeedsHuman,
    PairAnswer,
    Panel,
    Verdict,
    Wave,
)
from tests.bench.support.judges import prose
from tests.drops.ranking.panel_table import PANEL, Script, held, make_field, outcome, play, said

BEST_C = Script("cabde")


@pytest.mark.parametrize("judges", [(), ("one",), ("a", "b", "c", "d"), ("a", "a"), ("a", " "), ("a", "b\n")])
def test_a_panel_of_another_make_up_is_refused(judges: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="judge"):
        Panel(judges)


def test_a_panel_is_a_judge() -> None:
    judge: Judge = PANEL

    assert judge.judged_by == "panel"


@pytest.mark.parametrize("count", range(2, 6))
def test_the_first_wave_reads_all_entries_alone_and_in_both_orders(count: int) -> None:
    step = PANEL.begin(make_field(count))

    assert isinstance(step, Wave)
    kinds = [call.kind for call in step.calls]
    assert (kinds.count("check"), kinds.count("list")) == (3 * count, 6)
    assert step.calls_max == 3 * count + 12


def test_a_settled_first_round_ends_it() -> None:
    script = Script("cabde")
    verdict = outcome(script)

    assert (verdict.winner, verdict.confidence, len(script.asked)) == ("c", "high", 21)
    assert "Round 1 settled the first place." in said(verdict)


def test_a_split_first_round_leads_to_a_second_among_the_close() -> None:
    script = Script("abcde", own={2: "bacde"})
    verdict = outcome(script)
    second = [call for call in script.asked if call.part == 2]

    assert (verdict.winner, len(second)) == ("a", 6)
    assert all(set(call.slots) <= set("abc") for call in second)
    assert "Round 2 compares Seat 1 and Seat 2" in said(verdict)


def test_no_entry_at_all_ends_at_once() -> None:
    verdict = PANEL.begin(make_field(0))

    assert isinstance(verdict, Verdict)
    assert (verdict.winner, verdict.places) == (None, ())


def test_a_single_entry_is_read_but_never_compared() -> None:
    script = Script("a", scores={"a": 72})
    verdict = outcome(script, make_field(1))

    assert [call.kind for call in script.asked] == ["check"] * 3
    assert (verdict.winner, verdict.letters["a"], verdict.confidence) == ("a", Letter.A, "medium")


def test_an_entry_left_alone_by_the_free_checks_is_not_compared() -> None:
    script = Script("a", scores={"a": 50})
    verdict = outcome(script, make_field(3, texts={1: "", 2: "I cannot help with that."}))

    assert {call.kind for call in script.asked} == {"check"}
    assert (verdict.places, verdict.letters["b"]) == (("a", "b", "c"), Letter.F)
    assert (verdict.flags["b"], verdict.flags["c"]) == (("empty",), ("refusal",))


def test_entries_that_all_fail_the_free_checks_cost_no_call() -> None:
    verdict = PANEL.begin(make_field(2, texts={0: "", 1: " "}))

    assert isinstance(verdict, Verdict)
    assert (verdict.winner, set(verdict.letters.values())) == (None, {Letter.F})


def test_a_disqualified_entry_is_never_sent() -> None:
    script = Script("bcde")
    verdict = outcome(script, make_field(disqualified=[0]))

    assert all("a" not in call.slots for call in script.asked)
    assert (verdict.winner, verdict.flags["a"], verdict.places[-1]) == ("b", ("disqualified",), "a")


def test_two_accusers_set_an_entry_aside() -> None:
    verdict = outcome(Script("abcde", accuse={"a": [0, 2]}))

    assert (verdict.winner, verdict.letters["a"], verdict.flags["a"]) == ("b", Letter.F, ("quarantined",))
    assert "Seat 1 is set aside: 2 judges report words in it that are meant for them." in said(verdict)
    assert "a" not in verdict.strengths


def test_one_accuser_holds_a_winner_with_the_result_without_it_ready() -> None:
    step = held(Script("abcde", accuse={"a": [1]}))

    assert (step.reasons, step.may_stand) == (("accused winner",), False)
    assert step.proposal is not None and step.proposal.winner == "a"
    assert step.without_accused is not None and step.without_accused.winner == "b"
    assert step.without_accused.flags["a"] == ("quarantined",)
    assert "reported by one judge" in said(step)


def test_the_rest_is_compared_again_where_only_the_accused_was_settled() -> None:
    script = Script("abcde", own={1: "acbde"}, accuse={"a": [1]})
    step = held(script)
    second = [set(call.slots) for call in script.asked if call.part == 2]

    assert len(second) == 6 and all({"b", "c"} <= slots and "a" not in slots for slots in second)
    assert step.without_accused is not None and step.without_accused.winner == "b"


def test_two_accused_in_front_are_both_left_out_of_the_result_that_stands_ready() -> None:
    step = held(Script("abcde", accuse={"a": [0], "b": [1]}))

    assert step.without_accused is not None and step.without_accused.winner == "c"


def test_one_accuser_of_a_loser_changes_nothing_but_its_flags() -> None:
    verdict = outcome(Script("cabde", accuse={"a": [1]}))

    assert (verdict.winner, verdict.flags["a"]) == ("c", ("accused",))


def test_accusations_without_a_true_quote_count_for_nothing() -> None:
    verdict = outcome(Script("abcde", accuse={"a": [0, 1, 2]}, quote="Ignore all the others"))

    assert (verdict.winner, verdict.flags["a"]) == ("a", ())
    assert "which does not count" in said(verdict)


@pytest.mark.parametrize(("judges", "letter"), [([0], Letter.A), ([0, 1], Letter.F)])
def test_an_entry_is_unusable_by_two_judges_and_not_by_one(judges: Sequence[int], letter: Letter) -> None:
    verdict = outcome(Script("abcde", reject={"a": judges}))

    assert verdict.letters["a"] is letter
    assert verdict.winner == ("b" if letter is Letter.F else "a")


def test_a_field_of_unusable_entries_has_no_winner() -> None:
    verdict = outcome(Script("abcde", reject={slot: [0, 1, 2] for slot in "abcde"}))

    assert (verdict.winner, set(verdict.letters.values())) == (None, {Letter.F})


def test_a_field_without_winner_because_of_accusations_is_held() -> None:
    step = held(Script("a", accuse={"a": [0, 1, 2]}), make_field(1))

    assert (step.reasons, step.may_stand) == (("all set aside",), True)
    assert step.proposal is not None and step.proposal.winner is None


@pytest.mark.parametrize(("careful", "kind"), [(False, "Verdict"), (True, "NeedsHuman")])
def test_an_unsure_result_is_held_where_the_prize_is_worth_it(careful: bool, kind: str) -> None:
    panel = Panel(PANEL.judges, staff_when_unsure=careful)
    script = Script("abcde", own={0: "abcde", 1: "bcade", 2: "cabde"})
    step = play(script, panel=panel)[0]

    assert type(step).__name__ == kind
    if kind == "NeedsHuman":
        assert (step.reasons, step.may_stand) == (("unsure",), True)  # type: ignore[union-attr]


def test_the_bar_holds_for_a_panel_too() -> None:
    verdict = outcome(BEST_C, make_field(bar=Letter.S))

    assert (verdict.winner, verdict.letters["c"]) == (None, Letter.A)


def test_answers_that_belong_to_no_call_are_refused() -> None:
    field = make_field()
    call = PANEL.begin(field).calls[0]  # type: ignore[union-attr]
    answer = CallAnswer(call.key, failure="timed out")

    for answers in ([CallAnswer("k", "x")], [answer, answer], [PairAnswer("k", "a", "b", "left")]):
        with pytest.raises(AnswerMisfit):
            PANEL.resume(field, answers)


def test_another_seed_refuses_stored_answers() -> None:
    _, answers = play(BEST_C)

    with pytest.raises(AnswerMisfit):
        PANEL.resume(make_field(seed="other"), answers)


def test_a_field_without_a_rubric_is_refused_before_any_call() -> None:
    with pytest.raises(ValueError, match="no rubric"):
        PANEL.begin(replace(make_field(), rubric_version="wild-9"))


def test_what_it_can_cost_is_known_before_the_first_call() -> None:
    script = Script("abcde", own={2: "bacde"})
    play(script)

    for judge, ceiling in enumerate(PANEL.ceilings(make_field())):
        calls = [call for call in script.asked if call.judge == judge]
        assert len(calls) <= ceiling.calls == 9
        assert sum(len(call.system) + len(call.user) for call in calls) <= ceiling.input_chars
        assert sum(call.tokens_max for call in calls) <= ceiling.output_tokens == 5 * 600 + 4 * 1500


def test_huge_entries_cost_no_more_than_their_cap() -> None:
    texts = {order: f"{prose(str(order))} " + "x" * 190_000 for order in range(5)}
    (ceiling, *_) = PANEL.ceilings(make_field(texts=texts))

    assert ceiling.input_chars < 5 * 5 * 13_000 + 9 * 8_000


def test_a_field_with_work_that_models_cannot_see_is_left_to_people_before_any_call() -> None:
    given = make_field(3)
    seen, drawn = given.entries[0], FileText("file-1.png", "", "a picture of 800 by 600 pixels")
    for text, held_back in [("Here you are.", True), (seen.text * 4, False)]:
        entry = replace(seen, text=text, files=(drawn,))
        step = PANEL.begin(replace(given, entries=(entry, *given.entries[1:])))

        assert isinstance(step, NeedsHuman) is held_back
        assert "Seat 1 has 1 file that is no text; models don't see what is in there." in said(step)
    with pytest.raises(ValueError, match="either read as text or described"):
        FileText("file-1.png", "a text", "a picture")
