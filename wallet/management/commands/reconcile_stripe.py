"""`manage.py reconcile_stripe`: compare our books with Stripe's, now."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import clock
from wallet.money import format_cents
from wallet.reconciliation import Busy, compare_in_turn


class Command(BaseCommand):
    help = "Post what Stripe knows and we don't, and say how the books compare; exits 1 where they differ."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.STRIPE_SECRET_KEY:
            raise CommandError("Stripe is not configured.")
        try:
            comparison = compare_in_turn(now=clock.now())
        except Busy:
            raise CommandError("The books are being compared by the worker; ask again in a few minutes.") from None
        held, difference = comparison.stripe_cents, comparison.difference_cents
        self.stdout.write(
            f"Stripe holds {'an unknown sum' if held is None else format_cents(held)}, "
            f"the books say {format_cents(comparison.books_cents)}. "
            f"{comparison.new_lines} new lines; unmatched: {comparison.unmatched_lines} lines of Stripe's, "
            f"{comparison.unmatched_transfers} transfers of ours."
        )
        if not comparison.is_whole:
            faults = [f"The books differ by {format_cents(difference)}."] if difference else []
            if comparison.unseen:
                faults.append(f"Stripe could not be asked for: {', '.join(comparison.unseen)}.")
            raise CommandError(" ".join(faults), returncode=1)
        self.stdout.write("books agree")
