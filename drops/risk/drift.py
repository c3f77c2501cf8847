"""Judges that no longer judge as they did: their figures of the last fortnight beside those of the ten weeks before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import sqrt

from drops.judging.panel.report import REPORT_DAYS, JudgeRecord, Tally, records_since
from drops.models.risk import RiskKind
from drops.risk.marks import Mark, put_mark

LATELY = timedelta(days=14)
FIGURES = ("agreement", "first", "longer", "unread")
# Of fewer cases on either side nothing is said.
CASES_MIN = 60
# So far apart, and further than chance takes them once in some thousand years of nights.
APART_MIN, DEVIATIONS_MIN = 0.12, 4.5


def drift_of(before: Tally, lately: Tally) -> float:
    """Return by how much a share has moved, up or down; 0 where that may be chance. Pure."""
    if min(before.count, lately.count) < CASES_MIN:
        return 0.0
    moved = lately.hits / lately.count - before.hits / before.count
    # By chance a share may also rise or fall because longer lists were judged.
    expected = lately.expected / lately.count - before.expected / before.count
    moved -= expected
    whole = (before.hits + lately.hits) / (before.count + lately.count)
    spread = sqrt(max(whole * (1 - whole), 0.01) * (1 / before.count + 1 / lately.count))
    return moved if abs(moved) >= APART_MIN and abs(moved) / spread >= DEVIATIONS_MIN else 0.0


def mark_drift(*, now: datetime) -> int:
    """Mark the models of which a figure has moved; returns how many marks are new."""
    long_ago, a_while_ago = now - timedelta(days=REPORT_DAYS), now - LATELY
    before, lately = records_since(long_ago, a_while_ago), records_since(a_while_ago)
    marks = [mark for model in sorted(before.keys() & lately.keys()) for mark in _marks(model, before, lately, now)]
    return sum(put_mark(mark=mark, now=now) for mark in marks)


def _marks(model: str, before: dict[str, JudgeRecord], lately: dict[str, JudgeRecord], now: datetime) -> Iterator[Mark]:
    for name in FIGURES:
        then, since = getattr(before[model], name), getattr(lately[model], name)
        if moved := drift_of(then, since):
            told = {"figure": name, "before": round(then.hits / then.count, 2), "before_count": then.count}
            told |= {"lately": round(since.hits / since.count, 2), "lately_count": since.count}
            # Said once a month and direction: what goes on drifting is said again.
            key = f"{name}{'+' if moved > 0 else '-'}{now:%Y-%m}"
            yield Mark(RiskKind.JUDGE, model, key, told, frozenset(), min(1.0, abs(moved) * 2))
