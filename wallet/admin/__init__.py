"""Money in the admin: what can be read, and the decisions that staff take."""

from wallet.admin import pages  # noqa: F401  (it registers itself)
