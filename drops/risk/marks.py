"""Putting a mark on something, once for the same evidence, and into the queue of cases; and deciding it by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, User
from drops.desk.cases import close_case, is_waited_for, kind_of, money_at_stake, open_case
from drops.desk.deciders import REPORTS
from drops.desk.holding import require_free
from drops.desk.waiting import require_nothing_asked
from drops.models import Case, Drop, RiskMark, Submission
from drops.models.case import Category
from drops.models.risk import MarkState, RiskKind
from drops.moderation.acts import AlreadyDone, record_act

# How deciding a mark by itself is on record.
ACTS = {MarkState.DISMISSED: "dismiss-mark", MarkState.UPHELD: "uphold-mark"}
# They are facts rather than suspicions, or about a model: each list of them is worked off by itself.
WITHOUT_CASE = (RiskKind.FIRST, RiskKind.JUDGE)


class MarkDecided(AlreadyDone):
    message = _("Somebody has decided this mark already.")


@dataclass(frozen=True)
class Mark:
    """A rule's notice about `target`, a row or a model's name; `key` is what of the evidence is new."""

    kind: RiskKind
    target: Drop | Submission | User | str
    key: str
    evidence: Mapping[str, Any]
    people: frozenset[UUID]
    score: float


def key_of(parts: Iterable[object]) -> str:
    """Return one key for these parts, in whichever order they come."""
    return hashlib.sha256("\n".join(sorted(map(str, parts))).encode()).hexdigest()[:32]


def step_of(count: int) -> int:
    """Return the power of two that a count has reached: of what grows, only twice as much is news."""
    return max(count, 1).bit_length()


@transaction.atomic
def put_mark(*, mark: Mark, now: datetime) -> bool:
    """Mark something, and let it wait for a moderator; says whether it is news.

    What was dismissed is none, for the same people and the same evidence, wherever it comes up again.
    """
    about = _columns_of(mark.target)
    known = RiskMark.objects.filter(kind=mark.kind, key=mark.key)
    if known.filter(**about).exists() or _is_dismissed(known, mark.people):
        return False
    row = RiskMark(
        kind=mark.kind,
        key=mark.key,
        evidence=dict(mark.evidence),
        people=sorted(mark.people),
        score=round(mark.score, 3),
        created_at=now,
        **about,
    )
    if mark.kind not in WITHOUT_CASE and isinstance(mark.target, models.Model):
        drop = mark.target.drop if isinstance(mark.target, Submission) else mark.target
        cents = money_at_stake(drop) if isinstance(drop, Drop) else 0
        row.case = open_case(mark.target, category=Category.RISK, cents=cents, now=now)
    # Another worker may put the same mark in this very moment.
    RiskMark.objects.bulk_create([row], ignore_conflicts=True)
    return True


def _columns_of(target: models.Model | str) -> dict[str, Any]:
    return {"judge": target} if isinstance(target, str) else {kind_of(target): target, "judge": ""}


def _is_dismissed(known: Any, people: Collection[UUID]) -> bool:
    return bool(known.filter(state=MarkState.DISMISSED, people__contains=list(people)).exists())


@transaction.atomic
def dismiss_mark(*, mark: RiskMark, staff: User, reason: str, now: datetime) -> RiskMark:
    """Decide that a mark is none, for good: the same evidence is not marked again.

    The last one of a case closes that too, where nothing else waits in it. Raises MarkDecided, HeldByAnother,
    AskedAlready, Forbidden.
    """
    return _decide(mark, MarkState.DISMISSED, staff=staff, reason=reason, now=now)


@transaction.atomic
def uphold_mark(*, mark: RiskMark, staff: User, reason: str, now: datetime) -> RiskMark:
    """Decide that a mark is right; what follows from that is done to what it is about. Else as `dismiss_mark`."""
    return _decide(mark, MarkState.UPHELD, staff=staff, reason=reason, now=now)


def _decide(mark: RiskMark, state: MarkState, *, staff: User, reason: str, now: datetime) -> RiskMark:
    action = ACTS[state]
    # A case is locked before its marks.
    case = Case.objects.select_for_update(no_key=True).filter(marks=mark).first()
    mark = RiskMark.objects.select_for_update(no_key=True).get(pk=mark.pk)
    event = record_act(staff, action, mark, reason, now, right=REPORTS)
    if case is not None and case.is_open:
        require_free(case, staff, now)
        require_nothing_asked(case, now)
    if mark.state != MarkState.OPEN:
        raise MarkDecided
    mark.state, mark.decided_by, mark.decided_at = state, staff, now
    mark.save(update_fields=["state", "decided_by", "decided_at"])
    if case is not None and case.is_open:
        _close_with_last(case, action, staff, event, now)
    return mark


def _close_with_last(case: Case, action: str, staff: User, event: AuditEvent, now: datetime) -> None:
    if not is_waited_for(case) and case.opened_by_id is None and case.category == Category.RISK:
        close_case(case.kind, case.target, outcome=action, by=staff, decision=event, now=now)
