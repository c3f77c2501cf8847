"""How judges do on real drops, from their stored answers: agreement, places, lengths, and what staff overturned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncWeek

from drops.judging.panel.judges import PanelJudge
from drops.judging.panel.qualification import has_passed, newest_check
from drops.models import FrozenEntry, JudgingRound, PanelCall
from drops.models.rounds import JudgeKind

REPORT_DAYS = 90
CALLS_MAX = 5_000

Groups = Sequence[Sequence[str]]


@dataclass
class Tally:
    """A share as it adds up. `expected` is what chance would give, where that is not a half."""

    hits: float = 0.0
    expected: float = 0.0
    count: int = 0

    def add(self, hit: float, expected: float = 0.5) -> None:
        """One more case."""
        self.hits, self.expected, self.count = self.hits + hit, self.expected + expected, self.count + 1

    def __str__(self) -> str:
        return f"{self.hits / self.count:.0%} of {self.count:,}" if self.count else "no cases yet"

    @property
    def beside_chance(self) -> str:
        """The share beside the one that chance would give."""
        return f"{self} ({self.expected / self.count:.0%} by chance)" if self.count else str(self)


@dataclass
class JudgeRecord:
    """One model on real drops.

    `agreement` counts pairs of entries that an order and its reverse put the same way; `first` the lists that put
    first what was shown first; `longer` the pairs in which the longer entry was preferred; `unread` the attempts
    that brought no answer that could be used.
    """

    agreement: Tally = field(default_factory=Tally)
    first: Tally = field(default_factory=Tally)
    longer: Tally = field(default_factory=Tally)
    unread: Tally = field(default_factory=Tally)


@dataclass(frozen=True)
class JudgeReport:
    """A configured judge, its newest check, whether it may settle money now, and its record."""

    judge: PanelJudge
    check: Any
    is_fit: bool
    record: JudgeRecord


@dataclass(frozen=True)
class HeldWeek:
    """Drops that a panel left to staff and staff decided, by the week (from Monday, UTC) in which they ended."""

    monday: date
    decided: int
    overturned: int


def judge_reports(judges: Iterable[PanelJudge], now: datetime) -> list[JudgeReport]:
    """The judges with their checks and what they did in the last REPORT_DAYS days."""
    records = records_since(now - timedelta(days=REPORT_DAYS))
    lines = []
    for judge in judges:
        check = newest_check(judge)
        lines.append(JudgeReport(judge, check, has_passed(check, now), records.get(judge.model, JudgeRecord())))
    return lines


def records_since(since: datetime, until: datetime | None = None) -> dict[str, JudgeRecord]:
    """By model, over the newest CALLS_MAX attempts since then, and before `until` where that is given."""
    made = PanelCall.objects.filter(created_at__gte=since)
    made = made.filter(created_at__lt=until) if until else made
    calls = made.order_by("-id").defer("request", "answer")[:CALLS_MAX]
    records: defaultdict[str, JudgeRecord] = defaultdict(JudgeRecord)
    lists: defaultdict[tuple[Any, ...], list[PanelCall]] = defaultdict(list)
    for call in calls:
        records[call.model].unread.add(float(bool(call.failure)))
        if call.kind == "list" and call.parsed is not None:
            lists[call.session_id, call.judge, call.model, frozenset(call.slots)].append(call)
    lengths = _lengths({slot for key in lists for slot in key[-1]})
    for (_, _, model, _), same in lists.items():
        for call in same:
            _add_list(records[model], call, lengths)
        for one, other in combinations(same, 2):
            if one.slots == other.slots[::-1]:
                _add_agreement(records[model], _groups(one), _groups(other))
    return dict(records)


def _lengths(slots: Iterable[str]) -> dict[str, int]:
    rows = FrozenEntry.objects.filter(revision__counts_for__in=list(slots)).select_related("revision")
    return {
        str(row.revision.submission_id): len(row.text) + sum(len(file["text"]) for file in row.files) for row in rows
    }


def _groups(call: PanelCall) -> Groups:
    """Return the groups of slots, best first, of a list that could be read."""
    groups: Groups = (call.parsed or {})["groups"]
    return groups


def _ranks(groups: Groups) -> dict[str, int]:
    return {slot: rank for rank, group in enumerate(groups) for slot in group}


def _add_list(record: JudgeRecord, call: PanelCall, lengths: Mapping[str, int]) -> None:
    groups = _groups(call)
    top = groups[0]
    record.first.add(float(call.slots[0] in top) / len(top), 1 / len(call.slots))
    rank = _ranks(groups)
    for one, other in combinations(rank, 2):
        if rank[one] != rank[other] and lengths.get(one, 0) != lengths.get(other, 0):
            better, worse = (one, other) if rank[one] < rank[other] else (other, one)
            record.longer.add(float(lengths.get(better, 0) > lengths.get(worse, 0)))


def _add_agreement(record: JudgeRecord, groups: Groups, reverse: Groups) -> None:
    rank, back = _ranks(groups), _ranks(reverse)
    for one, other in combinations(rank, 2):
        record.agreement.add(float(_sign(rank[one] - rank[other]) == _sign(back[one] - back[other])))


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def held_weeks(now: datetime) -> list[HeldWeek]:
    """Return what became of panels' proposals that staff looked at, newest week first."""
    decided = JudgingRound.objects.filter(
        judge=JudgeKind.STAFF,
        proposed_submission__isnull=False,
        verdict__isnull=False,
        drop__ended_at__gte=now - timedelta(days=REPORT_DAYS),
    )
    winner = "drop__winning_submission"
    overturned = ~Q(proposed_submission=F(winner)) | Q(**{f"{winner}__isnull": True})
    weeks = decided.annotate(monday=TruncWeek("drop__ended_at")).order_by().values("monday")
    counted = weeks.annotate(decided=Count("pk"), overturned=Count("pk", filter=overturned)).order_by("-monday")
    return [HeldWeek(week["monday"].date(), week["decided"], week["overturned"]) for week in counted]
