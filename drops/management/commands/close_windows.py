"""`manage.py close_windows`: ring the bell once for every drop that is due, as beat does every second."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from drops import tasks


class Command(BaseCommand):
    help = "Close the windows that are due, once; prints how many."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"closed {tasks.close_windows()}")
