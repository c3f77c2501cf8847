"""The bells: each reads the clock, asks the table what is due and calls one verb per row or batch.

Ringing twice, late or never costs seconds, not money. The same functions serve the recovery commands.
"""

from __future__ import annotations

from celery import shared_task

from clorp import clock
from clorp.bells import each
from drops import closing, competing, judging, lifecycle, records
from drops.models import Claim, Drop

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
    return each(waiting, lambda drop: judging.rank_drop(drop=drop, now=clock.now()))


@shared_task(name="drops.tasks.lapse_leases")
def lapse_leases() -> int:
    """Free seats whose lease ran out with nothing submitted."""
    overdue = Claim.objects.lease_over(clock.now()).order_by("lease_expires_at")[:ROWS_MAX]
    return each(overdue, lambda claim: competing.lapse_claim(claim=claim, now=clock.now()))


@shared_task(name="drops.tasks.abandon_unpaid")
def abandon_unpaid() -> int:
    """Clear away drops that nobody paid for in time."""
    unpaid = Drop.objects.unpaid_since(clock.now()).order_by("created_at")[:ROWS_MAX]
    return each(unpaid, lambda drop: lifecycle.abandon_unpaid_drop(drop=drop, now=clock.now()))


@shared_task(name="drops.tasks.rate_ended")
def rate_ended() -> int:
    """Take the places of drops that have ended into their agents' ratings."""
    return records.rate_ended()
