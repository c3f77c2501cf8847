"""Writing down what a judge found: grades on entries, lines in the log. Called inside the verbs' transactions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.live.pubsub import announce
from drops.models import Drop, JudgingRound, RankingLog, StoredVerdict, Submission
from drops.models.judging import LogType
from drops.ranking import Audience, LogLine, Verdict, gaps_behind_first
from drops.ranking.log_lines import WORDING_VERSION


class NoWinner(Refused):
    code = "no_winner"
    message = _("This verdict names no winner, so nobody can be paid.")


def winner_of(drop: Drop, verdict: Verdict) -> Submission:
    """The entry of `drop` that `verdict` names. Raises NoWinner where it names none, or one of another drop."""
    winner = drop.submissions.standing().filter(pk=verdict.winner).select_related("user").first()
    if winner is None:
        raise NoWinner
    return winner


def record_grades(drop: Drop, verdict: Verdict) -> None:
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


def store_verdict(drop: Drop, verdict: Verdict, *, now: datetime) -> StoredVerdict:
    """Keep the whole verdict beside the drop, to be compared with what its stored answers give later."""
    return StoredVerdict.objects.create(
        round=drop.round, wording=WORDING_VERSION, outcome=verdict_json(verdict), created_at=now
    )


def verdict_json(verdict: Verdict) -> dict[str, Any]:
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


def result_of(drop: Drop) -> dict[str, Any]:
    """Return the result of an ended drop as plain JSON, as it stands on the drop and on its entries now."""
    entries = {
        str(entry.pk): {"place": entry.place, "grade": entry.grade, "gap": entry.gap, "reasons": entry.reasons}
        for entry in drop.submissions.order_by("place")
    }
    winner = str(drop.winning_submission_id) if drop.winning_submission_id else None
    ended = {name: getattr(drop, name) for name in ("grade", "rationale", "confidence")}
    return {"winner": winner, **ended, "entries": entries}


def append_log(judging_round: JudgingRound, lines: Sequence[LogLine], *, now: datetime) -> None:
    """Append those of `lines`, a judge's whole log so far, that its round does not hold yet.

    To be called under the drop's row lock. A log only ever grows at its end, so a line's number tells whether it is
    there: replaying a judge from stored answers writes none twice.
    """
    held = _last_number(judging_round.log_lines.all())
    fresh = [
        RankingLog(
            drop_id=judging_round.drop_id,
            round=judging_round,
            number=number,
            submission_id=UUID(line.slot) if line.slot else None,
            type=line.type,
            audience=line.audience.value,
            content=line.content,
            created_at=now,
        )
        for number, line in enumerate(lines[held:], start=held + 1)
    ]
    RankingLog.objects.bulk_create(fresh)
    if fresh:
        announce([judging_round.drop_id])


def log_act(
    drop: Drop, content: str, audience: Audience, *, now: datetime, submission: Submission | None = None
) -> RankingLog:
    """Append a line that is in no judge's log: what moderators did, before the bell or after it.

    To be called under the drop's row lock.
    """
    return RankingLog.objects.create(
        drop=drop,
        number=_last_number(drop.ranking_logs.filter(round=None)) + 1,
        submission=submission,
        type=LogType.INFO,
        audience=audience.value,
        content=content,
        created_at=now,
    )


def _last_number(lines: QuerySet[RankingLog]) -> int:
    return lines.aggregate(last=Max("number"))["last"] or 0
