"""Cases about money that waits for a person: opened and closed as the wallet, which knows none, tells of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import AuditEvent, User
from drops.desk.cases import close_case, kind_of, open_case
from drops.models import Case
from drops.models.case import Category
from wallet.models import HeldPayout, Topup, Withdrawal
from wallet.models.money_out import LINKED_TO_DOUBT

# Nothing waits any more; nobody decided it.
BY_ITSELF = "by-itself"
ROWS_MAX = 500


@dataclass(frozen=True)
class Waiting:
    """Rows of the wallet that wait for a person, and how those are told that no longer do."""

    category: Category
    rows: Callable[[], QuerySet[Any]]
    over: Q


# A withdrawal that is on its way to Stripe right now may stop again.
GOES_ON = Q(withdrawal__lease_until=None, withdrawal__next_attempt_at__isnull=False)
GOES_ON &= ~Q(withdrawal__last_error=LINKED_TO_DOUBT)
WAITING: dict[type, Waiting] = {
    Withdrawal: Waiting(
        Category.WITHDRAWAL, Withdrawal.objects.stopped, ~Q(withdrawal__status=Withdrawal.Status.PENDING) | GOES_ON
    ),
    Topup: Waiting(Category.TOPUP, Topup.objects.held, ~Q(topup__status=Topup.Status.QUARANTINED)),
    HeldPayout: Waiting(Category.PAYOUT, HeldPayout.objects.open, ~Q(payout__status=HeldPayout.Status.OPEN)),
}


def hear_of_wait(sender: type, row: Any, now: datetime, **unused: object) -> None:
    """Open a case about money that waits for a person from now on."""
    open_case(row, category=WAITING[sender].category, cents=row.amount_cents, now=now)


def hear_of_decision(sender: type, row: Any, staff: User, event: AuditEvent, now: datetime, **unused: object) -> None:
    """Close the case about money that staff have just decided about."""
    if sender in WAITING:
        close_case(kind_of(row), row, outcome=event.action, by=staff, decision=event, now=now)


def tend_money_cases(*, now: datetime) -> int:
    """Open what was missed, and close what no longer waits though nobody decided it; returns how many cases it was."""
    done = 0
    for model, waiting in WAITING.items():
        kind = kind_of(model())
        known = Case.objects.open().filter(**{kind: OuterRef("pk")})
        for row in waiting.rows().filter(~Exists(known))[:ROWS_MAX]:
            hear_of_wait(model, row, now)
            done += 1
        over = Case.objects.open().filter(waiting.over, **{f"{kind}__isnull": False}).with_targets()
        done += sum(close_case(kind, case.target, outcome=BY_ITSELF, now=now) for case in over[:ROWS_MAX])
    return done
