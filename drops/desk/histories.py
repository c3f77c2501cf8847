"""Who a case is about, and how they have behaved so far: what a moderator reads before deciding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, User
from core.words import Words
from drops.models import Case, Drop, Report, Submission
from drops.models.statuses import EndReason

REPORTERS_MAX = 2
EVENTS_MAX = 10
AUTHOR, OWNER = _("Author"), _("Owner")
SENDER, WINNER, REPORTER, PERSON = _("Sender"), _("Winner"), _("Reporter"), _("Person")


@dataclass(frozen=True)
class History:
    """Somebody's part in a case, and counts of what they did on the site; `reports` are those about their drops."""

    role: Words
    user: User
    drops: int
    removed: int
    entries: int
    won: int
    disqualified: int
    reports: int
    reported: int
    wrongly: int
    cases: int


def people_of(case: Case) -> list[tuple[Words, User]]:
    """Return the people a case is between, each once, by the part they have in it."""
    pairs: list[tuple[Words, User | None]] = []
    if case.submission:
        pairs.append((AUTHOR, case.submission.user))
    if case.contest:
        pairs.append((SENDER, case.contest.sender))
    if case.payout:
        pairs += [(SENDER, case.payout.payer), (WINNER, case.payout.payee)]
    row = case.withdrawal or case.topup
    pairs += [(PERSON, case.person), (OWNER, row.user if row else None)]
    reports = case.reports.select_related("reporter").order_by("pk")[:REPORTERS_MAX]
    pairs += [(REPORTER, report.reporter) for report in reports]
    seen: dict[Any, tuple[Words, User]] = {}
    for role, user in pairs:
        if user is not None:
            seen.setdefault(user.pk, (role, user))
    return list(seen.values())


def histories_of(people: Iterable[tuple[Words, User]]) -> list[History]:
    """Return what these people have done so far; one query for all of them."""
    roles = {user.pk: role for role, user in people}
    users = User.objects.filter(pk__in=roles).annotate(**_counts()).in_bulk()
    return [
        History(role, users[pk], **{name: getattr(users[pk], f"{name}_count") for name in _counted()})
        for pk, role in roles.items()
        if pk in users
    ]


def _counted() -> dict[str, tuple[QuerySet[Any], str]]:
    """Return by the name of each count the rows that it counts, and the column that says whose they are."""
    removed = Q(outcome_reason__in=[EndReason.REMOVED_BY_STAFF, EndReason.STOPPED_BY_STAFF])
    drops, entries = Drop.objects.filter(paid_at__isnull=False), Submission.objects.all()
    return {
        "drops": (drops, "sender"),
        "removed": (drops.filter(removed), "sender"),
        "entries": (entries, "user"),
        "won": (entries.filter(won_drop__isnull=False), "user"),
        "disqualified": (entries.filter(disqualified_at__isnull=False), "user"),
        "reports": (Report.objects.all(), "drop__sender"),
        "reported": (Report.objects.all(), "reporter"),
        "wrongly": (Report.objects.filter(case__outcome="dismiss-case"), "reporter"),
        "cases": (Case.objects.all(), "person"),
    }


def _counts() -> dict[str, Any]:
    counts = {}
    for name, (rows, owner) in _counted().items():
        theirs = rows.filter(**{owner: OuterRef("pk")}).order_by().values(owner).annotate(rows=Count("pk"))
        counts[f"{name}_count"] = Coalesce(Subquery(theirs.values("rows")), 0)
    return counts


def decisions_about(people: Iterable[tuple[Words, User]]) -> QuerySet[AuditEvent]:
    """Return what moderators decided about these people, newest first."""
    targets = [f"user:{user.pk}" for _role, user in people]
    return AuditEvent.objects.filter(target__in=targets).select_related("actor").order_by("-pk")[:EVENTS_MAX]


def earlier_cases(case: Case) -> QuerySet[Case]:
    """Return closed cases about the same thing, newest first."""
    closed = Case.objects.filter(closed_at__isnull=False).of(case.kind, case.target).exclude(pk=case.pk)
    earlier: QuerySet[Case] = closed.select_related("closed_by", "decision").order_by("-pk")[:EVENTS_MAX]
    return earlier
