"""`manage.py payee_report YEAR`: what each payee won and was sent, as CSV."""

from __future__ import annotations

import csv
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.cells import plain
from wallet.books.payees import payees_of

COLUMNS = [
    "year",
    "payee",
    "name",
    "email",
    "stripe account",
    "prizes, cents",
    "prizes taken back, cents",
    "sent to Stripe, cents",
    "of it come back, cents",
]
FIRST_YEAR = 2020


class Command(BaseCommand):
    help = "Print a CSV of what each payee won and was sent in a calendar year (UTC), in US cents."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        year, this_year = options["year"], clock.now().year
        if not FIRST_YEAR <= year <= this_year:
            raise CommandError(f"A year is {FIRST_YEAR} to {this_year}.")
        writer = csv.writer(self.stdout)
        writer.writerow(COLUMNS)
        for payee in payees_of(year):
            texts = [plain(text) for text in (payee.user.name or "", payee.user.email, payee.stripe_account)]
            sums = [payee.prizes_cents, payee.prizes_returned_cents, payee.withdrawn_cents, payee.withdrawn_back_cents]
            writer.writerow([year, payee.user.pk, *texts, *sums])
