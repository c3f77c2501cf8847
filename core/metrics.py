"""Figures for Prometheus, read from the tables when somebody asks; rooms add theirs in `ready()`.

Nothing is counted in a process: there are several, and the tables already know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

# A room's reading of its own tables as of a moment, cheap enough to be asked every few seconds.
Figures = Callable[[datetime], Iterable[Metric]]

rooms: list[Figures] = []


def add_figures(figures: Figures) -> None:
    """Let `/metrics` call `figures(now)` each time it is read; adding it again changes nothing."""
    if figures not in rooms:
        rooms.append(figures)


class _Reading(Collector):
    def __init__(self, now: datetime) -> None:
        self.now = now

    def describe(self) -> list[Metric]:
        # Asked on registration; without it the tables would be read twice.
        return []

    def collect(self) -> Iterable[Metric]:
        for figures in rooms:
            yield from figures(self.now)


def reading(now: datetime) -> CollectorRegistry:
    """All rooms' figures as of `now`."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Reading(now))
    return registry
