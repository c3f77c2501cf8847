"""The MinHash of a text, cut into bands: texts that share a large part of their runs share a band. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from zlib import crc32

from rensa import RMinHash

from drops.ranking.copies import SHAPES_MIN, Prints

# Texts are compared where two bands or more are the same. With a half of one taken over, a third of all runs in common,
# they are 94 times in 100; with two thirds, always; with the twentieth that a common phrase makes, once in 200 times.
BAND_ROWS = 2
WORD_BANDS, SHAPE_BANDS = 40, 24
SHARED_MIN = 2
# Below it two people write the same by chance, above all where they answer one question.
RUNS_MIN = 16
SEED = 1


def bands_of(prints: Prints) -> list[int]:
    """Return the bands of an entry's runs of words, and of the shapes of its code; none of what is too short."""
    words = _bands(prints.runs, WORD_BANDS, 0) if len(prints.runs) >= RUNS_MIN else []
    shapes = _bands(prints.shapes, SHAPE_BANDS, WORD_BANDS) if len(prints.shapes) >= SHAPES_MIN else []
    return [*words, *shapes]


def _bands(runs: Iterable[tuple[str, ...]], count: int, first: int) -> list[int]:
    sketch = RMinHash(num_perm=count * BAND_ROWS, seed=SEED)
    sketch.update([" ".join(run) for run in runs])
    numbers = sketch.digest()
    cut = [numbers[start : start + BAND_ROWS] for start in range(0, len(numbers), BAND_ROWS)]
    # Each band by its number, since the same hashes elsewhere mean nothing; signed, as the database keeps integers.
    return [_signed(crc32(struct.pack(f"<{BAND_ROWS}I", *band), first + place)) for place, band in enumerate(cut)]


def _signed(number: int) -> int:
    return number - (1 << 32) if number >= 1 << 31 else number
