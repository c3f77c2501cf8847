"""`manage.py rate_afresh`: compute every rating again from the stored results."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from drops.standings import records


class Command(BaseCommand):
    help = "Forget all ratings and compute them again, from all drops that ended before today (UTC); prints how many."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"rated {records.rate_afresh(now=clock.now())}")
