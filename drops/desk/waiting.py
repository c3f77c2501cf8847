"""Cases whose act waits for a second person: they stay open until it is done, and nothing else is decided meanwhile."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from drops.models import Case
from drops.models.case import CaseQuerySet
from wallet.approvals import AskedAlready
from wallet.models import Approval


def keep_open(case: Case, approval: Approval) -> None:
    """Let a case wait for what was asked for from its page."""
    approval.asks = {**approval.asks, "case": case.pk}
    approval.save(update_fields=["asks"])


def is_waiting(case: Case, now: datetime) -> bool:
    """Whether a case waits for a second person."""
    return Approval.objects.waiting(now).filter(asks__case=case.pk).exists()


def require_nothing_asked(case: Case, now: datetime) -> None:
    """Raise AskedAlready while a case waits for a second person."""
    if is_waiting(case, now):
        raise AskedAlready


def asked_about(case: Case, now: datetime) -> QuerySet[Approval]:
    """Return what waits for a second person, of a case or of what it is about."""
    row: Any = case.target
    about = Q(asks__case=case.pk) | Q(target=f"{row._meta.model_name}:{row.pk}")
    asked: QuerySet[Approval] = Approval.objects.waiting(now).filter(about).select_related("asked_by")
    return asked.order_by("asked_at")


def without_asked_by(cases: CaseQuerySet, staff: User, now: datetime) -> CaseQuerySet:
    """Leave out cases that wait for somebody else to approve what `staff` asked for: there is nothing left for them."""
    asked = Approval.objects.waiting(now).filter(asked_by=staff).values_list("target", "asks__case")
    keys = defaultdict(list)
    for target, case in asked:
        kind, _colon, key = target.partition(":")
        keys[kind].append(key)
        keys["case"].append(case)
    theirs = Q(pk__in=[pk for pk in keys["case"] if pk is not None])
    theirs |= Q(drop__in=keys["drop"]) | Q(verdict__in=keys["drop"]) | Q(submission__in=keys["submission"])
    return cases.exclude(theirs) if asked else cases
