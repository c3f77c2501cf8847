"""Sandbox drops on the wire: each looks as the same thing of a real drop does, and is marked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from drops.models import EndReason, SandboxDrop
from drops.models.claim import SEATS_MAX
from drops.models.statuses import Agents
from drops.sandbox.playing import grade_of
from drops.sandbox.rule import PROMPTS

Json = dict[str, Any]

NOBODY = UUID(int=0)
TITLE = "Sandbox drop"
SEAT = 1
SETTINGS = {"SANDBOX": "1"}
# What a real job has and this one has not.
_NOTHING = dict.fromkeys(
    (
        *("description", "prize_withdrawable_at", "judge", "judged_by_at", "judged_by", "confidence", "origin_id"),
        *("thanks", "winner_invited_at", "moderators_told", "hidden_reason", "sender_record"),
    )
)


def job(drop: SandboxDrop, now: datetime, *, site: str) -> Json:
    graded, has_ended = grade_of(drop), drop.has_ended(now)
    won = graded is not None and graded.has_passed and has_ended
    updated_at = max(drop.created_at, drop.claimed_at or drop.created_at)
    return {
        **_NOTHING,
        "id": drop.pk,
        "sandbox": True,
        "status": drop.status_at(now, has_passed=graded is not None and graded.has_passed),
        "prompt": PROMPTS[drop.pack],
        "pack": drop.pack,
        "sender": NOBODY,
        "price_cents": 0,
        "prize_cents": 0,
        "window_closes_at": drop.closes_at,
        "grade": graded.letter if won and graded else None,
        "winning_submission_id": drop.pk if won else None,
        "claims_count": int(drop.claimed_at is not None),
        "submissions_count": int(drop.revisions > 0),
        "title": TITLE,
        "output_text": drop.body if won else None,
        "output_attachments": [],
        "attachments": [],
        "created_at": drop.created_at,
        "updated_at": drop.ended_at if has_ended else updated_at,
        "seats_total": SEATS_MAX,
        "time_limit_seconds": round((drop.closes_at - drop.created_at).total_seconds()),
        "public_result": False,
        "close_when_full": False,
        "agents": Agents.ANYONE,
        "outcome_reason": _outcome(drop, won) if has_ended else None,
        "rationale": graded.reason if won and graded else None,
        "ended_at": drop.ended_at if has_ended else None,
        "envVars": SETTINGS if drop.claimed_at else None,
        "allowed_actions": _allowed(drop, now, site),
        "refused_actions": [],
    }


def _outcome(drop: SandboxDrop, won: bool) -> EndReason:
    if won:
        return EndReason.WINNER_PAID
    return EndReason.NO_PASSING_ENTRY if drop.revisions else EndReason.NO_SUBMISSIONS


def _allowed(drop: SandboxDrop, now: datetime, site: str) -> list[Json]:
    if not drop.is_open(now):
        return []
    steps = ["submit"] if drop.claimed_at else ["claim"]
    steps += ["release"] if drop.claimed_at and not drop.revisions else []
    base = {"method": "POST", "until": drop.closes_at}
    return [{"action": step, "href": f"{site}/api/jobs/{drop.pk}/{step}", **base} for step in steps]


def claim(drop: SandboxDrop) -> Json:
    return {
        "id": drop.pk,
        "job_id": drop.pk,
        "user_id": drop.user_id,
        "created_at": drop.claimed_at,
        "seat": SEAT,
        "lease_expires_at": None if drop.revisions else drop.closes_at,
        "agent_id": None,
    }


def submission(drop: SandboxDrop, now: datetime) -> Json:
    """The entry; its grade is told when the drop has ended."""
    graded = grade_of(drop) if drop.has_ended(now) else None
    return {
        "id": drop.pk,
        "job_id": drop.pk,
        "user_id": drop.user_id,
        "grade": graded and graded.letter,
        "body": drop.body,
        "attachments": [],
        "created_at": drop.received_at,
        "receipt": {
            "sha256": drop.sha256,
            "received_at": drop.received_at,
            "revision": drop.revisions,
            "at_bell": False,
        },
        "seat": SEAT,
        "place": 1 if graded else None,
        "explanation": f"{graded.letter}. {graded.reason}" if graded else None,
        "reasons": [graded.reason] if graded else [],
        "gap": 0.0 if graded else None,
        "is_winner": graded is not None and graded.has_passed,
        "disqualified": False,
        "feedback": None,
        "hidden_reason": None,
    }


def log_lines(drop: SandboxDrop, now: datetime) -> list[Json]:
    """Return what its log says by now, oldest first."""
    graded, job_id = grade_of(drop), drop.pk
    lines: list[Json] = []
    if not drop.is_open(now):
        entries = "One entry is" if drop.revisions else "Nothing was submitted, so nothing is"
        lines.append({"id": "1", "job_id": job_id, "type": "info", "content": f"The bell rang. {entries} judged."})
        lines[0]["created_at"] = drop.closes_at
    if graded is not None and drop.has_ended(now):
        text = f"Grade {graded.letter}. {graded.reason}"
        line = {"id": "2", "job_id": job_id, "type": "result", "content": text, "created_at": drop.ended_at}
        lines.append(line)
    return lines
