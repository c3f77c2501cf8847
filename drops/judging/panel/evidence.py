"""What a panel came to, replayed from what is stored: for staff who must decide, and for whoever doubts a result."""

from __future__ import annotations

from dataclasses import replace

from drops.judging.panel.sessions import panel_of
from drops.judging.rounds import field_of
from drops.models import PanelSitting
from drops.ranking import AnswerMisfit, Field, NeedsHuman, Outcome, Step, answer_from_json


def replay_sitting(sitting: PanelSitting) -> tuple[Field, Step]:
    """The field and the last step of a sitting, whoever judges the drop now.

    Raises AnswerMisfit where its answers are to another wording, or to other entries than take part now.
    """
    field = replace(field_of(sitting.drop), seed=sitting.seed, rubric_version=sitting.rubric_version)
    stored = sitting.drop.judge_answers.filter(round=sitting.round).order_by("id")
    return field, panel_of(sitting).resume(field, [answer_from_json(row.answer) for row in stored])


def say_finding(sitting: PanelSitting) -> list[str]:
    """What the panel found, in sentences that name seats and quote nobody."""
    try:
        field, step = replay_sitting(sitting)
    except AnswerMisfit:
        return ["Its answers belong to entries or to a wording that have changed since."]
    if isinstance(step, Outcome):
        return [_say(step, field, "Result")]
    if not isinstance(step, NeedsHuman):
        return ["It has not finished."]
    said = [f"Held: {step.reason}"]
    said += [_say(step.proposal, field, "It would have found")] if step.proposal else []
    said += [_say(step.without_accused, field, "Without the accused entry")] if step.without_accused else []
    return said


def _say(outcome: Outcome, field: Field, head: str) -> str:
    graded = ", ".join(f"{field.labels[slot]} {outcome.letters[slot]}" for slot in outcome.places)
    winner = field.labels[outcome.winner] if outcome.winner else "no winner"
    return f"{head}: {winner}; {graded}; confidence {outcome.confidence}."
