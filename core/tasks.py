"""The one periodic task that belongs to no room."""

from __future__ import annotations

from celery import shared_task

from core import clock, pulses


@shared_task(name="core.tasks.take_pulse")
def take_pulse() -> int:
    """Write down that this machine's worker runs, and how far its clock is off."""
    pulses.take_pulse(now=clock.now())
    return 1
