"""`manage.py judge_check`: try the configured judges on the golden pairs, and say which may settle money."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from drops.judging.panel.checking import all_judges, try_judges
from drops.models import SeatCheck


class Command(BaseCommand):
    help = "Ask every judge (or one) the golden pairs in both orders; exits 1 where one may not settle money."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seat", metavar="NAME", help="only this seat, as JUDGE_SEATS names it")

    def handle(self, *args: Any, **options: Any) -> None:
        judges = [judge for judge in all_judges() if options["seat"] in {None, judge.name}]
        if not judges:
            known = ", ".join(judge.name for judge in all_judges())
            raise CommandError(f"There is no such seat; there are: {known}." if known else "JUDGE_SEATS is empty.")
        failed = 0
        for check in try_judges(judges=judges, now=clock.now()):
            self.report(check)
            failed += not check.passed
        if failed:
            raise CommandError(f"{failed} of {len(judges)} may not settle money.", returncode=1)
        self.stdout.write("all may settle money")

    def report(self, check: SeatCheck) -> None:
        self.stdout.write(f"{check}: {check.model}, {check.calls} calls, {check.cost_cents:.2f} cents")
        for name, value in check.figures.items():
            self.stdout.write(f"    {name.replace('_', ' ')} {value:.0%}")
        for sentence in check.shortfalls:
            self.stdout.write(f"    {sentence}")
