"""Everything that is drawn for a call: by HMAC, so that nobody can foresee it and whoever has the seed can redo it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

# Without vowels no name is a word, and no name means anything to whoever reads it.
_CONSONANTS = "bcdfghjkmnpqrstvwxz"
NAME_LETTERS = 3
# Syllables are copied without a slip by the smallest models, and three of them are one of 300,000 words.
_SYLLABLES = tuple(consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou")
WORD_SYLLABLES = 3
NONCE_HEX_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Draws:
    """Draws for `purpose`, such as a call's number, under a secret `seed`.

    Nothing is drawn by an entry's slot, so that naming the slots differently changes nothing.
    """

    seed: str
    purpose: str

    def nonce(self) -> str:
        """A fence mark that no author can know."""
        return self._digest("nonce", 0).hex()[:NONCE_HEX_DIGITS]

    def names(self, count: int) -> tuple[str, ...]:
        """`count` different names of NAME_LETTERS different letters."""
        names: list[str] = []
        turn = 0
        while len(names) < count:
            name = self._name(turn)
            if name not in names:
                names.append(name)
            turn += 1
        return tuple(names)

    def _name(self, turn: int) -> str:
        digest, left, name = self._digest("name", turn), list(_CONSONANTS), ""
        for start in range(0, 4 * NAME_LETTERS, 4):
            name += left.pop(int.from_bytes(digest[start : start + 4], "big") % len(left))
        return name

    def words(self, count: int, apart_from: str = "") -> tuple[str, ...]:
        """`count` different words that mean nothing and that nobody can guess, none of them in `apart_from`."""
        known = apart_from.casefold()
        words: list[str] = []
        turn = 0
        while len(words) < count:
            digest = self._digest("word", turn)
            picks = (int.from_bytes(digest[start : start + 4], "big") for start in range(0, 4 * WORD_SYLLABLES, 4))
            word = "".join(_SYLLABLES[pick % len(_SYLLABLES)] for pick in picks)
            if word not in words and word not in known:
                words.append(word)
            turn += 1
        return tuple(words)

    def shuffled(self, items: Sequence[T], part: str = "order") -> tuple[T, ...]:
        """`items` in a random order, each one equally likely but for less than one part in 2⁵⁰."""
        deck = list(items)
        for last in range(len(deck) - 1, 0, -1):
            chosen = int.from_bytes(self._digest(part, last)[:8], "big") % (last + 1)
            deck[last], deck[chosen] = deck[chosen], deck[last]
        return tuple(deck)

    def _digest(self, part: str, number: int) -> bytes:
        message = f"{self.purpose}\n{part}\n{number}".encode()
        return hmac.new(self.seed.encode(), message, hashlib.sha256).digest()
