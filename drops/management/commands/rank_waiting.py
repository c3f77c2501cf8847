"""`manage.py rank_waiting`: move every drop in ranking on by one step, as beat does every other second."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from drops import tasks
from drops.judging.panel.worker_pool import worker_pool


class Command(BaseCommand):
    help = "Move what waits to be ranked on by one step, once; prints how many drops."

    def handle(self, *args: Any, **options: Any) -> None:
        count = tasks.rank_waiting()
        if settings.JUDGE_SEATS:
            # Beat's worker goes on in the background; this process would end.
            worker_pool().finish()
        self.stdout.write(f"ranked {count}")
