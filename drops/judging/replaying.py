"""A round's judge, replayed from the answers that stand: what it asks next, or what it found."""

from __future__ import annotations

from collections.abc import Sequence

from drops.judging.panel import sessions
from drops.judging.snapshots import field_of
from drops.models import JudgingRound
from drops.models.rounds import JudgeKind
from drops.ranking import Answer, Field, Judge, SenderPicks, StaffPicks, Step, answer_from_json

JUDGES: dict[str, Judge] = {JudgeKind.SENDER: SenderPicks(), JudgeKind.STAFF: StaffPicks()}


def next_step(judging_round: JudgingRound) -> Step:
    """Return what the round's judge asks next, or what it found, replayed from the stored answers."""
    return replay(judging_round, field_of(judging_round))


def replay(judging_round: JudgingRound, field: Field, *, supposing: Sequence[Answer] = ()) -> Step:
    """`next_step`, for whoever has the round's field already; `supposing` are answers that are not stored yet.

    Raises AnswerMisfit where the answers are to another field.
    """
    by_panel = judging_round.judge == JudgeKind.PANEL
    judge = sessions.panel_of(judging_round.session) if by_panel else JUDGES[judging_round.judge]
    stored = judging_round.answers.standing().order_by("id").values_list("answer", flat=True)
    return judge.resume(field, [*[answer_from_json(answer) for answer in stored], *supposing])
