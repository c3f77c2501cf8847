"""`manage.py send_outbound`: one pass of what beat does: events, top-ups, withdrawals, mails, webhooks."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.tasks import deliver_notices
from wallet import tasks


class Command(BaseCommand):
    help = "Work once on everything that waits for Stripe, the mail server or a webhook; prints how many rows."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"worked on {tasks.send_outbound() + deliver_notices()}")
