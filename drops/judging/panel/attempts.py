"""Writing down what a panel was asked and said: each attempt, and the answer that counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from drops.judging.panel.asking import Attempt
from drops.models import JudgeAnswer, PanelCall, PanelSitting
from drops.ranking import Call, CallAnswer

Read = Callable[[Call, str], Any]
COST_PLACES = Decimal("0.000001")


@transaction.atomic
def store(
    sitting: PanelSitting, attempts: Sequence[PanelCall], answers: Sequence[CallAnswer], *, now: datetime
) -> None:
    """Store attempts, and the answers that count. One that was given already stays as it is: it may have been used."""
    PanelCall.objects.bulk_create(attempts)
    rows = [
        JudgeAnswer(round_id=sitting.round_id, key=answer.key, answer=answer.to_json(), created_at=now)
        for answer in answers
    ]
    JudgeAnswer.objects.bulk_create(rows, ignore_conflicts=True)


def row_of(sitting: PanelSitting, fence: int, attempt: Attempt, read: Read, now: datetime) -> PanelCall:
    """The attempt as a row. `read` gives what an answer that can be used says."""
    call, said = attempt.call, attempt.said
    sent = json.dumps(attempt.request, sort_keys=True)
    parsed = asdict(read(call, said.text)) if said is not None and not attempt.failure else None
    return PanelCall(
        sitting=sitting,
        key=call.key,
        attempt=attempt.number,
        fence=fence,
        seat=call.seat,
        model=str(attempt.request["model"])[:200],
        model_returned=said.model if said else "",
        fingerprint=said.fingerprint if said else "",
        kind=call.kind,
        slots=list(call.slots),
        names=list(call.names),
        request_sha256=hashlib.sha256(sent.encode()).hexdigest(),
        # Asking again sends the same; once is enough to keep.
        request=attempt.request if attempt.number == 1 else None,
        answer=said.text if said else "",
        parsed=parsed,
        failure=attempt.failure[:100],
        detail=attempt.detail,
        input_tokens=said.input_tokens if said else 0,
        output_tokens=said.output_tokens if said else 0,
        cost_cents=attempt.cost_cents.quantize(COST_PLACES),
        seconds=attempt.seconds,
        created_at=now,
    )


def attempts_of(sitting: PanelSitting) -> list[tuple[int, int, Decimal]]:
    """Seat, number and cost in cents of every attempt that is stored."""
    return list(sitting.calls.values_list("seat", "attempt", "cost_cents"))
