"""The page tests' browser and clock."""

from tests.drops.pages import at, browse  # noqa: F401
