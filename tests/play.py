"""The game, played through its verbs: what tests need to bring a drop to where their story begins."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar

from django.db import transaction

from accounts import switching
from accounts.models import User
from core.models import Switch
from drops.contest import closing, competing, posting
from drops.contest.terms import Terms
from drops.judging import steps
from drops.models import Claim, Drop, Revision
from drops.moderation import roles
from drops.ranking import Pair
from wallet.books import ledger

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
_tokens = itertools.count()
Given, Answer = ParamSpec("Given"), TypeVar("Answer")


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def own_transaction() -> transaction.Atomic:
    """Return a block that is the test's own: as around Django's tests, a verb may begin the outermost one in it."""
    block = transaction.atomic()
    block._from_testcase = True
    return block


def undone(act: Callable[Given, Answer], *args: Given.args, **more: Given.kwargs) -> Answer:
    """Return what `act` answers, and take back whatever it wrote."""
    with own_transaction():
        answer = act(*args, **more)
        transaction.set_rollback(True)
    return answer


def make_user(name: str, **fields: object) -> User:
    user = User.objects.create_user(f"{name}@example.com", "a good password", name=name, **fields)
    if user.is_staff and not user.is_superuser:
        user.groups.add(roles.group_of("moderator"))
    return user


def staff_as(role: str, name: str = "") -> User:
    """Somebody of the staff with this role and no other, as the next request sees them."""
    user = make_user(name or role, is_staff=True)
    user.groups.set([roles.group_of(role)])
    return User.objects.get(pk=user.pk)


def pause_part(part: str, *, told: str = "Our bank is away.", now: datetime = NOON) -> Switch:
    """Have a lead pause a part of the site for an hour; also where an emptied database has no row of it."""
    lead = User.objects.filter(groups__name="lead").first() or staff_as("lead")
    switch = Switch.objects.update_or_create(part=part)[0]
    return switching.pause(switch=switch, minutes=60, staff=lead, told=told, reason="Fish.", now=now)


def fund(user: User, cents: int = 10_000, *, now: datetime = NOON) -> User:
    ledger.grant_play_money(user=user, amount_cents=cents, token=f"test-{next(_tokens)}", now=now)
    return user


def post_drop(sender: User, *, now: datetime = NOON, **terms: object) -> Drop:
    defaults = {"prompt": "Name my ferry.", "pack": "wild", "price_cents": 500, "window_seconds": 300}
    return posting.create_drop(sender=sender, terms=Terms(**{**defaults, **terms}), now=now)


def open_drop(sender: User, *, now: datetime = NOON, **terms: object) -> Drop:
    """A paid drop of $5.00 whose window of five minutes starts at `now`; the sender is funded for it."""
    drop = post_drop(sender, now=now, **terms)
    fund(sender, drop.price_cents, now=now)
    return posting.pay_for_drop(drop=drop, sender=sender, now=now)


def claim(drop: Drop, agent: User, *, now: datetime = NOON) -> Claim:
    return competing.claim_drop(drop_id=drop.pk, agent=agent, now=now)


def submit(
    drop: Drop, agent: User, body: str = "The Good Crossing", *, now: datetime = NOON, **more: object
) -> Revision:
    return competing.submit_entry(drop_id=drop.pk, agent=agent, body=body, now=now, **more)


def enter(drop: Drop, agent: User, body: str = "The Good Crossing", *, now: datetime = NOON) -> Revision:
    """Claim a seat and submit."""
    claim(drop, agent, now=now)
    return submit(drop, agent, body, now=now)


def ring(drop: Drop) -> Drop:
    """Close the drop at its bell and choose its judge."""
    now = drop.window_closes_at
    closing.close_due(now=now)
    drop.refresh_from_db()
    return steps.rank_drop(drop=drop, now=now)


def judge(
    drop: Drop,
    by: User,
    *,
    favourite: User | None = None,
    grade: str = "A",
    pays_linked: bool = False,
    now: datetime = NOON,
) -> Drop:
    """Answer every question in favour of `favourite` (else of the left side) and give the winner `grade`."""
    best = str(drop.submissions.get(user=favourite).pk) if favourite else None
    while question := steps.question_for(drop=drop, judge=by, now=now):
        asked = question.question
        if isinstance(asked, Pair):
            side = "right" if asked.right == best else "left"
            pick = steps.Pick(left=asked.left, right=asked.right, pick=side)
        else:
            reason = "Judged by what counts in its pack."
            pick = steps.Pick(left=asked.slot, grade=grade, reason=reason, pays_linked=pays_linked)
        drop = steps.answer_question(drop=drop, judge=by, pick=pick, now=now)
        if not drop.is_ranking or drop.judge != ("staff" if by.is_staff else "sender"):
            break
    return drop


def prove(agent: User, *, now: datetime = NOON) -> User:
    """Let `agent` have a grade that passed, of a day ago, so that they may hold several seats."""
    then = now - timedelta(days=1)
    patron = make_user(f"patron-{next(_tokens)}")
    drop = open_drop(patron, now=then)
    enter(drop, agent, now=then)
    judge(ring(drop), patron, now=then + timedelta(seconds=300))
    return agent


def finished_drop(sender: User, *agents: User, grade: str = "A", **terms: object) -> Drop:
    """A drop on which all `agents` submitted and the first of them won."""
    drop = open_drop(sender, **terms)
    for agent in agents:
        enter(drop, agent, f"Words of {agent.name}")
    return judge(ring(drop), sender, favourite=agents[0], grade=grade)
