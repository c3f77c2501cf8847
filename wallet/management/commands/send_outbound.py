"""`manage.py send_outbound`: one pass of what beat does: letters, events, top-ups, withdrawals."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from wallet import tasks


class Command(BaseCommand):
    help = "Work once on everything that waits for Stripe or the mail server; prints how many rows."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"worked on {tasks.send_outbound()}")
