"""Which two entries to compare next: a knock-out, then one look at its result."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from drops.ranking.placing import TIE_MARGIN_LOGITS, rank_slots
from drops.ranking.questions import PairAnswer

_SHARES = {"left": (1.0, 0.0), "right": (0.0, 1.0), "equal": (0.5, 0.5)}


@dataclass(frozen=True)
class Bout:
    """A contest so far: who competes (earliest first) and what was answered."""

    seed: str
    slots: tuple[str, ...]
    picks: tuple[PairAnswer, ...] = ()

    @cached_property
    def unusable(self) -> frozenset[str]:
        """Slots that were called unusable at least once."""
        return frozenset().union(*(pick.unusable for pick in self.picks))

    @cached_property
    def usable(self) -> tuple[str, ...]:
        """The other slots, earliest first."""
        return tuple(slot for slot in self.slots if slot not in self.unusable)

    @cached_property
    def counted(self) -> tuple[PairAnswer, ...]:
        """The picks that compare two usable slots.

        Having beaten an entry that can't be used is no merit, and having lost to one
        is no fault, so all other picks count for nothing.
        """
        out = self.unusable
        return tuple(p for p in self.picks if not out & {p.left, p.right})

    @cached_property
    def won(self) -> dict[tuple[str, str], float]:
        """Weights for `rank_slots`: 1 for a pick, ½ either way for an equal one."""
        won: defaultdict[tuple[str, str], float] = defaultdict(float)
        for pick in self.counted:
            left, right = _SHARES[pick.pick]
            won[pick.left, pick.right] += left
            won[pick.right, pick.left] += right
        return dict(won)


def pairs_enough(count: int) -> int:
    """How many pairs settle `count` entries: one less, and a second look from three."""
    return count if count > 2 else max(0, count - 1)


def next_pair(bout: Bout) -> tuple[str, str] | None:
    """The next left and right slot to compare, or None once enough was compared.

    Whoever has not lost to a usable entry is still in the knock-out, so the victims
    of an entry that turns out unusable come back. The number of pairs never exceeds
    that of a contest without such surprises.
    """
    asked, enough = len(bout.picks), pairs_enough(len(bout.usable))
    if asked >= pairs_enough(len(bout.slots)) or len(bout.counted) >= enough:
        return None
    unbeaten = _unbeaten(bout)
    if len(unbeaten) > 1:
        one, other = unbeaten[:2]
    else:
        one, other = unbeaten[0], _closest_loser(bout, unbeaten[0])
    for pick in reversed(bout.picks):
        if {pick.left, pick.right} == {one, other}:
            return pick.right, pick.left
    swap = _draw(bout.seed, "side", asked) % 2
    return (other, one) if swap else (one, other)


def _unbeaten(bout: Bout) -> list[str]:
    """Those still in the knock-out, the least often shown first, else shuffled."""
    beaten = set()
    for pick in bout.counted:
        # Of two equal entries the earlier one goes on.
        goes_on = pick.preferred or min(pick.left, pick.right, key=bout.slots.index)
        beaten.add(pick.right if goes_on == pick.left else pick.left)
    shown = Counter(slot for pick in bout.picks for slot in (pick.left, pick.right))

    def turn(slot: str) -> tuple[int, int]:
        return shown[slot], _draw(bout.seed, "turn", bout.slots.index(slot))

    return sorted((slot for slot in bout.usable if slot not in beaten), key=turn)


def _closest_loser(bout: Bout, leader: str) -> str:
    """The strongest of the rest; among the nearly as strong, one not yet met."""
    strengths = rank_slots(bout.usable, bout.won).strengths
    rest = [slot for slot in bout.usable if slot != leader]
    best = max(strengths[slot] for slot in rest)
    near = [slot for slot in rest if best - strengths[slot] < TIE_MARGIN_LOGITS]
    unmet = [slot for slot in near if (leader, slot) not in bout.won]
    # max keeps the first of equals, which is the earliest.
    return max(unmet or near, key=lambda slot: strengths[slot])


def _draw(seed: str, purpose: str, number: int) -> int:
    """A number nobody can foresee without the seed.

    It is drawn by position and never by name, so that naming the slots differently
    changes nothing.
    """
    digest = hashlib.sha256(f"{seed}\n{purpose}\n{number}".encode()).digest()
    return int.from_bytes(digest[:8], "big")
