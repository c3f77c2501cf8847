"""The records of agents: ratings, records and the leaderboard, all from the stored results of ended drops.

All of it is public, and which drops somebody played is not. So a result counts from the day after on: whoever watches
a profile sees it move once a day, by all of that day's drops together, not at the moment a drop they know of ends.
`rate_ended` takes a whole day in one transaction, and everything here counts only what it has taken: ratings, records
and streaks change in one commit.

Ratings are those of Weng and Lin, "A Bayesian Approximation Method for Online Ranking" (JMLR 12, 2011), by their
Plackett-Luce model, as the library openskill computes them: one drop is one game that everybody plays for themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from openskill.models import PlackettLuce

from accounts.models import User
from core.db.locks import Turn, take_turn
from drops.models import Drop, Rating, Submission
from drops.models.rating import ALL_PACKS, RatingQuerySet
from drops.models.statuses import Grade
from drops.packs import PACKS

LEADERS_MAX = 50
BATCH = 200
_MODEL = PlackettLuce()

Key = tuple[UUID, str]

DAY = timedelta(days=1)
PERIODS = {"all": None, "month": 30 * DAY, "week": 7 * DAY}
# A drop ends by the clock its verb was given, a moment before others see it. One that ended just before midnight must
# be there when its day is counted: it would show by itself afterwards.
SETTLING = timedelta(minutes=5)


def day_of(now: datetime) -> datetime:
    """The midnight, UTC, that the day of `now` began with."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def since_of(period: str, now: datetime) -> datetime | None:
    """When a period of the leaderboard began; None for all time. At midnight: drops leave it by whole days too."""
    span = PERIODS[period]
    return None if span is None else day_of(now) - span


@dataclass
class Record:
    """How somebody's entries in ended drops went: by letter, and how many took the prize."""

    drops: int = 0
    wins: int = 0
    grades: Counter[str] = field(default_factory=Counter)

    @property
    def win_percent(self) -> int:
        return round(100 * self.wins / self.drops) if self.drops else 0

    @property
    def by_grade(self) -> list[tuple[str, int]]:
        """Every letter from the best, with how often it was given."""
        return [(letter, self.grades[letter]) for letter in Grade.values]


@transaction.atomic
def rate_ended(*, now: datetime) -> int:
    """Take the drops of the oldest day that is over and not yet rated into their agents' ratings, as they ended.

    Returns how many. Two at once rate nothing twice: the second waits for the first.
    """
    take_turn(Turn.RATING)
    # What appeals of that day have changed is played again, and so is all that came after it.
    if Drop.objects.filter(awaits_rerating=True, redecided_at__lt=day_of(now - SETTLING)).exists():
        return rate_afresh(now=now)
    return _rate_oldest_day(now)


def _rate_oldest_day(now: datetime) -> int:
    waiting = Drop.objects.unrated().filter(ended_at__lt=day_of(now - SETTLING)).order_by("ended_at", "id")
    oldest = waiting.first()
    if oldest is None:
        return 0
    # In batches, so that memory is bounded, but in one commit: half a day would show in which order its drops ended.
    # No more than one day, so that the transaction is bounded too; nobody but another rating waits for the turn.
    day, total = waiting.filter(ended_at__lt=day_of(oldest.end) + DAY), 0
    while drops := list(day[:BATCH]):
        # Whoever pays a second account of theirs moves no rating.
        rate_games([drop for drop in drops if not drop.is_linked])
        total += Drop.objects.filter(pk__in=[drop.pk for drop in drops]).update(is_rated=True)
    return total


@transaction.atomic
def rate_afresh(*, now: datetime) -> int:
    """Forget all ratings and compute them again, day by day, up to yesterday. Returns how many drops there were."""
    take_turn(Turn.RATING)
    Rating.objects.all().delete()
    Drop.objects.filter(is_rated=True).update(is_rated=False, awaits_rerating=False)
    total = 0
    while rated := _rate_oldest_day(now):
        total += rated
    return total


def rate_games(drops: Sequence[Drop]) -> None:
    """Write down how the drops, in their order, have changed their players' ratings."""
    games = {drop.pk: (drop, list[Submission]()) for drop in drops}
    entries = Submission.objects.standing().filter(drop__in=games, place__isnull=False).order_by("place")
    for entry in entries:
        games[entry.drop_id][1].append(entry)
    players = {entry.user_id for _rest, game in games.values() for entry in game}
    known = {(row.user_id, row.pack): row for row in Rating.objects.filter(user__in=players)}
    for drop, game in games.values():
        for pack in (ALL_PACKS, drop.pack):
            _play(drop, game, [_rating_of(known, entry.user_id, pack, drop) for entry in game])
    changing = ["mu", "sigma", "drops", "wins", "last_ended_at"]
    Rating.objects.bulk_update([rating for rating in known.values() if rating.pk], changing)
    Rating.objects.bulk_create([rating for rating in known.values() if not rating.pk])


def _rating_of(known: dict[Key, Rating], user_id: UUID, pack: str, drop: Drop) -> Rating:
    fresh = Rating(user_id=user_id, pack=pack, mu=_MODEL.mu, sigma=_MODEL.sigma, last_ended_at=drop.end)
    return known.setdefault((user_id, pack), fresh)


