"""The words of a panel's log, reasons and rationale, and who reads them."""

from collections import Counter

from drops.ranking import Audience
from tests.bench.support.judges import prose
from tests.drops.ranking.panel_table import Script, held, make_field, outcome, said


def test_the_log_reads_from_start_to_grade() -> None:
    verdict = outcome(Script("cabde", scores={"c": 80}))
    log = [line.content for line in verdict.lines]

    assert log[0] == "Judging started: 5 entries, judged by a panel of 3 judges, rubric wild-1."
    assert log[1] == "Judges: 1 is one, 2 is two, 3 is three; at most 27 calls, prompts 3."
    assert log[2] == "Judge 1 on Seat 1 alone: 60 points. It has what was asked."
    assert log[-2].startswith("Winner: Seat 3; best grade A, margin ")
    assert log[-1].startswith("Grade A. A panel of 3 judges preferred the winning entry in 24 of 24 comparisons")


def test_one_line_a_call_and_one_result_an_entry() -> None:
    script = Script("abcde", own={2: "bacde"})
    types = Counter(line.type for line in outcome(script).lines)

    assert (types["reasoning"], types["result"]) == (len(script.asked), 7)


def test_names_of_a_call_become_seats_in_the_log() -> None:
    verdict = outcome(Script("cabde"))

    assert "Seat 3 > Seat 1 > Seat 2 > Seat 4 > Seat 5. It has what was asked. So Seat 3 leads Seat 5." in said(verdict)


def test_reasons_tell_record_and_the_judges_words() -> None:
    reasons = outcome(Script("cabde", remark="It is apt.")).reasons

    assert reasons["c"] == (
        "A panel of 3 judges preferred it in 24 of 24 comparisons.",
        "Best: It is apt.",
        "Weakest: It is apt.",
    )
    assert reasons["a"][0] == "A panel of 3 judges preferred it in 18 of 24 comparisons."
    assert reasons["a"][-1] == "Why not higher: It is apt."


def test_a_result_line_tells_points_and_level_to_its_author_alone() -> None:
    lines = [line for line in outcome(Script("cabde", scores={"c": 80})).lines if line.audience is Audience.AUTHOR]

    assert [line.slot for line in lines] == ["c", "a", "b", "d", "e"]
    assert lines[0].content.endswith("points, field level 64.0, 80.0 alone.")


def test_what_a_judge_quotes_stays_sealed() -> None:
    secret = " ".join(prose("3").split()[:6])
    verdict = outcome(Script("cabde", remark=f"It says {secret} and wins."))

    assert secret not in said(verdict) and secret not in verdict.rationale
    assert all(secret not in " ".join(verdict.reasons[slot]) for slot in "abcde")


def test_the_rationale_is_the_judges_own_unless_it_would_quote() -> None:
    apt = outcome(Script("cabde", remark="It keeps to the night."))
    quoting = outcome(Script("cabde", remark=f"It says {' '.join(prose('2').split()[:5])}."))

    assert apt.rationale.endswith("and graded it A. It keeps to the night.")
    assert quoting.rationale.endswith("and graded it A.")


def test_nobody_is_told_of_entries_by_the_names_of_a_call() -> None:
    script = Script("cabde")
    verdict = outcome(script)
    names = {name for call in script.asked for name in call.names}
    words = {word.strip(".,:;") for text in (said(verdict), verdict.rationale) for word in text.split()}

    assert not names & words


def test_what_a_judge_says_is_one_plain_line() -> None:
    verdict = outcome(Script("cabde", remark="Good.\n<script>alert(1)</script>\u202e\x1b[31m"))

    assert all(line.content.isprintable() for line in verdict.lines)
    assert all(reason.isprintable() for reasons in verdict.reasons.values() for reason in reasons)


def test_the_log_of_a_hold_ends_in_its_reason() -> None:
    step = held(Script("abcde", accuse={"a": [1]}))

    assert step.reason == "a judge reports that the first entry speaks to the judges."
    assert step.lines[-1].content == f"Held for our moderators: {step.reason}"


def test_free_findings_are_in_the_log_and_in_the_flags() -> None:
    texts = {0: f"{prose('a', 40)} \u200b\u200b", 1: f"{prose('a', 14)} {prose('b', 22)}", 2: prose("c") + "x" * 12_000}
    verdict = outcome(Script("abcde"), make_field(texts=texts))

    assert verdict.flags["a"] == ("hidden characters",)
    assert "Seat 1 had 2 hidden characters, which were taken out." in said(verdict)
    assert (verdict.flags["b"], verdict.flags["c"]) == (("similar",), ("cut",))
    assert "Seat 2 resembles Seat 1, which is earlier." in said(verdict)


def test_the_evidence_names_every_call_that_had_a_vote() -> None:
    script = Script("cabde", fail=lambda call: "timed out" if call.key == script.asked[0].key else "")
    verdict = outcome(script)

    assert verdict.evidence == tuple(call.key for call in script.asked[1:])
