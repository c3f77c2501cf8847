"""Signals from the wallet to the rooms above it, which it does not know."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with `topup` and `now` once the credit is committed. A crash in between loses it, so whoever waits for money
# also asks the table.
topup_settled = Signal()
