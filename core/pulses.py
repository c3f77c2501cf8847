"""Signs of life: when the worker of each machine last ran a periodic task, and how far that machine's clock is off."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from datetime import datetime, timedelta

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from core import clock
from core.models import Pulse

# A container that was replaced comes no more, and a machine that is away is news for a while.
KEPT = timedelta(hours=1)
HOST_CHARS_MAX = 100


def take_pulse(*, now: datetime) -> None:
    """Write down that this machine's worker runs, and forget those that have long been still."""
    Pulse.objects.update_or_create(
        host=host(), defaults={"at": now, "clock_ahead_seconds": clock.machine_ahead_seconds()}
    )
    Pulse.objects.filter(at__lt=now - KEPT).delete()


def host() -> str:
    return socket.gethostname()[:HOST_CHARS_MAX]


def figures(now: datetime) -> Iterable[Metric]:
    """Yield each worker's last sign of life, and how far the clock of each machine is off, of this one too."""
    seen = GaugeMetricFamily("clorp_worker_seen_at", "When a worker last ran a task, since 1970", labels=["host"])
    ahead = GaugeMetricFamily(
        "clorp_clock_ahead_seconds",
        "How far a machine's clock is ahead of the database's; behind where negative",
        labels=["host", "process"],
    )
    for pulse in Pulse.objects.order_by("host"):
        seen.add_metric([pulse.host], pulse.at.timestamp())
        if pulse.clock_ahead_seconds is not None:
            ahead.add_metric([pulse.host, "worker"], pulse.clock_ahead_seconds)
    ours = clock.machine_ahead_seconds()
    if ours is not None:
        ahead.add_metric([host(), "web"], ours)
    yield seen
    yield ahead
