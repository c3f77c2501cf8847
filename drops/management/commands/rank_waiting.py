"""`manage.py rank_waiting`: move every drop in ranking on by one step, as beat does every other second."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from drops import tasks


class Command(BaseCommand):
    help = "Move what waits to be ranked on by one step, once; prints how many drops."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"ranked {tasks.rank_waiting()}")
