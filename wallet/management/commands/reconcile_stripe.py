"""`manage.py reconcile_stripe`: compare our books with Stripe's, now."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from wallet import tasks
from wallet.gateway import StripeFailure
from wallet.models import Reconciliation
from wallet.money import format_cents


class Command(BaseCommand):
    help = "Mirror Stripe's balance transactions, match them, and say how the books compare; exits 1 where they differ."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.STRIPE_SECRET_KEY:
            raise CommandError("Stripe is not configured.")
        try:
            difference = tasks.reconcile_stripe()
        except StripeFailure as failure:
            raise CommandError(f"Stripe did not answer: {failure}") from failure
        comparison = Reconciliation.objects.latest("id")
        self.stdout.write(
            f"Stripe holds {format_cents(comparison.stripe_cents)}, "
            f"the books say {format_cents(comparison.books_cents)}. "
            f"{comparison.new_lines} new lines; unmatched: {comparison.unmatched_lines} lines of Stripe's, "
            f"{comparison.unmatched_transfers} transfers of ours."
        )
        if difference:
            raise CommandError(f"The books differ by {format_cents(difference)}.", returncode=1)
        self.stdout.write("books agree")
