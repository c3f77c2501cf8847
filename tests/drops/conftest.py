"""The page tests' browser and clock, and the play with real money."""

from tests.drops.browsing import at, browse  # noqa: F401
from tests.wallet.conftest import books_in_order, play  # noqa: F401
