"""Opening and closing cases, inside the transaction of the verb that causes it.

A case is locked after all else: user, drop, round, ledger accounts, case, report.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, User
from core.errors import Refused
from drops.desk.urgency import due_at, severity_of
from drops.models import Case, Drop, Submission
from drops.models.case import Category

# By the name of a model, the column of the case about one of its rows; a verdict's is named by who opens it.
KIND_OF = {"drop": "drop", "submission": "submission", "user": "person"}
KIND_OF |= {"withdrawal": "withdrawal", "topup": "topup", "heldpayout": "payout"}
TRIES_MAX = 5


class CaseBusy(Refused):
    code = "case_busy"
    message = _("Several moderators are at this case right now.")
    next_step = _("Try again in a moment.")


def kind_of(row: models.Model) -> str:
    return KIND_OF[str(row._meta.model_name)]


def money_at_stake(drop: Drop) -> int:
    """Return the cents that still wait for how a drop ends."""
    return int(drop.price_cents) if drop.is_open or drop.is_ranking else 0


@transaction.atomic
def open_case(
    row: models.Model,
    *,
    category: Category,
    now: datetime,
    kind: str | None = None,
    cents: int = 0,
    deadline_at: datetime | None = None,
    opened_by: User | None = None,
) -> Case:
    """Return the open case about `row`, locked; a new one where there is none."""
    kind = kind or kind_of(row)
    severity = severity_of(category, cents=cents, reports=0)
    fresh = Case(
        category=category,
        severity=severity,
        money_cents=cents,
        due_at=deadline_at or due_at(severity, now),
        opened_at=now,
        opened_by=opened_by,
        **{f"{kind}_id": row.pk},
    )
    for _try in range(TRIES_MAX):
        Case.objects.bulk_create([fresh], ignore_conflicts=True)
        # Somebody may close in between what was there; then a new one is opened.
        case: Case | None = Case.objects.open().of(kind, row).select_for_update(no_key=True).first()
        if case is not None:
            return case
    raise CaseBusy


def weigh_reports(case: Case, now: datetime) -> None:
    """Let a case grow graver with the number of its reports; it is then due sooner, and never later."""
    severity = severity_of(case.category, cents=case.money_cents, reports=case.reports.count())
    if severity > case.severity:
        case.severity, case.due_at = severity, min(case.due_at, due_at(severity, now))
        case.save(update_fields=["severity", "due_at"])


def case_for_report(*, drop: Drop, entry: Submission | None, now: datetime) -> Case:
    """Return the open case, locked, that a report of `drop`, or of feedback on an `entry`, belongs to."""
    if entry is not None:
        return open_case(entry, category=Category.FEEDBACK, now=now)
    return open_case(drop, category=Category.REPORT, cents=money_at_stake(drop), now=now)


def open_verdict(*, drop: Drop, deadline_at: datetime | None, now: datetime) -> Case:
    """Let the verdict on a drop wait for staff. Judging that starts afresh goes on in the same case."""
    cents = money_at_stake(drop)
    return open_case(drop, kind="verdict", category=Category.VERDICT, cents=cents, deadline_at=deadline_at, now=now)


def close_case(
    kind: str,
    row: models.Model,
    *,
    outcome: str,
    now: datetime,
    by: User | None = None,
    decision: AuditEvent | None = None,
) -> bool:
    """Close the open case about `row`; says whether there was one. Without `by` it has come to its end by itself."""
    closed = {"closed_at": now, "closed_by": by, "outcome": outcome, "decision": decision}
    cases = Case.objects.open().of(kind, row)
    return bool(cases.update(**closed, assignee=None, lease_until=None))


def is_waited_for(case: Case) -> bool:
    """Whether a report or a risk mark of a case is still to be decided."""
    return bool(case.reports.filter(handled_at__isnull=True).exists() or case.marks.open().exists())


def lock_case(case: Case) -> Case:
    """Hold a case until the transaction ends, and return it as it stands now."""
    locked: Case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    return locked
