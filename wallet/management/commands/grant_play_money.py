"""`manage.py grant_play_money EMAIL CENTS`: put play money into somebody's wallet."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from core import clock
from core.errors import Refused
from wallet.books import ledger
from wallet.money import format_cents


class Command(BaseCommand):
    help = "Grant a user play money; refused where the site runs on real money."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("cents", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.STRIPE_SECRET_KEY:
            raise CommandError("Stripe is configured: this site runs on real money.")
        if options["cents"] <= 0:
            raise CommandError("Grant at least one cent.")
        user = User.objects.at_address(options["email"])
        if user is None:
            raise CommandError(f"Nobody here is called {options['email']}.")
        try:
            ledger.grant_play_money(user=user, amount_cents=options["cents"], token=uuid.uuid4().hex, now=clock.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user.email} now has {format_cents(ledger.balance_cents(user))}.")
