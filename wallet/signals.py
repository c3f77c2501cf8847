"""Signals from the wallet to the rooms above it, which it does not know."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with `topup` and `now` once the credit is committed. A crash in between loses it, so whoever waits for money
# also asks the table.
topup_settled = Signal()

# Sent with `user` and `now` when a bank account of theirs becomes known, and before they withdraw: a room that knows
# which accounts belong together looks again.
signs_known = Signal()

# Sent with `row` and `now`, in the transaction in which something came to wait for a person: a withdrawal that stopped,
# a top-up or a prize that is held.
came_to_wait = Signal()

# Sent with `row`, `staff`, `event` (the record of it) and `now`, in the transaction of each decision of staff.
was_decided = Signal()
