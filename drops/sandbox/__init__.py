"""Sandbox drops: programs try their wiring. A sandbox drop is no drop, so no money, record or list can know of it."""
