"""A small model of the game, written from the rules and not from the code, to check the code against.

Times are seconds since NOON. Every `may_…` says whether the rules allow a step now; every step that was
allowed is then told to the model. Money is kept per person and per drop.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Seat:
    since: float
    lease: float | None
    submitted: bool = False
    revisions: int = 0


@dataclass
class ModelDrop:
    sender: str
    price: int
    window: int
    closes_when_full: bool = False
    origin: ModelDrop | None = None
    status: str = "pending_payment"
    bell: float | None = None
    seats: dict[str, Seat] = field(default_factory=dict)
    cooldowns: dict[str, float] = field(default_factory=dict)
    out: set[str] = field(default_factory=set)
    judge: str | None = None
    winner: str | None = None

    @property
    def entries(self) -> set[str]:
        return {agent for agent, seat in self.seats.items() if seat.submitted}

    @property
    def standing(self) -> set[str]:
        return self.entries - self.out

    def in_window(self, now: float) -> bool:
        return self.status == "open" and self.bell is not None and now < self.bell

    def lapsed(self, now: float) -> set[str]:
        ran_out = {agent: seat.lease for agent, seat in self.seats.items() if seat.lease is not None}
        return {agent for agent, lease in ran_out.items() if lease <= now and lease < (self.bell or 0)}

    def is_due(self, now: float) -> bool:
        full = self.closes_when_full and len(self.entries) == 5
        return self.status == "open" and (now >= (self.bell or 0) or full)


@dataclass
class Model:
    wallets: dict[str, int]
    suspended: set[str] = field(default_factory=set)
    drops: list[ModelDrop] = field(default_factory=list)
    now: float = 0
    proven: set[str] = field(default_factory=set)
    given_up: list[tuple[str, float]] = field(default_factory=list)
    cancelled: list[tuple[str, float]] = field(default_factory=list)

    @property
    def total(self) -> int:
        held = sum(drop.price for drop in self.drops if drop.status in {"open", "ranking"})
        return held + sum(self.wallets.values())

    def may_pay(self, drop: ModelDrop) -> bool:
        able = drop.sender not in self.suspended and self.wallets[drop.sender] >= drop.price
        able = able and not self.waits(drop.sender)
        return able and drop.status == "pending_payment"

    def pay(self, drop: ModelDrop) -> None:
        self.wallets[drop.sender] -= drop.price
        drop.status, drop.bell = "open", self.now + drop.window
        if drop.origin is not None and drop.origin.status != "cancelled":
            losers = set(drop.origin.seats) - {drop.origin.winner}
            drop.cooldowns = dict.fromkeys(losers, self.now + drop.window / 4)

    def may_post(self, sender: str) -> bool:
        unpaid = sum(drop.sender == sender and drop.status == "pending_payment" for drop in self.drops)
        return sender not in self.suspended and unpaid < 5 and not self.waits(sender)

    def waits(self, sender: str) -> bool:
        """Whether the sender cancelled on agents more than three times within a day, the last time an hour ago."""
        lately = [when for who, when in self.cancelled if who == sender and when > self.now - 86_400]
        return len(lately) > 3 and self.now < max(lately) + 3_600

    def cancel(self, drop: ModelDrop) -> None:
        if drop.seats:
            self.cancelled.append((drop.sender, self.now))
        self.refund(drop, "cancelled")

    def may_cancel(self, drop: ModelDrop) -> bool:
        return drop.in_window(self.now) and not drop.entries

    def may_claim(self, drop: ModelDrop, agent: str) -> bool:
        if agent in self.suspended or agent == drop.sender or not drop.in_window(self.now):
            return False
        if agent in drop.seats or self.now < drop.cooldowns.get(agent, 0):
            return False
        gone = self.given_up_by(agent)
        if len(gone) >= 8 and self.now < max(gone) + 3_600:
            return False
        in_play = sum(self.holds(other, agent) for other in self.drops)
        return in_play < (3 if agent in self.proven else 1) and len(set(drop.seats) - drop.lapsed(self.now)) < 5

    def claim(self, drop: ModelDrop, agent: str) -> None:
        self.sweep(drop)
        drop.seats[agent] = Seat(self.now, self.lease(drop, self.now))

    def lease(self, drop: ModelDrop, since: float) -> float:
        return min(since + max(60, 0.4 * drop.window), drop.bell or 0)

    def extend(self, drop: ModelDrop, seconds: float) -> None:
        """The bell moves, and with it every lease and cooldown that ended with it."""
        old = round(drop.bell or 0, 6)
        drop.bell = old + seconds
        for seat in drop.seats.values():
            if seat.lease is not None and round(seat.lease, 6) == old:
                seat.lease = self.lease(drop, seat.since)
        for agent, until in drop.cooldowns.items():
            if round(until, 6) == old:
                drop.cooldowns[agent] = drop.bell

    def holds(self, drop: ModelDrop, agent: str) -> bool:
        return drop.in_window(self.now) and agent in drop.seats and agent not in drop.lapsed(self.now)

    def may_release(self, drop: ModelDrop, agent: str) -> bool:
        return self.holds(drop, agent) and not drop.seats[agent].submitted

    def given_up_by(self, agent: str) -> list[float]:
        """When the agent let seats go, or lost them, within a day."""
        gone = [when for who, when in self.given_up if who == agent]
        for other in self.drops:
            if other.status == "open" and agent in other.lapsed(self.now):
                gone.append(other.seats[agent].lease or 0)
        return [when for when in gone if when > self.now - 86_400]

    def release(self, drop: ModelDrop, agent: str) -> None:
        lately = len(self.given_up_by(agent))
        held = self.now - drop.seats.pop(agent).since
        drop.cooldowns[agent] = min(self.now + (drop.window / 10 + held) * 2**lately, drop.bell or 0)
        self.given_up.append((agent, self.now))

    def may_submit(self, drop: ModelDrop, agent: str) -> bool:
        return agent not in self.suspended and self.holds(drop, agent) and drop.seats[agent].revisions < 10

    def submit(self, drop: ModelDrop, agent: str) -> None:
        seat = drop.seats[agent]
        seat.lease, seat.submitted, seat.revisions = None, True, seat.revisions + 1

    def sweep(self, drop: ModelDrop) -> None:
        """Free lapsed seats of an open drop; what a sweep or the next claim does."""
        if drop.status == "open":
            for agent in drop.lapsed(self.now):
                del drop.seats[agent]
                drop.cooldowns[agent] = drop.bell or 0
                self.given_up.append((agent, self.now))

    def close(self, drop: ModelDrop) -> None:
        drop.status = "ranking"
        self.end_leases(drop)

    def end_leases(self, drop: ModelDrop) -> None:
        for seat in drop.seats.values():
            seat.lease = None

    def refund(self, drop: ModelDrop, status: str) -> None:
        drop.status = status
        self.wallets[drop.sender] += drop.price
        self.end_leases(drop)

    def win(self, drop: ModelDrop, agent: str) -> None:
        drop.status, drop.winner = "completed", agent
        self.proven.add(agent)
        self.wallets[agent] += drop.price

    def ring(self, drop: ModelDrop) -> None:
        """Do to a drop that is in ranking and has no judge yet what the periodic task does."""
        if drop.status == "ranking" and drop.judge is None:
            if drop.standing:
                drop.judge = "staff" if drop.sender in self.suspended else "sender"
            else:
                self.refund(drop, "failed")

    def suspend(self, user: str) -> None:
        self.suspended.add(user)
        for drop in self.drops:
            if drop.status == "ranking" and drop.judge == "sender" and drop.sender == user:
                drop.judge = "staff"
            if drop.status == "open" and user in drop.seats and not drop.seats[user].submitted:
                del drop.seats[user]
                drop.cooldowns[user] = drop.bell or 0
