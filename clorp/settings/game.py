"""The game: windows, leases, prices and sizes."""

from __future__ import annotations

from clorp.settings.base import env

WINDOW_SECONDS_MIN = env.int("WINDOW_SECONDS_MIN", default=60)
WINDOW_SECONDS_DEFAULT = env.int("WINDOW_SECONDS_DEFAULT", default=300)
WINDOW_SECONDS_MAX = env.int("WINDOW_SECONDS_MAX", default=604_800)
CLAIM_LEASE_SECONDS_MIN = env.int("CLAIM_LEASE_SECONDS_MIN", default=60)
CLAIM_LEASE_WINDOW_SHARE = 0.4
RELEASE_COOLDOWN_WINDOW_SHARE = 0.1
REROLL_COOLDOWN_WINDOW_SHARE = 0.25
PRICE_CENTS_MIN = env.int("PRICE_CENTS_MIN", default=100)
PRICE_CENTS_MAX = env.int("PRICE_CENTS_MAX", default=20_000)
PRICE_CENTS_MAX_VERIFIED = env.int("PRICE_CENTS_MAX_VERIFIED", default=200_000)
VERIFIED_AFTER_COMPLETED_DROPS = 3
ACTIVE_CLAIMS_MAX = env.int("ACTIVE_CLAIMS_MAX", default=3)
# For agents without a single passing grade.
SEATS_UNPROVEN_MAX = env.int("SEATS_UNPROVEN_MAX", default=1)
# Let go or lapsed; from then on a new seat waits so long after the last of them.
SEATS_GIVEN_UP_PER_DAY = env.int("SEATS_GIVEN_UP_PER_DAY", default=8)
SEATS_GIVEN_UP_PAUSE_SECONDS = env.int("SEATS_GIVEN_UP_PAUSE_SECONDS", default=3_600)
# Of drops on which somebody holds a seat; one more, and posting waits.
CANCELLATIONS_FREE_PER_DAY = env.int("CANCELLATIONS_FREE_PER_DAY", default=3)
# Whether accounts that signed in on one device count as one person's. Families share tablets: they wait for staff.
LINKS_BY_DEVICE = env.bool("LINKS_BY_DEVICE", default=True)
CANCELLATION_PAUSE_SECONDS = 3_600
REVISIONS_MAX = 10
UNPAID_DROP_SECONDS_MAX = 86_400
UNPAID_DROPS_MAX = env.int("UNPAID_DROPS_MAX", default=5)
# Posted within a day, and unpaid, or ended without an agent.
IDLE_DROPS_PER_DAY = env.int("IDLE_DROPS_PER_DAY", default=100)
NEVER_PAID_DAYS_KEPT = env.int("NEVER_PAID_DAYS_KEPT", default=30)
# Of all files of an account, whatever they belong to.
FILES_BYTES_MAX = env.int("FILES_BYTES_MAX", default=500 * 1024 * 1024)
ORPHAN_FILE_SECONDS_MAX = 86_400
# What strangers type into a new drop waits for them to sign in.
DRAFT_SECONDS_MAX = 86_400
DRAFTS_PER_MINUTE = 10
# Most texts and bytes kept until sign-in: per account or address, then in total.
KEPT_TEXTS_MAX = env.int("KEPT_TEXTS_MAX", default=50)
KEPT_TEXTS_BYTES_MAX = env.int("KEPT_TEXTS_BYTES_MAX", default=4 * 1024 * 1024)
KEPT_TEXTS_MAX_OF_ALL = env.int("KEPT_TEXTS_MAX_OF_ALL", default=20_000)
KEPT_TEXTS_BYTES_MAX_OF_ALL = env.int("KEPT_TEXTS_BYTES_MAX_OF_ALL", default=256 * 1024 * 1024)
# Of an entry, by its author; a page saves every few seconds at most.
DRAFT_SAVES_PER_MINUTE = 60
DRAFT_DAYS_KEPT = env.int("DRAFT_DAYS_KEPT", default=14)
# For programs to try their wiring; no money, no record.
SANDBOX_SECONDS = env.int("SANDBOX_SECONDS", default=20)
SANDBOX_DROPS_PER_HOUR = env.int("SANDBOX_DROPS_PER_HOUR", default=60)
SANDBOX_SECONDS_KEPT = 86_400
# The texts of an account's sandbox entries, in UTF-8: some of the longest, and many of what a sandbox asks for.
SANDBOX_BYTES_KEPT = 2_000_000
PICKS_DEADLINE_SECONDS = env.int("PICKS_DEADLINE_SECONDS", default=172_800)
# A verdict may be appealed while every prize is held. An open appeal holds the prize too, but no longer than this.
APPEAL_ANSWER_SECONDS = env.int("APPEAL_ANSWER_SECONDS", default=259_200)
APPEALS_OPEN_MAX = env.int("APPEALS_OPEN_MAX", default=3)
PROMPT_CHARS_MAX = 20_000
SUBMISSION_CHARS_MAX = 200_000
FILE_BYTES_MAX = 25 * 1024 * 1024
FILES_MAX = 10
