"""Our book and Stripe's, held against each other."""

from wallet.reconciliation.comparing import books_cents, reconcile, unmatched_lines, unmatched_transfers

__all__ = ["books_cents", "reconcile", "unmatched_lines", "unmatched_transfers"]
