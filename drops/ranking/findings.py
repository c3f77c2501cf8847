"""The sum of a panel's answers: who is out, who is strongest, whether it is settled and how sure that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from statistics import fmean

from drops.ranking.log_lines import Comparisons
from drops.ranking.parsing import CheckReading, ListReading
from drops.ranking.placing import CLEAR_MARGIN_LOGITS, Confidence, Placing, TieBreak, head_to_head, rank_slots

JUDGES_MIN = 2
ACCUSERS_MIN = 2
REJECTERS_MIN = 2
CLOSE_LOGITS = 1.2
FINALISTS_MAX = 3
# Five firsts of six, whatever their number.
FIRSTS_SHARE = (5, 6)

Won = dict[tuple[str, str], float]


@dataclass(frozen=True)
class Ballot:
    """One list of one judge: its groups of slots, best first. `half` is 0 for an order, 1 for its reverse."""

    judge: int
    part: int
    half: int
    reading: ListReading


@dataclass(frozen=True)
class Findings:
    """All that was answered so far. `slots` passed the free checks, earliest first.

    `checks` are the readings of single entries by (judge, slot); `barred` slots are treated as set aside.
    `evenly` scores all running slots by the same judges, where enough of them read all.
    """

    slots: tuple[str, ...]
    judges_count: int
    checks: Mapping[tuple[int, str], CheckReading]
    ballots: tuple[Ballot, ...]
    barred: frozenset[str] = field(default=frozenset())
    evenly: bool = True

    def without(self, slot: str) -> Findings:
        """The same contest as if `slot` had been set aside."""
        return replace(self, barred=self.barred | {slot})

    @cached_property
    def accusers(self) -> dict[str, tuple[int, ...]]:
        """Slot → the judges who proved that it addresses them."""
        return {slot: self._judges(slot, lambda check: check.accusation is not None) for slot in self.slots}

    @cached_property
    def quarantined(self) -> tuple[str, ...]:
        """Slots that two judges accuse."""
        return tuple(slot for slot in self.slots if len(self.accusers[slot]) >= ACCUSERS_MIN or slot in self.barred)

    @cached_property
    def rejected(self) -> tuple[str, ...]:
        """Slots that two judges call unusable, and that are not set aside already."""
        rejecters = {slot: self._judges(slot, lambda check: not check.usable) for slot in self.slots}
        return tuple(
            slot for slot in self.slots if len(rejecters[slot]) >= REJECTERS_MIN and slot not in self.quarantined
        )

    @cached_property
    def running(self) -> tuple[str, ...]:
        """Slots that are still compared."""
        return tuple(slot for slot in self.slots if slot not in {*self.quarantined, *self.rejected})

    def is_accused(self, slot: str) -> bool:
        """Whether one judge alone accuses the slot."""
        return 0 < len(self.accusers[slot]) < ACCUSERS_MIN

    def readers(self, slot: str) -> tuple[int, ...]:
        """The judges who read the slot alone."""
        return self._judges(slot, lambda check: True)

    def _judges(self, slot: str, says: Callable[[CheckReading], bool]) -> tuple[int, ...]:
        read = ((judge, self.checks.get((judge, slot))) for judge in range(self.judges_count))
        return tuple(judge for judge, check in read if check is not None and says(check))

    @cached_property
    def scores(self) -> dict[str, float]:
        """Slot → its mean score alone, for running slots that anybody read."""
        given = {slot: [self.checks[judge, slot].score for judge in self._scorers(slot)] for slot in self.running}
        return {slot: fmean(scores) for slot, scores in given.items() if scores}

    def _scorers(self, slot: str) -> tuple[int, ...]:
        """The judges whose scores of the slot count: a severe one that missed one entry must not favour that one."""
        return self._readers_of_all if self.evenly and len(self._readers_of_all) >= JUDGES_MIN else self.readers(slot)

    @cached_property
    def _readers_of_all(self) -> tuple[int, ...]:
        return tuple(
            judge for judge in range(self.judges_count) if all((judge, slot) in self.checks for slot in self.running)
        )

    @cached_property
    def level(self) -> float | None:
        """The mean score of the field, in points; None where nobody read anything."""
        return fmean(self.scores.values()) if self.scores else None

    def complete(self, part: int) -> tuple[int, ...]:
        """The judges whose order and reverse of the round are both there."""
        halves = {(ballot.judge, ballot.half) for ballot in self.ballots if ballot.part == part}
        return tuple(judge for judge in range(self.judges_count) if {(judge, 0), (judge, 1)} <= halves)

    @cached_property
    def judges(self) -> tuple[int, ...]:
        """The judges who gave any list at all in round one; only they are asked again."""
        return tuple(sorted({ballot.judge for ballot in self.ballots if ballot.part == 1}))

    @cached_property
    def counted(self) -> tuple[Ballot, ...]:
        """The ballots that count: an order without its reverse would count its places, not its entries."""
        return tuple(ballot for ballot in self.ballots if ballot.judge in self.complete(ballot.part))

    def won(self, ballots: Sequence[Ballot]) -> Won:
        """Weights for `rank_slots`: each list votes once on each pair of running slots, half either way for a tie."""
        won: defaultdict[tuple[str, str], float] = defaultdict(float)
        for ballot in ballots:
            rank = _ranks(ballot)
            met = [slot for slot in self.running if slot in rank]
            for one, other in combinations(met, 2):
                share = 0.5 if rank[one] == rank[other] else float(rank[one] < rank[other])
                won[one, other] += share
                won[other, one] += 1 - share
        return dict(won)

    @cached_property
    def placing(self) -> Placing:
        """The running slots, ranked by all ballots that count."""
        won = self.won(self.counted)
        breaks = (self._both_orders, head_to_head(won), self._score_alone)
        return rank_slots(self.running, won, breaks)

    @property
    def _both_orders(self) -> TieBreak:
        """How many pairs of lists put a slot above all it is tied with, in the order and in its reverse."""

        def rate(slot: str, tied: Sequence[str]) -> float:
            above: defaultdict[tuple[int, int], int] = defaultdict(int)
            for ballot in self.counted:
                rank = _ranks(ballot)
                met = [rank[other] for other in tied if other != slot and other in rank]
                if slot in rank and met and rank[slot] < min(met):
                    above[ballot.judge, ballot.part] += 1
            return sum(count == 2 for count in above.values())

        return "both orders", rate

    @property
    def _score_alone(self) -> TieBreak:
        return "score alone", lambda slot, tied: self.scores.get(slot, 0.0)

    @cached_property
    def is_settled(self) -> bool:
        """Whether round one was enough: all judges have the same first, and nearly all lists do."""
        ballots = [ballot for ballot in self.counted if ballot.part == 1]
        tops = {self._top_of([b for b in ballots if b.judge == judge]) for judge in self.complete(1)}
        if len(tops) != 1 or None in tops:
            return len(self.running) < 2
        (top,) = tops
        firsts = sum(self._first(ballot) == (top,) for ballot in ballots)
        return firsts * FIRSTS_SHARE[1] >= len(ballots) * FIRSTS_SHARE[0]

    def _top_of(self, ballots: Sequence[Ballot]) -> str | None:
        """The one slot that these ballots make strongest, None where there is no single one."""
        strengths = rank_slots(self.running, self.won(ballots)).strengths
        best = [slot for slot in self.running if strengths[slot] == max(strengths.values())]
        return best[0] if len(best) == 1 else None

    def _first(self, ballot: Ballot) -> tuple[str, ...]:
        groups = (tuple(slot for slot in group if slot in self.running) for group in ballot.reading.groups)
        return next((group for group in groups if group), ())

    @cached_property
    def close(self) -> tuple[str, ...]:
        """The two or three slots nearest to the top, for round two."""
        strengths = self.placing.strengths
        ranked = sorted(self.running, key=lambda slot: -strengths[slot])
        near = [slot for slot in ranked if strengths[ranked[0]] - strengths[slot] <= CLOSE_LOGITS]
        return tuple(ranked[: max(2, min(len(near), FINALISTS_MAX))])

    @cached_property
    def finalists(self) -> tuple[str, ...]:
        """Whom round two compares, after round one alone; nobody where it is settled.

        Where one judge accuses the settled first, the rest is compared, so that a result without it stands ready.
        """
        if len(self.running) < 2 or len(self.complete(1)) < JUDGES_MIN:
            return ()
        if not self.is_settled:
            return self.close
        rest = self.without(self.placing.places[0])
        return rest.close if self._first_is_accused and not rest.is_settled else ()

    @property
    def _first_is_accused(self) -> bool:
        return self.is_accused(self.placing.places[0])

    @cached_property
    def confidence(self) -> Confidence:
        """How far to trust the first place: high where round one settled it for every judge.

        Medium where round two left a clear margin, or a judge was missing, or nothing had to be compared.
        """
        if len(self.running) < 2:
            return "medium"
        if self.is_settled:
            return "high" if len(self.complete(1)) == self.judges_count else "medium"
        margin = self.placing.margin or 0.0
        return "medium" if self.placing.tie_rule is None and margin >= CLEAR_MARGIN_LOGITS else "low"

    @cached_property
    def comparisons(self) -> dict[str, Comparisons]:
        """How each running slot fared in all votes that count."""
        tally = {slot: [0, 0, 0] for slot in self.running}
        for ballot in self.counted:
            rank = _ranks(ballot)
            for one, other in combinations([slot for slot in self.running if slot in rank], 2):
                for slot, rival in ((one, other), (other, one)):
                    tally[slot][0] += rank[slot] < rank[rival]
                    tally[slot][1] += rank[slot] == rank[rival]
                    tally[slot][2] += 1
        return {slot: Comparisons(*counts) for slot, counts in tally.items()}

    @cached_property
    def spokesman(self) -> int | None:
        """The judge whose own ranking is closest to the final one; of several the first."""
        if not self.counted:
            return None
        judges = sorted({ballot.judge for ballot in self.counted})
        return min(judges, key=self._distance)

    def _distance(self, judge: int) -> int:
        """How many pairs of slots the judge's own strengths order otherwise than the final places."""
        own = rank_slots(self.running, self.won([b for b in self.counted if b.judge == judge])).strengths
        return sum(own[above] < own[below] for above, below in combinations(self.placing.places, 2))


def _ranks(ballot: Ballot) -> dict[str, int]:
    return {slot: rank for rank, group in enumerate(ballot.reading.groups) for slot in group}
