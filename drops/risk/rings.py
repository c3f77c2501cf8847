"""Prizes that go round: a sender and a winner who live off each other, or a circle of senders who win in turn."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Sum

from accounts.models import User
from drops.models import Drop
from drops.models.risk import RiskKind
from drops.risk.marks import Mark, key_of, step_of

PERIOD = timedelta(days=90)
# Two who only have each other: so many prizes, most of the sender's and most of the winner's.
PAIR_DROPS, PAIR_SHARE = 4, 0.6
# A step of a circle: more than a chance win, and a good part of what its sender pays.
STEP_DROPS, STEP_SHARE = 2, 0.4
CIRCLE_STEPS_MAX = 5

Steps = Mapping[UUID, Collection[UUID]]


@dataclass(frozen=True)
class Paid:
    """One sender's drops within the period: how many each winner had of them, and cents in all."""

    drops: Mapping[UUID, int]
    cents: Mapping[UUID, int]

    @property
    def total(self) -> int:
        return sum(self.drops.values())

    def share(self, winner: UUID) -> float:
        return self.drops.get(winner, 0) / self.total if self.total else 0.0

    @property
    def heavy(self) -> set[UUID]:
        """Return the winners that make a step of a circle."""
        return {to for to, count in self.drops.items() if count >= STEP_DROPS and self.share(to) >= STEP_SHARE}


def circle_through(first: UUID, second: UUID, steps: Steps) -> tuple[UUID, ...]:
    """Return the shortest way from `second` back to `first`, both included; empty where there is none. Pure."""
    ways: list[tuple[UUID, ...]] = [(second,)]
    seen = {second}
    while ways:
        way, *ways = ways
        if way[-1] == first:
            return way
        nearer = [one for one in sorted(steps.get(way[-1], ())) if one not in seen]
        seen.update(nearer)
        ways += [(*way, one) for one in nearer if len(way) < CIRCLE_STEPS_MAX]
    return ()


def look_at_winner(drop: Drop, now: datetime) -> Iterator[Mark]:
    """Yield a mark where the sender and the winner of a drop are a pair, or steps of a circle."""
    if drop.winning_submission is None:
        return
    sender, winner = drop.sender_id, drop.winning_submission.user_id
    paid = _paid_by({sender}, now)[sender]
    if winner in paid.heavy and (circle := _circle(sender, winner, now)):
        yield _circle_mark(circle, now)
    won = Drop.objects.finished().filter(winning_submission__user=winner, ended_at__gt=now - PERIOD).count()
    count = paid.drops.get(winner, 0)
    back = count / won if won else 0.0
    if count >= PAIR_DROPS and min(paid.share(winner), back) >= PAIR_SHARE:
        told = {"winner": str(winner), "drops": count, "cents": paid.cents[winner]}
        told |= {"of_sender": round(paid.share(winner), 2), "of_winner": round(back, 2)}
        key = key_of(["pair", winner, step_of(count)])
        score = min(paid.share(winner), back)
        yield Mark(RiskKind.RING, drop.sender, key, told, frozenset([sender, winner]), score)


def _circle(sender: UUID, winner: UUID, now: datetime) -> tuple[UUID, ...]:
    """Return the accounts of a circle that goes on from `winner`; one query for each step."""
    steps: dict[UUID, set[UUID]] = {}
    edge = {winner}
    for _ in range(CIRCLE_STEPS_MAX):
        steps |= {one: paid.heavy for one, paid in _paid_by(edge, now).items()}
        edge = {to for one in edge for to in steps.get(one, ())} - steps.keys()
        if way := circle_through(sender, winner, steps):
            return way
        if not edge:
            break
    return ()


def _circle_mark(circle: tuple[UUID, ...], now: datetime) -> Mark:
    paid = _paid_by(circle, now)
    ring = set(circle)
    inside = {one: sum(count for to, count in paid[one].drops.items() if to in ring) for one in circle}
    cents = sum(sum(sum_ for to, sum_ in paid[one].cents.items() if to in ring) for one in circle)
    count, total = sum(inside.values()), sum(paid[one].total for one in circle)
    told = {"circle": [str(one) for one in circle], "drops": count, "cents": cents, "share": round(count / total, 2)}
    key = key_of(["circle", *circle, step_of(count)])
    # Whichever of its drops is looked at, a circle is one mark: it is about the first of them by id.
    return Mark(RiskKind.RING, User.objects.get(pk=min(circle)), key, told, frozenset(circle), count / total)


def _paid_by(senders: Collection[UUID], now: datetime) -> dict[UUID, Paid]:
    """Return what each of these senders paid to whom, within the period."""
    drops = Drop.objects.finished().filter(sender__in=senders, ended_at__gt=now - PERIOD).order_by()
    rows = drops.values_list("sender", "winning_submission__user").annotate(Count("pk"), Sum("price_cents"))
    counts: dict[UUID, dict[UUID, int]] = {one: {} for one in senders}
    cents: dict[UUID, dict[UUID, int]] = {one: {} for one in senders}
    for sender, winner, count, price in rows:
        counts[sender][winner], cents[sender][winner] = count, price
    return {one: Paid(counts[one], cents[one]) for one in senders}
