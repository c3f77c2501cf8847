"""A site to look at: people and drops at every stage, played through the same verbs as everybody's.

What is finished ended yesterday, and so counts on the leaderboard: the verbs take the clock, so a day passes in a
second. Run again, it finds what it made by idempotency keys, and makes anew only what time or a visitor has used up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import Notification, User
from accounts.second_factor import is_asked_of
from drops.contest import closing, competing, posting
from drops.contest.terms import Terms
from drops.demo.texts import CODE, COOK, ROAST, SCOUT, WILD, Script
from drops.judging import appointing, rounds
from drops.judging import steps as judging
from drops.models import Drop
from drops.models.rounds import JudgeKind
from drops.moderation.roles import group_of
from drops.ranking import Pair
from drops.standings.records import SETTLING, day_of, rate_ended
from wallet.books import ledger
from wallet.money_in.play_money import welcome

PASSWORD = "play-money-only"  # noqa: S105 - known to everybody, and made only where money is play money
DAY_SECONDS = 86_400
# An open drop is worth showing while a newcomer still has time to find it.
STILL_OPEN = timedelta(hours=1)


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    role: str


@dataclass(frozen=True)
class Demo:
    """Who can log in, and paths of drops to start with."""

    people: tuple[Person, ...]
    to_pull: str
    to_judge: str
    judge: Person | None
    to_enter: str
    agent: Person


SENDER = Person("sender@clorp.example", "Sunniva Sender", "sender")
AGENTS = (
    Person("ada@clorp.example", "Ada", "agent"),
    Person("basil@clorp.example", "Basil", "agent"),
    Person("cleo@clorp.example", "Cleo", "agent"),
    Person("dot@clorp.example", "Dot", "agent"),
    Person("edgar@clorp.example", "Edgar", "agent"),
)
STAFF = Person("staff@clorp.example", "Mo Derator", "staff")


@dataclass(frozen=True)
class Cast:
    sender: User
    agents: tuple[User, ...]
    staff: User


@transaction.atomic
def seed_demo(*, now: datetime) -> Demo:
    """Make what is missing of the demo. All of it or nothing."""
    midnight = day_of(now - SETTLING)
    moved_in = midnight - timedelta(hours=6)
    agents = tuple(_person(agent, moved_in) for agent in AGENTS)
    cast = Cast(_person(SENDER, moved_in), agents, _person(STAFF, moved_in))
    roast = _once(cast, ROAST, "finished", midnight - timedelta(hours=5)) or _made(ROAST, "finished")
    _once(cast, COOK, "finished", midnight - timedelta(hours=3))
    to_judge = _waiting(now) or _play_to_bell(cast, SCOUT, _next_key(SCOUT), now - timedelta(minutes=20))
    to_enter = _still_open(WILD, now) or _play_to_middle(cast, WILD, now)
    if _still_open(CODE, now) is None:
        _play_to_middle(cast, CODE, now)
    rate_ended(now=now)
    # Nobody reads at these addresses, and the site may have a mail server.
    Notification.objects.filter(user__in=[cast.sender, *agents, cast.staff], routed_at=None).update(routed_at=now)
    return Demo(
        people=(SENDER, *AGENTS) if is_asked_of(STAFF.email) else (SENDER, *AGENTS, STAFF),
        to_pull=roast.get_absolute_url(),
        to_judge=to_judge.get_absolute_url(),
        judge={"sender": SENDER, "staff": STAFF}.get(to_judge.judge or ""),
        to_enter=to_enter.get_absolute_url(),
        agent=_seatless(cast, to_enter),
    )


def _seatless(cast: Cast, drop: Drop) -> Person:
    """An agent who has not been on `drop` yet, so that a visitor can take a seat as them."""
    been = set(drop.claims.values_list("user_id", flat=True))
    return next((person for person, user in zip(AGENTS, cast.agents, strict=True) if user.pk not in been), AGENTS[0])


def _person(person: Person, moved_in: datetime) -> User:
    user = User.objects.filter(email=person.email).first()
    if user is None:
        # Where staff need a second factor the site may be public, and whoever knows the password could set one up.
        password = None if person is STAFF and is_asked_of(STAFF.email) else PASSWORD
        user = User.objects.create_user(
            person.email,
            password,
            name=person.name,
            handle=_free_handle(person),
            is_staff=person is STAFF,
            created_at=moved_in,
        )
        EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
        if user.is_staff:
            user.groups.add(group_of("moderator"))
    welcome(user, moved_in)
    return user


def _free_handle(person: Person) -> str | None:
    """The demo's agents are to be seen, unless somebody has taken their name."""
    handle = person.name.lower()
    return handle if person in AGENTS and not User.objects.filter(handle=handle).exists() else None


def _made(script: Script, part: str) -> Drop:
    return Drop.objects.get(idempotency_key=_key(script, part))


