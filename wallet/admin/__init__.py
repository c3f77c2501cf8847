"""Money in the admin: what can be read, and the decisions that staff take."""

from wallet.admin import approvals, pages  # noqa: F401  (they register themselves)
