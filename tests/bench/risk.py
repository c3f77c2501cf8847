"""The risk queues on a site of two months: how much of what was planted among honest drops is marked, and what else.

The rules were made by other seeds, and by the other half of the hostile prompts. What is reported here was never looked
at for it. Copies that are wholly reworded or translated are not among those planted: nothing here would see them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from tests.bench.support.clients import alone
from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.scratch import scratch_database

DROPS = 20_000
SEED = "ferry"
RECALL_MIN, FALSE_MAX = 0.9, 1 / 200
SECONDS_MAX = 7_200


def run() -> list[Row]:
    drops = int(os.environ.get("BENCH_RISK_DROPS", DROPS))
    # To try a rule: other seeds, and the half of the hostile prompts that may be looked at.
    seed = os.environ.get("BENCH_RISK_SEED", SEED)
    with scratch_database() as url:
        seen = alone(look, seed, drops, url=url, seconds_max=SECONDS_MAX)
    rows = [Row("risk: honest drops", seen["honest"], "drops"), Row("risk: entries", seen["entries"], "entries")]
    planted = marked = 0
    for kind, (count, hits) in seen["planted"].items():
        rows.append(Row(f"risk: {kind}, planted", count, ""))
        rows.append(at_least(f"risk: {kind}, recall", hits / count, "share", RECALL_MIN))
        planted, marked = planted + count, marked + hits
    rows.append(at_least("risk: all that was planted, recall", marked / planted, "share", RECALL_MIN))
    for kind, count in seen["wrong"].items():
        rows.append(Row(f"risk: {kind}, false marks", count, "marks"))
    wrong = sum(seen["wrong"].values())
    rows.append(at_most("risk: false marks, of honest drops", wrong / seen["honest"], "share", FALSE_MAX))
    rows.append(Row("risk: false marks, one in", seen["honest"] / max(wrong, 1), "drops"))
    rows.append(Row("risk: first drops of new senders, listed", seen["firsts"], "drops"))
    rows.append(Row("risk: the rules on a drop, all of them", seen["seconds"] / seen["drops"] * 1000, "ms"))
    return rows


def look(start: Callable[[], None], seed: str, drops: int) -> dict[str, Any]:
    """Write the world, let the rules come round, and hold their marks to what was planted."""
    from core import clock
    from drops.models import Drop, Submission
    from drops.models.risk import Stage
    from drops.risk.looking import look_at_next
    from tests.bench.support.risk_world import build

    start()
    now = clock.now()
    world = build(seed, now, drops=drops, tuned=seed != SEED)
    began = time.perf_counter()
    for stage in Stage:
        while look_at_next(stage=stage, now=now):
            pass
    seconds = time.perf_counter() - began
    told = held_to_planted(world)
    return {
        **told,
        "honest": world.honest,
        "entries": Submission.objects.count(),
        "drops": Drop.objects.count(),
        "seconds": seconds,
    }


def held_to_planted(world: Any) -> dict[str, Any]:
    """Return by kind what was planted and how much of it is marked, and the marks of what is honest."""
    from drops.models import RiskMark
    from drops.models.risk import RiskKind

    marks = list(RiskMark.objects.all())
    by_kind = {kind: [mark for mark in marks if mark.kind == kind] for kind in RiskKind}
    copies = {mark.submission_id for mark in by_kind[RiskKind.COPY]}
    hostile = {mark.drop_id for mark in by_kind[RiskKind.PROMPT]}
    circles = [frozenset(mark.people) for kind in (RiskKind.RING, RiskKind.WEB) for mark in by_kind[kind]]
    known = [*world.rings, *world.webs]
    wrong = [mark for mark in (*by_kind[RiskKind.RING], *by_kind[RiskKind.WEB]) if not _is_among(mark.people, known)]
    return {
        "planted": {
            "copies": (len(world.copies), len(copies & world.copies)),
            "hostile prompts": (len(world.hostile), len(hostile & world.hostile)),
            "rings": (len(world.rings), sum(any(one <= ring for one in circles) for ring in world.rings)),
            "webs": (len(world.webs), sum(any(one <= web for one in circles) for web in world.webs)),
        },
        "wrong": {
            "copies": len(copies - world.copies),
            "hostile prompts": len(hostile - world.hostile),
            "rings": sum(mark.kind == RiskKind.RING for mark in wrong),
            "webs": sum(mark.kind == RiskKind.WEB for mark in wrong),
        },
        "firsts": len(by_kind[RiskKind.FIRST]),
    }


def _is_among(people: Any, known: Any) -> bool:
    return any(set(people) <= planted for planted in known)