def _key(script: Script, part: str | int) -> str:
    return f"demo:{script.pack}:{part}"


def _next_key(script: Script) -> str:
    made = Drop.objects.filter(idempotency_key__startswith=_key(script, "run-")).count()
    return _key(script, f"run-{made + 1}")


def _waiting(now: datetime) -> Drop | None:
    """A drop that still waits for whoever judges first on this site; one that was handed on is of no use here."""
    waiting = Drop.objects.filter(idempotency_key__startswith=_key(SCOUT, "run-"), status="ranking")
    drop = waiting.order_by("-closed_at").first()
    return drop if drop and drop.judge == appointing.judge_for(drop, now) else None


def _still_open(script: Script, now: datetime) -> Drop | None:
    runs = Drop.objects.in_window(now + STILL_OPEN).with_seats()
    return runs.filter(idempotency_key__startswith=_key(script, "run-")).order_by("-created_at").first()


def _once(cast: Cast, script: Script, part: str, at: datetime) -> Drop | None:
    """The finished drop of `script`, where it is not there yet."""
    key = _key(script, part)
    if Drop.objects.filter(idempotency_key=key).exists():
        return None
    return _judge(cast, script, _play_to_bell(cast, script, key, at))


def _open(cast: Cast, script: Script, key: str, at: datetime, window_seconds: int) -> Drop:
    terms = Terms(
        prompt=script.prompt,
        pack=script.pack,
        title=script.title,
        window_seconds=window_seconds,
        public_result=True,
    )
    drop = posting.create_drop(sender=cast.sender, terms=terms, now=at, idempotency_key=key)
    token = key.replace(":", "_")
    ledger.grant_play_money(user=cast.sender, amount_cents=drop.price_cents, token=token, now=at)
    return posting.pay_for_drop(drop=drop, sender=cast.sender, now=at + timedelta(seconds=20))


def _enter(cast: Cast, script: Script, drop: Drop, at: datetime) -> None:
    """Everybody in the script claims a seat; whoever has something to say submits it a little later."""
    for order, entry in enumerate(script.entries):
        agent = cast.agents[entry.by]
        claimed_at = at + timedelta(seconds=40 + 9 * order)
        competing.claim_drop(drop_id=drop.pk, agent=agent, now=claimed_at)
        for number, body in enumerate(entry.bodies, start=1):
            sent_at = claimed_at + timedelta(seconds=60 * number)
            competing.submit_entry(drop_id=drop.pk, agent=agent, body=body, now=sent_at)


def _play_to_bell(cast: Cast, script: Script, key: str, at: datetime) -> Drop:
    """A drop whose window is over and whose judge is chosen."""
    drop = _open(cast, script, key, at, window_seconds=300)
    _enter(cast, script, drop, at)
    closing.close_due(now=drop.bell, only=drop.pk)
    drop.refresh_from_db()
    return judging.rank_drop(drop=drop, now=drop.bell + timedelta(seconds=1))


def _play_to_middle(cast: Cast, script: Script, now: datetime) -> Drop:
    """A drop that stays open for a day from its payment some minutes ago, with seats left."""
    at = now - timedelta(minutes=10)
    drop = _open(cast, script, _next_key(script), at, window_seconds=DAY_SECONDS)
    _enter(cast, script, drop, at)
    drop.refresh_from_db()
    return drop


def _judge(cast: Cast, script: Script, drop: Drop) -> Drop:
    """Answer every question as the script's favourites have it, and give the best entry its grade."""
    if drop.judge == JudgeKind.PANEL:
        # The past is played at once, and no model is asked about it.
        drop = rounds.begin_round(drop=drop, kind=appointing.people_for(drop), now=drop.bell + timedelta(seconds=1))
    judge = cast.sender if drop.judge == JudgeKind.SENDER else cast.staff
    favour = {str(entry.pk): _favour_of(cast, script, entry.user_id) for entry in drop.submissions.all()}
    now = drop.bell + timedelta(minutes=2)
    while drop.is_ranking:
        question = judging.question_for(drop=drop, judge=judge, now=now)
        if question is None:
            break
        asked = question.question
        if isinstance(asked, Pair):
            side = "left" if favour[asked.left] > favour[asked.right] else "right"
            junk = tuple(slot for slot in (asked.left, asked.right) if not favour[slot])
            pick = judging.Pick(left=asked.left, right=asked.right, pick=side, unusable=junk)
        else:
            pick = judging.Pick(left=asked.slot, grade=script.grade, reason="Judged by what counts in its pack.")
        drop = judging.answer_question(drop=drop, judge=judge, pick=pick, now=now)
        now += timedelta(seconds=25)
    return drop


def _favour_of(cast: Cast, script: Script, user_id: object) -> int:
    by = next(number for number, agent in enumerate(cast.agents) if agent.pk == user_id)
    return next(entry.favour for entry in script.entries if entry.by == by)
