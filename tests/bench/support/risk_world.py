"""A site of two months: honest drops in many thousands, and planted among them rings, webs, copies, hostile prompts.

It is written in bulk, as `fill` does: no trigger fires, and the tables' constraints still hold.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.models import User
from drops.models import Claim, Drop, LinkEvidence, Revision, Submission
from tests.bench.support import risk_words as words
from tests.bench.support.risk_prompts import honest_prompt, hostile_prompts

DAYS = 60
PEOPLE, SENDERS, BOTH = 5_000, 0.55, 0.15
COPIES, PAIRS, CIRCLES, WEBS, HOUSEHOLDS, FAVOURITES = 120, 20, 20, 25, 150, 40
PACKS = ("roast", "scout", "code", "cook", "wild")


@dataclass
class World:
    """All that was written, and of what was planted the ids by which a mark shows that it was seen."""

    draw: Random
    now: datetime
    rows: dict[type, list[Any]] = field(default_factory=lambda: defaultdict(list))
    copies: set[UUID] = field(default_factory=set)
    hostile: set[UUID] = field(default_factory=set)
    rings: list[frozenset[UUID]] = field(default_factory=list)
    webs: list[frozenset[UUID]] = field(default_factory=list)
    honest: int = 0

    def add_drop(
        self, sender: UUID, agents: Sequence[UUID], *, prompt: str = "", at: datetime | None = None, pack: str = ""
    ) -> tuple[Drop, list[Submission]]:
        """Write a drop that the first of `agents` won, with honest entries; without any it failed."""
        draw = self.draw
        pack, prompt = pack or draw.choice(PACKS), prompt or honest_prompt(draw)
        at = at or self.now - timedelta(seconds=draw.uniform(3_600, DAYS * 86_400))
        closed = at + timedelta(seconds=draw.choice([120, 300, 300, 900, 3_600]))
        drop = Drop(
            sender_id=sender,
            status="completed" if agents else "failed",
            outcome_reason="winner_paid" if agents else "no_submissions",
            prompt=prompt,
            pack=pack,
            price_cents=draw.choice([100, 300, 500, 500, 1_000, 2_500]),
            window_seconds=int((closed - at).total_seconds()),
            claims_count=len(agents),
            submissions_count=len(agents),
            window_closes_at=closed,
            paid_at=at,
            closed_at=closed,
            ended_at=closed + timedelta(seconds=draw.uniform(20, 200)),
            grade=draw.choice("SABCD") if agents else None,
            created_at=at,
            updated_at=at,
        )
        self.rows[Drop].append(drop)
        order = [*enumerate(agents)]
        draw.shuffle(order)
        entries = {place: self._add_entry(drop, agent, seat) for seat, (place, agent) in enumerate(order, start=1)}
        if agents:
            drop.winning_submission = entries[0]
        return drop, [entries[place] for place in range(len(agents))]

    def _add_entry(self, drop: Drop, agent: UUID, seat: int) -> Submission:
        at = drop.paid_at + (drop.closed_at - drop.paid_at) * self.draw.uniform(0.1, 0.95)
        claim = Claim(drop=drop, user_id=agent, seat=seat, created_at=drop.paid_at)
        entry = Submission(drop=drop, claim=claim, user_id=agent, created_at=at)
        self.rows[Claim].append(claim)
        self.rows[Submission].append(entry)
        self.write(entry, words.entry(self.draw, drop.prompt, drop.pack), at)
        return entry

    def write(self, entry: Submission, body: str, at: datetime) -> None:
        digest = hashlib.sha256(body.encode()).hexdigest()
        entry.counting = Revision(submission=entry, number=1, body=body, sha256=digest, received_at=at)

    def some(self, people: Sequence[UUID], count: int, *, leave: set[UUID]) -> list[UUID]:
        """Draw so many of `people`, of whom the first are the busiest, and none of those that are left out."""
        chosen: list[UUID] = []
        while len(chosen) < count:
            one = people[int(len(people) * self.draw.random() ** 2.2)]
            if one not in leave and one not in chosen:
                chosen.append(one)
        return chosen

    def link(self, people: Sequence[UUID], kinds: Sequence[str]) -> None:
        """Let each share a sign with the next, as a chain."""
        for one, other in pairwise(people):
            digest = hashlib.sha256(self.draw.randbytes(16)).hexdigest()
            kind = self.draw.choice(kinds)
            for user in (one, other):
                row = LinkEvidence(user_id=user, kind=kind, digest=digest, created_at=self.now)
                self.rows[LinkEvidence].append(row)


def build(seed: str, now: datetime, *, drops: int, tuned: bool) -> World:
    """Write a world of so many honest drops; where it is `tuned`, with the hostile prompts that rules were made by."""
    world = World(Random(seed), now)
    world.rows[User] = [
        User(email=f"p{number}@bench.test", name=f"P {number}", created_at=now - timedelta(days=200))
        for number in range(PEOPLE)
    ]
    ids = [user.pk for user in world.rows[User]]
    senders, agents = ids[: int(PEOPLE * (SENDERS + BOTH))], ids[int(PEOPLE * SENDERS) :]
    # Those who are busiest are in one list only, or every fourth sender would be an agent of the first rank.
    agents = agents[::-1]
    _live_honestly(world, senders, agents, drops)
    _plant_rings(world, agents)
    _plant_webs(world, senders, agents)
    _plant_copies(world, agents)
    for prompt in hostile_prompts(world.draw, tuned=tuned):
        sender = world.some(senders, 1, leave=set())[0]
        drop, _entries = world.add_drop(sender, world.some(agents, 2, leave={sender}), prompt=prompt)
        world.hostile.add(drop.pk)
    _store(world)
    return world


def _live_honestly(world: World, senders: Sequence[UUID], agents: Sequence[UUID], drops: int) -> None:
    draw = world.draw
    skill = {agent: draw.lognormvariate(0, 0.8) for agent in agents}
    # Some senders have an agent who comes to most of their drops and is good at them, and earns elsewhere too.
    favourites = dict(
        zip(draw.sample(list(senders), FAVOURITES), draw.sample(list(agents[:400]), FAVOURITES), strict=True)
    )
    asked: list[str] = []
    for _ in range(drops):
        sender = world.some(senders, 1, leave=set())[0]
        come = world.some(agents, draw.choice([0, 1, 2, 2, 3, 3, 3, 4, 5]), leave={sender})
        favourite = favourites.get(sender)
        if favourite and draw.random() < 0.6 and favourite not in come:
            come = [favourite, *come[:4]]
        come.sort(key=lambda agent: -skill[agent] * draw.random() * (2.0 if agent == favourite else 1.0))
        again = draw.choice(asked) if asked and draw.random() < 0.05 else ""
        drop, _entries = world.add_drop(sender, come, prompt=again)
        asked.append(drop.prompt)
    world.honest = drops
    quiet = [one for one in senders if one not in favourites]
    for _ in range(HOUSEHOLDS):
        world.link(draw.sample(quiet, draw.choice([2, 2, 3])), ["card", "device", "mailbox"])


def _new_people(world: World, count: int) -> list[UUID]:
    fresh = [
        User(email=f"n{world.draw.randrange(10**12)}@bench.test", name="N", created_at=world.now) for _ in range(count)
    ]
    world.rows[User] += fresh
    return [user.pk for user in fresh]


def _plant_rings(world: World, agents: Sequence[UUID]) -> None:
    """Pairs and circles, which also post and compete among honest people so that not all of it goes round."""
    draw = world.draw
    for number in range(PAIRS + CIRCLES):
        ring = _new_people(world, 2 if number < PAIRS else draw.choice([2, 3, 3, 4, 5]))
        steps = [(ring[0], ring[1])] if number < PAIRS else [*zip(ring, [*ring[1:], ring[0]], strict=True)]
        for pays, wins in steps:
            inside = draw.randint(4, 8) if number < PAIRS else draw.randint(2, 5)
            for _ in range(inside):
                world.add_drop(pays, [wins, *world.some(agents, draw.choice([0, 0, 1, 2]), leave={pays, wins})])
            for _ in range(draw.randint(0, inside // 2)):
                world.add_drop(pays, world.some(agents, draw.choice([1, 2, 3]), leave={pays, wins}))
            for _ in range(draw.randint(0, 3)):
                patron = world.some(agents, 1, leave={pays, wins})[0]
                world.add_drop(patron, [*world.some(agents, 2, leave={patron, pays, wins}), wins])
        world.rings.append(frozenset(ring))


def _plant_webs(world: World, senders: Sequence[UUID], agents: Sequence[UUID]) -> None:
    """Several accounts of one person: as sender and agent, or as several agents on one drop."""
    draw = world.draw
    for number in range(WEBS):
        web = _new_people(world, draw.choice([2, 3, 4]))
        world.link(web, ["card", "device", "payout", "mailbox"])
        met = draw.sample(web, 2)
        others = world.some(agents, 2, leave=set(web))
        if number % 2:
            world.add_drop(met[0], [others[0], met[1], others[1]])
        else:
            sender = world.some(senders, 1, leave={*web, *others})[0]
            world.add_drop(sender, [met[0], *others, met[1]])
        world.webs.append(frozenset(web))


def _plant_copies(world: World, agents: Sequence[UUID]) -> None:
    """Somebody sends to a later drop what another sent to an earlier one."""
    draw = world.draw
    fit = [entry for entry in world.rows[Submission] if len(entry.counting.body.split()) >= 60]
    for original in draw.sample(fit, COPIES):
        of = original.drop
        sender, thief, *others = world.some(agents, 4, leave={of.sender_id, original.user_id})
        at = min(original.counting.received_at + timedelta(days=draw.uniform(0.1, 20)), world.now - timedelta(hours=2))
        prompt = of.prompt if draw.random() < 0.3 else honest_prompt(draw)
        _drop, entries = world.add_drop(sender, [thief, *others], prompt=prompt, at=at, pack=of.pack)
        body = words.copied(draw, original.counting.body, of.prompt, of.pack)
        world.write(entries[0], body, entries[0].counting.received_at)
        world.copies.add(entries[0].pk)


def _store(world: World) -> None:
    world.rows[Revision] = [entry.counting for entry in world.rows[Submission]]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
        for model in (User, Drop, Claim, Revision, Submission, LinkEvidence):
            model._default_manager.bulk_create(world.rows[model], batch_size=1_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
