"""The game in Django's admin: history to read, and verbs that ask why."""

from drops.admin import drops, entries, judging, panel, people, reports, takedowns, upkeep

__all__ = ["drops", "entries", "judging", "panel", "people", "reports", "takedowns", "upkeep"]
