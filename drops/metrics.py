"""The game's figures: how late the bell rings, and what waits. Every read is on an index, whatever the table's size."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Aggregate, Count, DurationField, F, Max, Min, Q
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from drops.judging.panel.budget import day_cents
from drops.models import Cleaning, Drop, JudgingRound, PanelCall, Status
from drops.models.risk import MarkState
from drops.risk.measuring import figures_of_marks

LAG_PERIOD = timedelta(hours=1)
# Ended drops only ever grow in number; counting them would read the whole table each time.
LIVE = (Status.PENDING_PAYMENT, Status.OPEN, Status.RANKING)


class Percentile(Aggregate):
    """The value that the share `share` of the rows does not exceed."""

    function = "PERCENTILE_DISC"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def figures(now: datetime) -> Iterable[Metric]:
    drops = GaugeMetricFamily("clorp_drops", "Drops that are not over, by status", labels=["status"])
    for status in LIVE:
        drops.add_metric([status.value], Drop.objects.filter(status=status).count())
    yield drops
    yield from lateness(now)
    due = Drop.objects.due(now).aggregate(count=Count("pk"), oldest=Min("window_closes_at"))
    yield GaugeMetricFamily("clorp_due_drops", "Open drops whose bell should have rung", value=due["count"])
    waited = max((now - due["oldest"]).total_seconds(), 0) if due["oldest"] else 0
    yield GaugeMetricFamily("clorp_due_oldest_seconds", "How long the oldest of them has waited", value=waited)
    waiting = Drop.objects.due_in_ranking(now).count()
    yield GaugeMetricFamily("clorp_ranking_waiting", "Closed drops whose ranking should go on by itself", value=waiting)
    held = Drop.objects.waiting_for_staff().count()
    yield GaugeMetricFamily("clorp_ranking_with_staff", "Closed drops that wait for staff to judge", value=held)
    late = Drop.objects.late_with_staff(now).count()
    yield GaugeMetricFamily("clorp_ranking_with_staff_late", "Those that have waited longer than they may", value=late)
    yield from cleanings()
    yield from risk_marks(now)
    if settings.JUDGE_SEATS:
        yield from panels(now)


def cleanings() -> Iterable[Metric]:
    """Yield what the nightly cleaning has taken away so far, by kind, and when it last looked."""
    rows = CounterMetricFamily("clorp_cleaned", "Rows that the nightly cleaning took away", labels=["kind"])
    last = GaugeMetricFamily("clorp_cleaned_at", "When it last looked, in seconds since 1970", labels=["kind"])
    for row in Cleaning.objects.order_by("kind"):
        rows.add_metric([row.kind], row.rows)
        last.add_metric([row.kind], row.cleaned_at.timestamp())
    yield rows
    yield last


def risk_marks(now: datetime) -> Iterable[Metric]:
    """Yield what became of the risk marks of the last weeks, and which share of those decided was dismissed."""
    marks = GaugeMetricFamily("clorp_risk_marks", "Risk marks of the last 90 days", labels=["kind", "state"])
    shares = GaugeMetricFamily("clorp_risk_dismissed_share", "Dismissed, of the decided ones of these", labels=["kind"])
    for of_kind in figures_of_marks(now):
        for state in MarkState.values:
            marks.add_metric([of_kind.kind.value, state], getattr(of_kind, state))
        if of_kind.dismissed_share is not None:
            shares.add_metric([of_kind.kind.value], of_kind.dismissed_share)
    yield marks
    yield shares


def panels(now: datetime) -> Iterable[Metric]:
    """Yield what waits for the judging panel, what it costs today (UTC), and how its models answer."""
    waiting = JudgingRound.objects.needs_worker(now).count()
    yield GaugeMetricFamily("clorp_panel_waiting", "Closed drops whose panel nobody asks yet", value=waiting)
    cents = float(day_cents(now))
    yield GaugeMetricFamily("clorp_panel_cents_today", "Cents that judges have cost or reserved today", value=cents)
    asked = GaugeMetricFamily("clorp_panel_attempts", "Calls to models in the last hour", labels=["model", "result"])
    failed = Count("pk", filter=~Q(failure=""))
    recent = PanelCall.objects.filter(created_at__gt=now - LAG_PERIOD).order_by().values("model")
    for row in recent.annotate(all=Count("pk"), failed=failed):
        asked.add_metric([row["model"], "failed"], row["failed"])
        asked.add_metric([row["model"], "answered"], row["all"] - row["failed"])
    yield asked


def lateness(now: datetime) -> Iterable[Metric]:
    """How long after their bell the last hour's drops closed; those that closed early, being full, don't count."""
    closed = Drop.objects.filter(closed_at__gt=now - LAG_PERIOD, closed_at__gte=F("window_closes_at"))
    late = F("closed_at") - F("window_closes_at")
    seen = closed.aggregate(
        count=Count("pk"), p50=Percentile(late, share=0.5), p99=Percentile(late, share=0.99), most=Max(late)
    )
    lag = GaugeMetricFamily("clorp_close_lag_seconds", "Lateness of the bell in the last hour", labels=["quantile"])
    if seen["count"]:
        for quantile, name in (("0.5", "p50"), ("0.99", "p99"), ("1", "most")):
            lag.add_metric([quantile], seen[name].total_seconds())
    yield lag
    yield GaugeMetricFamily("clorp_closed_last_hour", "Drops closed by the bell in the last hour", value=seen["count"])
