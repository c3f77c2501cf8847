"""How grave a case is, and by when somebody should have decided it."""

from __future__ import annotations

from datetime import datetime, timedelta

from drops.models.case import Category, Severity

BASE = {
    Category.REPORT: Severity.NORMAL,
    Category.FEEDBACK: Severity.LOW,
    Category.VERDICT: Severity.HIGH,
    Category.WITHDRAWAL: Severity.HIGH,
    Category.TOPUP: Severity.HIGH,
    Category.PAYOUT: Severity.HIGH,
    Category.ASKED: Severity.NORMAL,
    Category.RISK: Severity.NORMAL,
}
HOURS = {Severity.LOW: 72, Severity.NORMAL: 24, Severity.HIGH: 4, Severity.URGENT: 1}
# So many people say so, or so much money hangs on it, and it is graver by one.
REPORTS_MANY = 3
CENTS_MANY = 10_000


def severity_of(category: str, *, cents: int, reports: int) -> Severity:
    """Return how grave a case of this kind is, with so much money at stake and so many reports."""
    graver = (reports >= REPORTS_MANY) + (cents >= CENTS_MANY)
    return Severity(min(Severity.URGENT, BASE[Category(category)] + graver))


def due_at(severity: int, since: datetime) -> datetime:
    """Return by when a case as grave as this, that has waited `since`, is to be decided."""
    return since + timedelta(hours=HOURS[Severity(severity)])
