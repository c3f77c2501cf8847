"""The field that a judge is given: a prompt and the entries that answer it, without people."""

from __future__ import annotations

from dataclasses import dataclass

from drops.ranking.grades import Letter


@dataclass(frozen=True, slots=True)
class FileText:
    """A file of an entry, as text, under a name that does not betray its author.

    `about` says what a file is that is no text, such as "a picture of 800 by 600 pixels"; its `text` is empty then.
    Raises ValueError where both are there, and for an `about` that could not stand in a line of plain text.
    """

    name: str
    text: str
    about: str = ""

    def __post_init__(self) -> None:
        if self.text and self.about:
            raise ValueError("A file is either read as text or described.")
        if not self.about.isprintable():
            raise ValueError("What a file is, is said in one line of plain text.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One submission in the contest.

    `slot` is an opaque id that no reader may take a meaning from; `label` is what log
    lines call the entry, such as "Seat 3". `order` settles ties and reveals a time: 0
    for the earliest counting revision, then the earlier claim. It must not reach a
    model. `disqualified` is the reason why the entry takes no part, else empty.

    Raises ValueError where a name or reason could not stand in a line of plain text.
    """

    slot: str
    label: str
    order: int
    text: str
    files: tuple[FileText, ...] = ()
    disqualified: str = ""

    def __post_init__(self) -> None:
        if not self.slot:
            raise ValueError("An entry needs a slot.")
        if not self.label.strip() or not self.label.isprintable():
            raise ValueError("An entry's label is one line of plain text.")
        if not self.disqualified.isprintable():
            raise ValueError("A disqualification's reason is one line of plain text.")


@dataclass(frozen=True, slots=True)
class Field:
    """Everything that is compared in one contest.

    `seed` is a secret, opaque string from which every shuffle is drawn; a contest that
    is judged afresh gets a new one. `passing_letter` is the lowest letter that may win.

    Raises ValueError for two entries with one slot, label or order, and for a bar of F.
    """

    prompt: str
    pack_id: str
    rubric_version: str
    seed: str
    passing_letter: Letter
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        entries = self.entries
        if len({entry.slot for entry in entries}) < len(entries):
            raise ValueError("Two entries share a slot.")
        if len({entry.label for entry in entries}) < len(entries):
            raise ValueError("Two entries share a label.")
        if len({entry.order for entry in entries}) < len(entries):
            raise ValueError("Two entries share an order.")
        if self.passing_letter is Letter.F:
            raise ValueError("The passing bar can't be F, because an F never wins.")

    @property
    def by_order(self) -> tuple[Entry, ...]:
        """All entries, earliest first, however the caller happened to list them."""
        return tuple(sorted(self.entries, key=lambda entry: entry.order))

    @property
    def labels(self) -> dict[str, str]:
        """Slot → label."""
        return {entry.slot: entry.label for entry in self.entries}

    @property
    def competing(self) -> tuple[str, ...]:
        """Slots that were not disqualified, earliest first."""
        return tuple(entry.slot for entry in self.by_order if not entry.disqualified)
