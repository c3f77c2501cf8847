"""Counts of the acts of moderators, month by month, for anybody to read. Of whom and of what, nothing.

The figures are those of yesterday's end (UTC): whoever watches them sees them move once a day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import ceil
from statistics import median

from django.core.cache import caches
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent
from core.words import Words
from drops.models import Appeal, Report
from drops.standings.records import day_of

MONTHS_SHOWN = 13
# Of fewer, a typical time would be somebody's own.
TIMES_MIN = 3
CACHED_SECONDS = 86_400
OTHER = _("Other decisions, about money and accounts among them")

# What takes two people, or may; done, it is counted as what it is.
BY_TWO = ("remove", "stop", "disqualify", "verdict", "uphold-appeal", "adjust", "give-role")
# What an act of staff is counted as; whatever is not named here is among the others.
KINDS: dict[Words, tuple[str, ...]] = {
    _("Drops removed or stopped, money back"): ("remove", "stop"),
    _("Entries disqualified"): ("disqualify",),
    _("Taken out of sight: drops, works, files, profiles, feedback"): (
        "hide-drop",
        "hide-work",
        "hide-file",
        "hide-profile",
        "hide-feedback",
    ),
    _("Brought back into sight"): ("unhide-drop", "unhide-work", "unhide-file", "unhide-profile"),
    _("Accounts suspended"): ("suspend",),
    _("Accounts reinstated"): ("reinstate",),
    _("Names and handles changed"): ("rename", "take-handle"),
    _("Verdicts taken over or given by moderators"): ("judge-by-hand", "decide", "pay-linked"),
    _("Reports answered, cases dismissed"): ("handle-report", "dismiss-case"),
    _("Warnings and limits, given or lifted"): ("warn", "limit", "lift-limits"),
    _("Appeals answered"): ("dismiss-appeal", "uphold-appeal"),
    _("Sealed entries and files read, each with a reason on record"): (
        "read",
        "download",
        "read-panel",
        "read-to-judge",
    ),
    _("Cases opened, taken, given back, assigned; notes written"): (
        *("open-case", "take-case", "give-back-case", "assign-case", "note-case", "note"),
    ),
    _("Asked of a second person, or refused by one"): (
        *(f"ask-{kind}" for kind in BY_TWO),
        *(f"refuse-{kind}" for kind in BY_TWO),
    ),
}
KIND_OF = {action: kind for kind, actions in KINDS.items() for action in actions}


@dataclass
class Month:
    """One month's counts. Reports and appeals are those made in it, however they were answered by now."""

    begins: date
    reports: int = 0
    reports_answered: int = 0
    report_hours: list[float] = field(default_factory=list)
    upheld: int = 0
    dismissed: int = 0
    appeals_open: int = 0
    appeal_hours: list[float] = field(default_factory=list)
    actions: Counter[str] = field(default_factory=Counter)

    @property
    def reports_open(self) -> int:
        return self.reports - self.reports_answered

    @property
    def appeals(self) -> int:
        return self.upheld + self.dismissed + self.appeals_open

    @property
    def upheld_percent(self) -> int | None:
        """Return the share of those answered that were upheld; None before there is one."""
        answered = self.upheld + self.dismissed
        return round(100 * self.upheld / answered) if answered else None

    @property
    def report_median(self) -> int | None:
        return _typical(self.report_hours)

    @property
    def appeal_median(self) -> int | None:
        return _typical(self.appeal_hours)

    @property
    def acts(self) -> int:
        return sum(self.actions.values())

    @property
    def by_kind(self) -> list[tuple[Words, int]]:
        """Return every kind of act with its count, the others last; together they are all acts."""
        counts: Counter[str] = Counter()
        for action, count in self.actions.items():
            counts[str(KIND_OF.get(action, OTHER))] += count
        return [(kind, counts[str(kind)]) for kind in (*KINDS, OTHER)]


def _typical(hours: list[float]) -> int | None:
    return max(1, ceil(median(hours))) if len(hours) >= TIMES_MIN else None


def months_until(now: datetime) -> list[Month]:
    """Return the last months, the newest first, up to the end of yesterday; counted once a day."""
    until = day_of(now)
    key = f"transparency-{until:%Y-%m-%d}"
    months: list[Month] | None = caches["texts"].get(key)
    if months is None:
        months = _count(until)
        caches["texts"].set(key, months, CACHED_SECONDS)
    return months


def _count(until: datetime) -> list[Month]:
    begins = _months_before(until)
    months = {begin.date(): Month(begin.date()) for begin in begins}
    span = {"created_at__gte": begins[-1], "created_at__lt": until}
    for made_at, handled_at in Report.objects.filter(**span).values_list("created_at", "handled_at"):
        month = months[_month_of(made_at).date()]
        month.reports += 1
        if handled_at is not None and handled_at < until:
            month.reports_answered += 1
            month.report_hours.append(_hours(handled_at - made_at))
    for made_at, status, decided_at in Appeal.objects.filter(**span).values_list("created_at", "status", "decided_at"):
        month = months[_month_of(made_at).date()]
        if decided_at is None or decided_at >= until:
            month.appeals_open += 1
            continue
        month.upheld += status == Appeal.Status.UPHELD
        month.dismissed += status == Appeal.Status.DISMISSED
        month.appeal_hours.append(_hours(decided_at - made_at))
    events = AuditEvent.objects.filter(**span).annotate(month=TruncMonth("created_at", tzinfo=UTC))
    for begin, action, count in events.values_list("month", "action").annotate(Count("pk")).order_by():
        months[begin.date()].actions[action] += count
    return list(months.values())


def _months_before(until: datetime) -> list[datetime]:
    """Return the first moments of the months shown, the newest first. On a month's first day the last one is whole."""
    begins = [_month_of(until - timedelta(days=1))]
    while len(begins) < MONTHS_SHOWN:
        begins.append(_month_of(begins[-1] - timedelta(days=1)))
    return begins


def _month_of(moment: datetime) -> datetime:
    return day_of(moment).replace(day=1)


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3_600
