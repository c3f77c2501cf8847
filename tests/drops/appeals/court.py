"""Appeals as tests make and answer them, with the texts that must stay where they belong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import User
from drops.appeals.answering import dismiss_appeal, uphold_appeal
from drops.appeals.asking import appeal_verdict
from drops.appeals.ruling import Ruling
from drops.models import Appeal, Drop
from tests.play import after, staff_as

WHY = "The winner never names a ferry."
EARLY, LATER = after(600), after(900)
TOLD, VERDICT, NOTE = "You are right.", "The prompt asks for a ferry.", "Second look by the book."


def judge_named(name: str) -> User:
    """A moderator who has decided nothing yet."""
    return staff_as("moderator", name)


def appeal(drop: Drop, user: User, *, now: datetime = EARLY, reason: str = WHY) -> Appeal:
    return appeal_verdict(drop=drop, user=user, reason=reason, now=now)


def dismiss(made: Appeal, staff: User, *, now: datetime = LATER, **more: Any) -> Appeal:
    return dismiss_appeal(appeal=made, staff=staff, now=now, **{"told": TOLD, "reason": NOTE, **more})


def ruling_for(drop: Drop, winner: User | None, **letters: str) -> Ruling:
    """A ruling by people: `ruling_for(drop, rival, agent="F")`, where `agent` is somebody's name in small letters."""
    seats = {entry.user.name.lower(): entry.claim.seat for entry in drop.submissions.select_related("user", "claim")}
    return Ruling(
        seats[winner.name.lower()] if winner else None, {seats[name]: letter for name, letter in letters.items()}
    )


def uphold(made: Appeal, staff: User, ruling: Ruling, *, now: datetime = LATER, **more: Any) -> Appeal:
    texts = {"verdict": VERDICT, "told": TOLD, "reason": NOTE}
    return uphold_appeal(appeal=made, staff=staff, ruling=ruling, now=now, **{**texts, **more})
