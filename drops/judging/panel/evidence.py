"""A panel's result, replayed from what is stored: for staff who must decide, and for whoever doubts a result."""

from __future__ import annotations

from django.utils.translation import gettext as _

from drops.judging.replaying import replay
from drops.judging.snapshots import field_of
from drops.models import JudgingRound
from drops.ranking import AnswerMisfit, Field, NeedsHuman, Step, Verdict


def replay_round(judging_round: JudgingRound) -> tuple[Field, Step]:
    """The field and the last step of a panel's round, whoever judges the drop now.

    Raises AnswerMisfit where its answers are to another wording, or to other entries than take part now.
    """
    field = field_of(judging_round)
    return field, replay(judging_round, field)


def say_finding(judging_round: JudgingRound) -> list[str]:
    """Return what the panel found, in sentences that name judges and quote nobody."""
    try:
        field, step = replay_round(judging_round)
    except AnswerMisfit:
        return [_("Its answers belong to entries or to a wording that have changed since.")]
    if isinstance(step, Verdict):
        return [_say(step, field, _("Result"))]
    if not isinstance(step, NeedsHuman):
        return [_("It has not finished.")]
    sentences = [_("Held: {reason}").format(reason=step.reason)]
    sentences += [_say(step.proposal, field, _("It would have found"))] if step.proposal else []
    sentences += [_say(step.without_accused, field, _("Without the accused entry"))] if step.without_accused else []
    return sentences


def _say(verdict: Verdict, field: Field, head: str) -> str:
    graded = ", ".join(f"{field.labels[slot]} {verdict.letters[slot]}" for slot in verdict.places)
    winner = field.labels[verdict.winner] if verdict.winner else _("no winner")
    return _("{head}: {winner}; {graded}; confidence {confidence}.").format(
        head=head, winner=winner, graded=graded, confidence=verdict.confidence
    )
