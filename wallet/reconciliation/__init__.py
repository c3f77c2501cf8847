"""Our book and Stripe's, held against each other."""

from wallet.reconciliation.comparing import Busy, compare_in_turn, reconcile
from wallet.reconciliation.lines import books_cents, unmatched_lines, unmatched_transfers

__all__ = ["Busy", "books_cents", "compare_in_turn", "reconcile", "unmatched_lines", "unmatched_transfers"]
