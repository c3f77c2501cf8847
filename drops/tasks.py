"""The bells: each reads the clock, asks the table what is due and calls one verb per row or batch.

Ringing twice, late or never costs seconds, not money. The same functions serve the recovery commands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from celery import shared_task

from clorp import clock
from clorp.errors import Refused
from drops import closing, competing, judging, lifecycle
from drops.models import Claim, Drop

log = logging.getLogger(__name__)

# A ceiling on one ring, so that a backlog is worked off over several beats instead of holding one worker.
ROWS_MAX = 500
CLOSE_BATCHES_MAX = 40


@shared_task(name="drops.tasks.close_windows")
def close_windows() -> int:
    """Close what is due, batch by batch, each with a fresh look at the clock. Returns how many."""
    total = 0
    for _ in range(CLOSE_BATCHES_MAX):
        closed = len(closing.close_due(now=clock.now()))
        total += closed
        if not closed:
            break
    return total


@shared_task(name="drops.tasks.rank_waiting")
def rank_waiting() -> int:
    """Move every drop in ranking on by one step, oldest first."""
    waiting = Drop.objects.needs_bell(clock.now()).order_by("closed_at")[:ROWS_MAX]
    return _each(waiting, lambda drop: judging.rank_drop(drop=drop, now=clock.now()))


@shared_task(name="drops.tasks.lapse_leases")
def lapse_leases() -> int:
    """Free seats whose lease ran out with nothing submitted."""
    overdue = Claim.objects.lease_over(clock.now()).order_by("lease_expires_at")[:ROWS_MAX]
    return _each(overdue, lambda claim: competing.lapse_claim(claim=claim, now=clock.now()))


@shared_task(name="drops.tasks.abandon_unpaid")
def abandon_unpaid() -> int:
    """Clear away drops that nobody paid for in time."""
    unpaid = Drop.objects.unpaid_since(clock.now()).order_by("created_at")[:ROWS_MAX]
    return _each(unpaid, lambda drop: lifecycle.abandon_unpaid_drop(drop=drop, now=clock.now()))


def _each(rows: Iterable[Any], verb: Callable[[Any], object]) -> int:
    """Call `verb` for each row; one that cannot be handled is named in the log and must not stop the others."""
    done = 0
    for row in rows:
        try:
            verb(row)
            done += 1
        except Refused as refusal:
            log.info("row had moved on", extra={"row": str(row.pk), "code": refusal.code})
        except Exception:
            log.exception("row failed", extra={"row": str(row.pk)})
    return done
