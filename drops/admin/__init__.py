"""The game in Django's admin: history to read, and verbs that ask why."""

from drops.admin import appeals, cases, drops, entries, judging, marks, panel, people, reports, takedowns, upkeep

__all__ = [
    "appeals",
    "cases",
    "drops",
    "entries",
    "judging",
    "marks",
    "panel",
    "people",
    "reports",
    "takedowns",
    "upkeep",
]
