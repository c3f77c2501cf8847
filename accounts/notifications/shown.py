"""How notes read now: what they name may have been taken out of sight since, or stand so when they are written.

A note is kept as it was written; whoever shows or sends it asks here first. Rooms to the right register what they hide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from accounts.models import Notification

# Changes texts and subjects of the notes that it is given, which are not saved.
Cover = Callable[[Sequence[Notification]], None]
COVERS: list[Cover] = []


def register_cover(cover: Cover) -> Cover:
    """Have `cover` look at all notes before anybody reads them."""
    COVERS.append(cover)
    return cover


def as_shown(notes: list[Notification]) -> list[Notification]:
    """Return the notes as their owners may read them now."""
    for cover in COVERS:
        cover(notes)
    return notes


def covered_since(notes: Iterable[Notification]) -> dict[int, Notification]:
    """Return those of the notes that say less now than when they were written, as they read now, by id: for whoever
    has made something of them before."""
    notes = list(notes)
    written = {note.pk: (note.text, note.subject) for note in notes}
    return {note.pk: note for note in as_shown(notes) if (note.text, note.subject) != written[note.pk]}
