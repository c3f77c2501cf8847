import pytest

from drops.ranking import Audience, Letter, SenderPicks, Step, Verdict
from drops.ranking.log_lines import (
    Comparisons,
    explain_comparisons,
    explain_distance,
    say_comparisons,
    say_ordinal,
    say_strength,
)
from tests.drops.ranking.table import make_field, play, prefer, reject

FIVE = [f"slot-{order}" for order in range(5)]


def judge_by_sender(count: int) -> Verdict:
    return finish(play(make_field(count), prefer(*FIVE), SenderPicks())[0])


def finish(steps: list[Step]) -> Verdict:
    outcome = steps[-1]
    assert isinstance(outcome, Verdict)
    return outcome


def test_ordinals_end_as_they_are_spoken() -> None:
    numbers = (1, 2, 3, 4, 11, 12, 13, 21)

    spoken = "1st 2nd 3rd 4th 11th 12th 13th 21st"
    assert " ".join(say_ordinal(number) for number in numbers) == spoken


def test_a_record_counts_wins_and_draws() -> None:
    assert say_comparisons(Comparisons(0, 0, 1)) == "preferred in 0 of 1 comparison"
    assert say_comparisons(Comparisons(1, 1, 3)) == "preferred in 1 of 3 comparisons, equal in 1"


def test_a_record_is_explained_in_one_sentence() -> None:
    assert explain_comparisons(Comparisons(1, 1, 3), "staff") == (
        "Staff preferred it in 1 of 3 comparisons (equal in 1)."
    )
    assert explain_comparisons(Comparisons(), "staff") == "There was no other usable entry to compare it with."


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (0.0, "Level with the winner; the rule for ties put it behind."),
        (0.1, "Almost level with the winner."),
        (10.1, "Behind the winner."),
        (99.0, "Far behind the winner."),
    ],
)
def test_how_far_behind_an_entry_is_stands_in_words_not_in_points(points, words) -> None:
    assert explain_distance(points) == words


def test_a_strength_of_almost_nothing_has_no_minus() -> None:
    assert (say_strength(-0.001), say_strength(-0.5)) == ("+0.00", "-0.50")


def test_the_log_of_a_pair_reads_from_start_to_grade() -> None:
    lines = [line.content for line in judge_by_sender(2).lines]

    judged = "judged by the sender"
    wins = "preferred in {} of 1 comparison"
    assert lines[0] == f"Judging started: 2 entries, {judged}, rubric wild-1."
    assert lines[1] == "Comparison 1: Seat 1 was preferred to Seat 2."
    assert lines[2] == "Seat 1, the best entry, was graded A."
    facts = f"strength +0.34, {wins.format(1)}."
    assert lines[3] == f"Seat 1: 1st of 2, grade A, {facts}"
    facts = f"strength -0.34, {wins.format(0)}."
    assert lines[4] == f"Seat 2: 2nd of 2, grade B, {facts}"
    facts = "margin 0.67, confidence medium, tie rule not needed"
    assert lines[5] == f"Winner: Seat 1; best grade A, {facts}, {judged}."
    rationale = "The sender preferred the winning entry in 1 of 1 comparison and graded it A."
    assert lines[6:] == [f"Grade A. {rationale}"]


def test_an_author_reads_only_their_own_result_and_the_end() -> None:
    outcome = judge_by_sender(5)
    lines = outcome.lines

    own = [line.slot for line in lines if line.audience is Audience.AUTHOR]
    assert own == list(outcome.places)
    assert [line.audience for line in lines[-2:]] == [Audience.AGENTS, Audience.PUBLIC]
    others = {line.audience for line in lines if line.type != "result"}
    assert others == {Audience.SENDER}


def test_what_everyone_reads_names_no_entry() -> None:
    outcome = judge_by_sender(5)

    assert outcome.lines[-1].content == f"Grade A. {outcome.rationale}"
    assert "Seat" not in outcome.rationale and "slot" not in outcome.rationale


def test_no_line_or_reason_contains_what_an_entry_says() -> None:
    outcome = judge_by_sender(5)

    lines = [line.content for line in outcome.lines]
    assert not any("a text" in one for one in (*lines, *sum(outcome.reasons.values(), ())))


def test_reasons_tell_record_and_gap_and_leave_letter_and_place_to_what_stands_beside_them() -> None:
    reasons = judge_by_sender(2).reasons

    assert reasons["slot-0"] == ("The sender preferred it in 1 of 1 comparison.",)
    assert reasons["slot-1"] == ("The sender preferred it in 0 of 1 comparison.", "Behind the winner.")


def test_reasons_below_the_bar_name_the_bar() -> None:
    outcome = finish(play(make_field(2, bar=Letter.S), prefer(*FIVE))[0])

    assert outcome.reasons["slot-0"][-1] == "Nothing reached the bar of S."
    assert outcome.lines[-1].content == ("No passing entry. The best entry was graded A by staff; the bar is S.")


def test_reasons_of_an_f_say_why() -> None:
    field = make_field(4, disqualified=[3])
    decide = reject("slot-2", then=prefer(*FIVE))
    reasons = finish(play(field, decide)[0]).reasons

    assert reasons["slot-2"] == ("Found unusable by staff.",)
    assert reasons["slot-3"] == ("Disqualified: copy of an earlier entry.",)


def test_the_log_says_who_takes_no_part_and_who_was_found_unusable() -> None:
    field = make_field(3, disqualified=[2])
    outcome = finish(play(field, reject("slot-1", then=prefer(*FIVE)))[0])

    lines = [line.content for line in outcome.lines]
    assert lines[1] == "Seat 3 takes no part: copy of an earlier entry."
    assert lines[2] == "Comparison 1: Seat 2 was found unusable."
    assert "flag unusable" in lines[5] and "flag disqualified" in lines[6]


def test_a_rejected_field_reads_as_one_without_grade() -> None:
    outcome = finish(play(make_field(2), reject(*FIVE, then=prefer()))[0])

    assert outcome.rationale == "There was no entry that could be graded."
    assert outcome.lines[-1].content == f"No passing entry. {outcome.rationale}"
