"""Who copied from an earlier entry: the same words, or the same code under other names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from drops.ranking.likeness import Runs, fenced_blocks, runs_of, shapes_of, share_within, words_of

Likeness: TypeAlias = Literal["copy", "similar"]

COPY_SHARE = 0.5
SIMILAR_SHARE = 0.25
SHAPE_COPY_SHARE = 0.6
# An earlier entry that is found whole in a longer, later one.
EMBEDDED_SHARE = 0.8
# Below these, two people can write the same by chance; and an early entry of stock phrases
# must not turn every later one that contains them into a copy.
RUNS_MIN = 4
EMBEDDED_RUNS_MIN = 25
SHAPES_MIN = 40
SAME_CHARS_MIN = 40


@dataclass(frozen=True, slots=True)
class Prints:
    """The fingerprints of one entry, without those of the prompt: quoting the task is no copying."""

    runs: Runs
    shapes: Runs
    letters: str

    @classmethod
    def take(cls, text: str, code: str, prompt: Prints | None = None) -> Prints:
        """Of an entry's whole `text` and of what is `code` in it."""
        words = words_of(text)
        runs, shapes = runs_of(words), shapes_of(code)
        if prompt is None:
            return cls(runs, shapes, "".join(words))
        return cls(runs - prompt.runs, shapes - prompt.shapes, "".join(words))

    def likeness_to(self, earlier: Prints) -> Likeness | None:
        """Return what this later entry has from the `earlier` one."""
        if len(self.letters) >= SAME_CHARS_MIN and self.letters == earlier.letters:
            return "copy"
        taken = share_within(self.runs, earlier.runs) if len(self.runs) >= RUNS_MIN else 0.0
        shaped = share_within(self.shapes, earlier.shapes) if len(self.shapes) >= SHAPES_MIN else 0.0
        if taken >= COPY_SHARE or shaped >= SHAPE_COPY_SHARE or self._embeds(earlier):
            return "copy"
        return "similar" if taken >= SIMILAR_SHARE else None

    def _embeds(self, earlier: Prints) -> bool:
        words = len(earlier.runs) >= EMBEDDED_RUNS_MIN and share_within(earlier.runs, self.runs) >= EMBEDDED_SHARE
        shape = len(earlier.shapes) >= SHAPES_MIN and share_within(earlier.shapes, self.shapes) >= EMBEDDED_SHARE
        return words or shape


def find_copies(prints: Sequence[Prints]) -> dict[int, tuple[int, Likeness]]:
    """For `prints`, earliest first: the place of each later entry that is like an earlier one, which one, and how.

    A copy is reported before a mere likeness, and the earliest original before later ones.
    """
    likenesses: dict[int, tuple[int, Likeness]] = {}
    for place, later in enumerate(prints):
        alike = [(other, likeness) for other in range(place) if (likeness := later.likeness_to(prints[other]))]
        if alike:
            likenesses[place] = min(alike, key=lambda pair: (pair[1] != "copy", pair[0]))
    return likenesses


def code_in(text: str, files: Sequence[str], *, is_code: bool) -> str:
    """Return what is code in an entry: its files and fenced blocks; without any, all of it where `is_code` says so."""
    blocks = [content for _, content in fenced_blocks(text)] + list(files)
    return "\n".join(blocks if blocks or not is_code else [text])
