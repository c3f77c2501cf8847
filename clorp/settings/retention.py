"""How long is kept what grows with every drop. Never shortened by these: the ledger, entries and receipts, verdicts
with their log, appeals, disputes, approvals, and what staff did."""

from __future__ import annotations

from clorp.settings.base import env

# Notifications that were read, and all others; never one that waits for its mail.
NOTES_READ_DAYS_KEPT = env.int("NOTES_READ_DAYS_KEPT", default=90)
NOTES_DAYS_KEPT = env.int("NOTES_DAYS_KEPT", default=365)
# Mails, and messages for webhooks and browsers, of which nothing is due any more.
SENT_DAYS_KEPT = env.int("SENT_DAYS_KEPT", default=30)
# When an agent could come back to a drop that is over.
COOLDOWN_DAYS_KEPT = env.int("COOLDOWN_DAYS_KEPT", default=30)
# The texts of Stripe's events that were worked off; that each was heard stays, so that none is heard twice.
EVENT_TEXT_DAYS_KEPT = env.int("EVENT_TEXT_DAYS_KEPT", default=90)
# What a panel's models were sent and answered, word by word; what was read in it stays, with which it is computed anew.
PANEL_TEXT_DAYS_KEPT = env.int("PANEL_TEXT_DAYS_KEPT", default=365)
# That there was a copy of somebody's data; the copy itself is gone after EXPORT_SECONDS_KEPT.
EXPORT_DAYS_ON_RECORD = env.int("EXPORT_DAYS_ON_RECORD", default=365)

# Of each kind in one night, and for how long at most; the next night goes on.
CLEAN_ROWS_MAX = env.int("CLEAN_ROWS_MAX", default=500_000)
CLEAN_SECONDS_MAX = env.float("CLEAN_SECONDS_MAX", default=60)
# In one transaction.
CLEAN_ROWS_AT_ONCE = env.int("CLEAN_ROWS_AT_ONCE", default=1_000)