def _play(drop: Drop, entries: Sequence[Submission], ratings: Sequence[Rating]) -> None:
    """One drop's places as a game. Failing entries all share the last place: among them nothing was decided."""
    for entry, rating in zip(entries, ratings, strict=True):
        rating.drops += 1
        rating.wins += entry.pk == drop.winning_submission_id
        rating.last_ended_at = max(rating.last_ended_at, drop.end)
    if len(ratings) < 2:
        return
    places = [
        float(len(entries) if entry.grade == Grade.F or entry.place is None else entry.place) for entry in entries
    ]
    teams = [[_MODEL.create_rating([rating.mu, rating.sigma])] for rating in ratings]
    for rating, (after,) in zip(ratings, _MODEL.rate(teams, ranks=places), strict=True):
        rating.mu, rating.sigma = after.mu, after.sigma


def _counted() -> QuerySet[Submission]:
    """The graded entries that show in public: those of drops that the ratings have taken in."""
    shown = Submission.objects.standing().filter(grade__isnull=False, drop__is_rated=True)
    return shown.filter(drop__is_linked=False)


def records_of(users: Iterable[UUID], *, since: datetime | None = None) -> dict[Key, Record]:
    """The records of `users` by user and pack, and over all packs under the empty one; one query."""
    ended = _counted().filter(user__in=list(users))
    if since is not None:
        ended = ended.filter(drop__ended_at__gte=since)
    counted = ended.values_list("user_id", "drop__pack", "grade").annotate(Count("pk"), Count("won_drop"))
    records: dict[Key, Record] = {}
    for user_id, pack, grade, entries, wins in counted.order_by():
        for kind in (ALL_PACKS, pack):
            record = records.setdefault((user_id, kind), Record())
            record.drops += entries
            record.wins += wins
            record.grades[grade] += entries
    return records


def streak_of(user: User) -> int:
    """How many of the user's latest drops in a row they won."""
    latest = _counted().filter(user=user).order_by("-drop__ended_at", "-pk")
    outcomes = latest.values_list("won_drop", flat=True)[:BATCH]
    return next((count for count, won in enumerate(outcomes) if won is None), len(outcomes))


def shown_score(score: float) -> float:
    """Return a rating as people see it: it starts at 0, and nobody's is less than nothing."""
    return max(0.0, score)


@dataclass(frozen=True)
class Leader:
    """One line of the leaderboard: the rating as it stands, the record of the period."""

    place: int
    handle: str
    score: float
    record: Record


@dataclass(frozen=True)
class Leaders:
    """One page of the leaderboard, and whether there are agents behind it."""

    rows: list[Leader]
    goes_on: bool


def leaders(*, pack: str = ALL_PACKS, since: datetime | None = None, page: int = 1) -> Leaders:
    """The best rated of those who chose a handle and, where `since` is given, had a drop end since then."""
    first = (page - 1) * LEADERS_MAX
    # One more tells whether the list goes on.
    ratings = list(_listed(pack, since).best_first().select_related("user")[first : first + LEADERS_MAX + 1])
    rows = _leaders_of(ratings[:LEADERS_MAX], first + 1, pack=pack, since=since)
    return Leaders(rows, goes_on=len(ratings) > LEADERS_MAX)


def own_place(user: User, *, pack: str = ALL_PACKS, since: datetime | None = None) -> Leader | None:
    """The user's own line of the leaderboard, wherever it stands; None where they are not listed."""
    listed = _listed(pack, since)
    own = listed.of(user).select_related("user").first()
    if own is None:
        return None
    return _leaders_of([own], listed.ahead_of(own).count() + 1, pack=pack, since=since)[0]


def page_with(place: int) -> int:
    """The page of the leaderboard on which a place stands."""
    return (place - 1) // LEADERS_MAX + 1


def _listed(pack: str, since: datetime | None) -> RatingQuerySet:
    return Rating.objects.public().filter(pack=pack).played_since(since)


def _leaders_of(ratings: Iterable[Rating], first: int, *, pack: str, since: datetime | None) -> list[Leader]:
    ratings = list(ratings)
    records = records_of((rating.user_id for rating in ratings), since=since)
    return [
        Leader(place, str(rating.user.handle), shown_score(rating.score), records.get((rating.user_id, pack), Record()))
        for place, rating in enumerate(ratings, start=first)
    ]


@dataclass(frozen=True)
class PackRecord:
    """A profile's figures on one pack; `name` is “All packs” for all of them together."""

    pack: str
    name: str
    score: float
    record: Record


def profile_of(user: User) -> list[PackRecord]:
    """The user's ratings and records: all packs first, then each they have played."""
    scores = dict(Rating.objects.of(user).values_list("pack", "score"))
    records = records_of([user.pk])
    names = {ALL_PACKS: _("All packs"), **{pack.id: pack.name for pack in PACKS.values()}}
    return [
        PackRecord(pack, name, shown_score(scores[pack]), records.get((user.pk, pack), Record()))
        for pack, name in names.items()
        if pack in scores
    ]
