"""Writing down what a panel was asked and said: each attempt, and the answer that counts."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from drops.judging.panel.asking import Attempt
from drops.judging.panel.wave import Arrival
from drops.models import JudgeAnswer, JudgingRound, PanelCall, PanelSession
from drops.ranking import Call, CallAnswer

log = logging.getLogger(__name__)

Read = Callable[[Call, str], Any]
COST_PLACES = Decimal("0.000001")


class AttemptStore:
    """Stores what one worker brings for one session. `read` gives what an answer that can be used says."""

    def __init__(self, session: PanelSession, fence: int, *, read: Read) -> None:
        self._session, self._fence, self._read = session, fence, read

    def add(self, arrivals: Sequence[Arrival], *, now: datetime) -> bool:
        """Store the attempts and the answers among `arrivals`; True where there was an answer.

        An answer that was given already stays as it is: it may have been used.
        """
        attempts = [one for one in arrivals if isinstance(one, Attempt)]
        answers = [one for one in arrivals if isinstance(one, CallAnswer)]
        rows = [row_of(self._session, self._fence, one, self._read, now) for one in attempts]
        if rows or answers:
            with transaction.atomic():
                PanelCall.objects.bulk_create(rows)
                if answers:
                    self._store_answers(answers, now)
        return bool(answers)

    def _store_answers(self, answers: Sequence[CallAnswer], now: datetime) -> None:
        """Store answers while the round is open. Whoever closes it waits until they are stored, or they come late."""
        round_id = self._session.round_id
        is_open = JudgingRound.objects.open().filter(pk=round_id).select_for_update(no_key=True).values_list("pk")
        if not list(is_open):
            log.info("answers came after the round had ended", extra={"round": round_id, "answers": len(answers)})
            return
        rows = [
            JudgeAnswer(round_id=round_id, key=answer.key, answer=answer.to_json(), created_at=now)
            for answer in answers
        ]
        JudgeAnswer.objects.bulk_create(rows, ignore_conflicts=True)

    def earlier_attempts(self) -> list[tuple[int, bool, Decimal]]:
        """Return of every attempt that is stored its judge, whether its answer could not be used, and its cents."""
        rows = self._session.calls.values_list("judge", "answer", "failure", "cost_cents")
        return [(judge, bool(answer and failure), cents) for judge, answer, failure, cents in rows]


def row_of(session: PanelSession, fence: int, attempt: Attempt, read: Read, now: datetime) -> PanelCall:
    """The attempt as a row. `read` gives what an answer that can be used says."""
    call, reply = attempt.call, attempt.reply
    sent = json.dumps(attempt.request, sort_keys=True)
    parsed = asdict(read(call, reply.text)) if reply is not None and not attempt.failure else None
    return PanelCall(
        session=session,
        key=call.key,
        attempt=attempt.number,
        fence=fence,
        judge=call.judge,
        model=str(attempt.request["model"])[:200],
        model_returned=reply.model if reply else "",
        fingerprint=reply.fingerprint if reply else "",
        kind=call.kind,
        slots=list(call.slots),
        names=list(call.names),
        request_sha256=hashlib.sha256(sent.encode()).hexdigest(),
        # Asking again sends the same; once is enough to keep.
        request=attempt.request if attempt.number == 1 else None,
        answer=reply.text if reply else "",
        parsed=parsed,
        failure=attempt.failure[:100],
        detail=attempt.detail,
        input_tokens=reply.input_tokens if reply else 0,
        output_tokens=reply.output_tokens if reply else 0,
        cost_cents=attempt.cost_cents.quantize(COST_PLACES),
        seconds=attempt.seconds,
        created_at=now,
    )
