"""Letting the rules come round, and what they mark then."""

from __future__ import annotations

from datetime import datetime

from drops.models import RiskCursor, RiskMark
from drops.models.risk import MarkState, RiskKind, Stage
from drops.risk.looking import look_at_next
from drops.risk.marks import Mark, put_mark
from tests.play import NOON, after

LATER = after(1_000)


def look(now: datetime = LATER) -> None:
    """Let the rules look at all that has happened, from the beginning since games of tests may be all at noon; apart
    from what always is a mark: a first drop."""
    RiskCursor.objects.all().delete()
    for stage in Stage:
        while look_at_next(stage=stage, now=now):
            pass
    RiskMark.objects.filter(kind=RiskKind.FIRST).delete()


def marks(kind: RiskKind | None = None) -> list[RiskMark]:
    rows = RiskMark.objects.order_by("pk")
    return list(rows.filter(kind=kind) if kind else rows)


def mark_on(target, *people, kind=RiskKind.PROMPT, key="k", now=NOON, **evidence) -> RiskMark:
    """A mark as a rule puts it; its newest row, whether or not it is news."""
    evidence = evidence or {"rules": ["password"]}
    put_mark(mark=Mark(kind, target, key, evidence, frozenset(person.pk for person in people), 0.9), now=now)
    return RiskMark.objects.latest("pk")


def states() -> list[MarkState]:
    return [MarkState(mark.state) for mark in marks()]
