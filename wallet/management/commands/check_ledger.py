"""`manage.py check_ledger`: say that the books are in order, or where they are not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wallet.books import invariants


class Command(BaseCommand):
    help = "Check every invariant of the ledger; exits 1 and names the broken ones."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = invariants.broken()
        for case in broken:
            self.stdout.write(f"{case.name} broken: {case.meaning}")
            for row in case.sample:
                self.stdout.write("    " + ", ".join(str(value) for value in row))
        alarms = invariants.alarms()
        for case in alarms:
            self.stdout.write(f"alarm {case.name}, not true: {case.meaning}")
            for row in case.sample:
                self.stdout.write("    " + ", ".join(str(value) for value in row))
        if broken:
            raise CommandError(f"{len(broken)} of the ledger's invariants are broken.", returncode=1)
        urgent = [case.name for case in alarms if case.is_urgent]
        if urgent:
            raise CommandError(
                f"The ledger is whole, but it can't be said to be right: {', '.join(urgent)}.", returncode=1
            )
        self.stdout.write("ledger ok")
