"""Hostile entries and prompts of our own, and what must not come of them."""
