"""Print a new key for web push, for operators who keep it outside of the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.push.vapid import new_key


class Command(BaseCommand):
    help = "Print a new VAPID_PRIVATE_KEY. It changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(new_key())
