"""How the rules come round: each stage of a drop's life is followed by a cursor, a little behind the clock."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from drops.models import Drop, RiskCursor
from drops.models.risk import Stage
from drops.risk.copies import look_at_entries
from drops.risk.firsts import look_at_sender
from drops.risk.marks import Mark, put_mark
from drops.risk.prompts import look_at_prompt
from drops.risk.rings import look_at_winner
from drops.risk.webs import look_at_people

log = logging.getLogger(__name__)

Rule = Callable[[Drop, datetime], Iterable[Mark]]
# A transaction carries the time at which its door was opened, and may be seen by others only this much later.
BEHIND = timedelta(seconds=30)
ROWS_MAX = 100
RULES: dict[Stage, tuple[Rule, ...]] = {
    Stage.PAID: (look_at_prompt, look_at_sender),
    Stage.CLOSED: (look_at_entries, look_at_people),
    Stage.ENDED: (look_at_winner,),
}
# By stage, when a drop reached it, and which drops it is told of.
REACHED = {Stage.PAID: "paid_at", Stage.CLOSED: "closed_at", Stage.ENDED: "ended_at"}


def look_at_next(*, stage: Stage, now: datetime) -> int:
    """Look at the next drops that reached a stage, and return how many these were.

    Where a worker is lost among them the next one begins them again: a mark that was put is put once.
    """
    drops = next_drops(stage, now)
    for drop in drops:
        for rule in RULES[stage]:
            _look(rule, drop, now)
    if drops:
        _come_to(stage, drops[-1])
    return len(drops)


def next_drops(stage: Stage, now: datetime) -> list[Drop]:
    """Return the drops at which the rules of a stage have yet to look, in the order in which they reached it."""
    column = REACHED[stage]
    waiting = Drop.objects.filter(**{f"{column}__lte": now - BEHIND})
    if stage == Stage.ENDED:
        waiting = waiting.finished()
    if cursor := RiskCursor.objects.filter(stage=stage).first():
        waiting = waiting.filter(**{f"{column}__gte": cursor.at}).exclude(**{column: cursor.at, "pk__lte": cursor.row})
    waiting = waiting.select_related("sender", "winning_submission").order_by(column, "pk")
    return list(waiting[:ROWS_MAX])


def _come_to(stage: Stage, drop: Drop) -> None:
    stands = {"at": getattr(drop, REACHED[stage]), "row": drop.pk}
    RiskCursor.objects.update_or_create(stage=stage, defaults=stands)


def _look(rule: Rule, drop: Drop, now: datetime) -> None:
    try:
        for mark in rule(drop, now):
            put_mark(mark=mark, now=now)
    except Exception:
        # One drop that a rule can't read must not stand in the way of all that come after it.
        log.exception("rule failed", extra={"row": str(drop.pk), "rule": rule.__name__})
