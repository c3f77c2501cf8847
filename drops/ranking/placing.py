"""From comparisons to places: strengths, the rules for ties, and confidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from drops.ranking.strength import DIGITS, add_unseen_ties, estimate_strengths

TieRule: TypeAlias = Literal["both orders", "head-to-head", "score alone", "earlier entry"]
# A rule's name, and how well a slot does by it among those tied with it; the best goes first.
TieBreak: TypeAlias = tuple[TieRule, Callable[[str, Sequence[str]], float]]
Confidence: TypeAlias = Literal["high", "medium", "low"]

TIE_MARGIN_LOGITS = 0.2
CLEAR_MARGIN_LOGITS = 0.6
CLEAR_WINS_MIN = 2


@dataclass(frozen=True, slots=True)
class Placing:
    """The usable slots of a contest, ranked.

    `places` is best first. `margin` is how many logits the first leads the second by,
    0 where a tie rule put the weaker one first, None below two slots. `tie_rule` is
    the rule that decided the first place, None where strength did.
    """

    strengths: Mapping[str, float]
    places: tuple[str, ...]
    margin: float | None
    tie_rule: TieRule | None


def rank_slots(
    slots: Sequence[str], won: Mapping[tuple[str, str], float], tie_breaks: Sequence[TieBreak] | None = None
) -> Placing:
    """Rank `slots`, given in the order in which the earlier one takes a tie.

    `won` is as for `estimate_strengths`, without the pairs that nobody compared. `tie_breaks` are asked one after the
    other before the earlier entry goes first; only the head-to-head record unless said otherwise.
    """
    breaks = (head_to_head(won),) if tie_breaks is None else tie_breaks
    strengths = estimate_strengths(slots, add_unseen_ties(slots, won))
    places: list[str] = []
    first_rule: TieRule | None = None
    rest = list(slots)
    while rest:
        top, rule = _take_top(rest, strengths, breaks)
        if not places:
            first_rule = rule
        places.append(top)
        rest.remove(top)
    margin = None
    if len(places) > 1:
        lead = strengths[places[0]] - strengths[places[1]]
        margin = max(0.0, round(lead, DIGITS))
    return Placing(strengths, tuple(places), margin, first_rule)


def head_to_head(won: Mapping[tuple[str, str], float]) -> TieBreak:
    """The rule that looks at the comparisons of the tied with each other."""

    def lead(slot: str, tied: Sequence[str]) -> float:
        return sum(won.get((slot, o), 0.0) - won.get((o, slot), 0.0) for o in tied)

    return "head-to-head", lead


def _take_top(
    rest: Sequence[str], strengths: Mapping[str, float], breaks: Sequence[TieBreak]
) -> tuple[str, TieRule | None]:
    best = max(strengths[slot] for slot in rest)
    tied = [slot for slot in rest if best - strengths[slot] < TIE_MARGIN_LOGITS]
    if len(tied) == 1:
        return tied[0], None
    for rule, rate in breaks:
        rates = {slot: rate(slot, tied) for slot in tied}
        tied = [slot for slot in tied if rates[slot] == max(rates.values())]
        if len(tied) == 1:
            return tied[0], rule
    return tied[0], "earlier entry"


def rate_confidence(placing: Placing, wins: int, comparisons: int) -> Confidence:
    """How far to trust one person's first place, from the winner's record.

    Low where a tie rule had to decide. High where the winner was preferred every
    time, at least CLEAR_WINS_MIN times, and leads by CLEAR_MARGIN_LOGITS or more.
    Medium otherwise, so also wherever a single look, or none, had to do.
    """
    if placing.tie_rule is not None:
        return "low"
    clear = placing.margin is not None and placing.margin >= CLEAR_MARGIN_LOGITS
    if clear and wins == comparisons >= CLEAR_WINS_MIN:
        return "high"
    return "medium"


def gaps_behind_first(places: Sequence[str], strengths: Mapping[str, float]) -> dict[str, float]:
    """Logits behind the first place, for each slot that has a strength; never smaller for a lower place.

    A tie rule can put a slot before one that is slightly stronger. Its gap is then that of
    the stronger one behind it, so that nobody reads of a smaller gap and a lower place.
    """
    ranked = [slot for slot in places if slot in strengths]
    gaps: dict[str, float] = {}
    smallest = float("inf")
    for slot in reversed(ranked):
        smallest = max(0.0, min(smallest, strengths[ranked[0]] - strengths[slot]))
        gaps[slot] = smallest
    return gaps
