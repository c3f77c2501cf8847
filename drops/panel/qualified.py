"""Whether a seat may settle money: only once it has been checked against contests whose winner is known."""

from __future__ import annotations

from django.conf import settings

from drops.panel.seats import Seat


def qualified(seat: Seat) -> bool:
    """Whether `seat` may judge for money. JUDGE_UNCHECKED lets every seat judge, for play money and tests alone."""
    return bool(settings.JUDGE_UNCHECKED)
