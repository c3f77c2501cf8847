"""Writing down what a judge found: grades on entries, lines in the log. Called inside the verbs' transactions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.errors import Refused
from core.live.pubsub import announce
from drops.models import Drop, RankingLog, StoredVerdict, Submission
from drops.ranking import LogLine, Outcome, gaps_behind_first
from drops.ranking.log_lines import WORDING_VERSION


class NoWinner(Refused):
    code = "no_winner"
    message = "This verdict names no winner, so nobody can be paid."


def winner_of(drop: Drop, verdict: Outcome) -> Submission:
    """The entry of `drop` that `verdict` names. Raises NoWinner where it names none, or one of another drop."""
    winner = drop.submissions.standing().filter(pk=verdict.winner).select_related("user").first()
    if winner is None:
        raise NoWinner
    return winner


def record_grades(drop: Drop, verdict: Outcome) -> None:
    """Give every entry its letter, place, reasons and gap to the first, once and for all."""
    gaps = gaps_behind_first(verdict.places, verdict.strengths)
    entries = {str(entry.pk): entry for entry in drop.submissions.all()}
    for place, slot in enumerate(verdict.places, start=1):
        entry = entries[slot]
        entry.place = place
        entry.grade = str(verdict.letters[slot])
        entry.reasons = list(verdict.reasons[slot])
        entry.gap = gaps.get(slot)
    Submission.objects.bulk_update(entries.values(), ["place", "grade", "reasons", "gap"])


def store_verdict(drop: Drop, verdict: Outcome, *, now: datetime) -> StoredVerdict:
    """Keep the whole outcome beside the drop, to be compared with what its stored answers give later."""
    return StoredVerdict.objects.create(
        drop=drop,
        judge=drop.seated_judge,
        round=drop.judging_round,
        wording=WORDING_VERSION,
        outcome=outcome_json(verdict),
        created_at=now,
    )


def outcome_json(verdict: Outcome) -> dict[str, Any]:
    """`verdict` as plain JSON, without its log lines. Floats survive it to the last bit."""
    return {
        "winner": verdict.winner,
        "places": list(verdict.places),
        "letters": {slot: str(letter) for slot, letter in verdict.letters.items()},
        "strengths": dict(verdict.strengths),
        "flags": {slot: list(flags) for slot, flags in verdict.flags.items()},
        "reasons": {slot: list(reasons) for slot, reasons in verdict.reasons.items()},
        "rationale": verdict.rationale,
        "confidence": verdict.confidence,
        "margin": verdict.margin,
        "tie_rule": verdict.tie_rule,
        "judged_by": verdict.judged_by,
        "evidence": list(verdict.evidence),
    }


def append_log(drop: Drop, lines: Sequence[LogLine], *, now: datetime) -> None:
    """Append those of `lines` that the log does not end with already.

    A judge always hands over its whole log; replaying it from stored answers must not write a line twice.
    """
    written = list(RankingLog.objects.filter(drop=drop).order_by("id").values_list("content", flat=True))
    contents = [line.content for line in lines]
    known = next(
        count
        for count in range(min(len(written), len(contents)), -1, -1)
        if count == 0 or written[-count:] == contents[:count]
    )
    RankingLog.objects.bulk_create(
        RankingLog(
            drop=drop,
            submission_id=UUID(line.slot) if line.slot else None,
            type=line.type,
            audience=line.audience.value,
            content=line.content,
            created_at=now,
        )
        for line in lines[known:]
    )
    if lines[known:]:
        announce([drop.pk])
