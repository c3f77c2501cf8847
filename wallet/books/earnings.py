"""Earned or topped up: what of a wallet can go to a bank, and what still has to wait for it, until when and why.

A prize is as old as the money it was paid from: it waits until the sender's card money is old too, wherever that came
through other prizes. A sender whose record has been clean for long counts as old at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat

from accounts.models import User
from core.db.compiled import Compiled
from wallet.books.contests import contested_prizes
from wallet.books.payouts import gone_back, reference_of
from wallet.books.records import blemishes
from wallet.models import Account, HeldPayout, Part, Topup, Transfer


@dataclass(frozen=True)
class HeldPrize:
    """A prize that can't be withdrawn before `until`, as its sender's card money is young, or it is itself.

    `until` is empty where staff have to decide: the payment behind it is in doubt, or its sender `is_linked`. One that
    `is_contested` waits for an answer to an appeal, until then at the latest.
    """

    reference: str
    cents: int
    until: datetime | None
    is_money_young: bool
    is_linked: bool = False
    is_contested: bool = False


@dataclass(frozen=True)
class Earnings:
    """A wallet in cents. What was topped up is for drops or for its card; prizes go to a bank once they are old."""

    balance_cents: int
    card_cents: int
    held_cents: int

    @property
    def earned_cents(self) -> int:
        return self.balance_cents - self.card_cents

    @property
    def withdrawable_cents(self) -> int:
        return self.earned_cents - self.held_cents


def earnings_of(user: User, now: datetime) -> Earnings:
    """Return how the user's wallet is made up. A held prize may have been spent, and then it is not held any more."""
    wallet = Account.objects.filter(kind=Account.Kind.WALLET, user=user).first()
    return earnings_in(wallet, held_prizes(user, now))


def earnings_in(wallet: Account | None, prizes: list[HeldPrize]) -> Earnings:
    """As `earnings_of`, of what was read already."""
    balance, card = (wallet.balance, wallet.card_cents) if wallet else (0, 0)
    return Earnings(balance, card, min(balance - card, sum(prize.cents for prize in prizes)))


def held_prizes(user: User, now: datetime) -> list[HeldPrize]:
    """Return the prizes that can't be withdrawn yet, spent or not; those that wait longest come last."""
    hold, topup_hold = _seconds("PRIZE_HOLD_SECONDS"), _seconds("TOPUP_HOLD_SECONDS")
    # Within its hold a verdict may be appealed, and the answer takes its time.
    longest = max(topup_hold, hold + _seconds("APPEAL_ANSWER_SECONDS"))
    rows = PAYOUTS.rows(user_id=user.pk, since=now - longest, **_young_since(now))
    contested = contested_prizes(user, now) if rows else {}
    timed, waiting = [], []
    for reason, paid_at, cents, paid_by_card_at, is_doubted, is_linked in rows:
        reference, own = reference_of(reason), paid_at + hold
        if is_doubted:
            waiting.append(HeldPrize(reference, cents, None, False, is_linked=is_linked))
            continue
        young = max(own, paid_by_card_at + topup_hold) if paid_by_card_at else own
        until = max(young, contested.get(reference, young))
        if until > now:
            prize = HeldPrize(reference, cents, until, young > own, is_contested=reference in contested)
            timed.append((until, prize))
    return [prize for _, prize in sorted(timed, key=lambda pair: pair[0])] + waiting


def _payouts(
    user_id: UUID, since: datetime, card_since: datetime, clean_since: datetime
) -> QuerySet[Transfer, tuple[Any, ...]]:
    """Return somebody's prizes that may be held: those since then, and those that are in doubt."""
    young = _young_money(card_since, clean_since).filter(transfer=OuterRef("pk"))
    newest = young.values("transfer").annotate(at=Max("origin__event_at"))
    in_doubt = HeldPayout.objects.open().filter(payee=user_id, was_paid=True)
    doubted = Q(reason__in=in_doubt.values_list(Concat(Value("payout:"), "reference")))
    linked = Q(reason__in=in_doubt.filter(topup=None).values_list(Concat(Value("payout:"), "reference")))
    payouts = Transfer.objects.filter(
        doubted | Q(created_at__gt=since),
        ~gone_back(),
        kind="payout",
        credit__kind=Account.Kind.WALLET,
        credit__user=user_id,
    )
    return payouts.values_list(
        "reason",
        "created_at",
        "amount",
        Subquery(newest.values("at")),
        Case(When(doubted, True), default=False),
        Case(When(linked, True), default=False),
    )


PAYOUTS = Compiled(_payouts, user_id=UUID, since=datetime, card_since=datetime, clean_since=datetime)


def withdrawable_at(paid_at: Mapping[str, datetime], now: datetime) -> dict[str, datetime]:
    """Return from when on each prize can be withdrawn, if it is paid to its winner at the time given for it.

    Where the sender's card money decides, it is the end of a (UTC) day, since when somebody paid is nobody's business.
    """
    hold, topup_hold = _seconds("PRIZE_HOLD_SECONDS"), _seconds("TOPUP_HOLD_SECONDS")
    jobs = _young_money(**_young_since(now)).filter(transfer__reason__in=[f"job:{reference}" for reference in paid_at])
    newest = dict(jobs.values_list("transfer__reason").annotate(at=Max("origin__event_at")))
    times = {}
    for reference, at in paid_at.items():
        own, card = at + hold, newest.get(f"job:{reference}")
        times[reference] = max(own, _end_of_day(card + topup_hold)) if card and card + topup_hold > own else own
    return times


def _young_money(card_since: datetime, clean_since: datetime) -> QuerySet[Part]:
    """Return the parts of transfers that come from young card money of somebody without a long clean record."""
    owner = OuterRef("origin__credit__user")
    regular = Topup.objects.arrived().filter(user=owner, created_at__lte=clean_since)
    disputes, doubts = blemishes(owner, clean_since)
    by_card = Part.objects.filter(origin__event_at__gt=card_since, origin__debit__kind=Account.Kind.STRIPE_CLEARING)
    return by_card.filter(~Exists(regular) | Exists(disputes) | Exists(doubts))


def _young_since(now: datetime) -> dict[str, datetime]:
    """Since when card money is young, and since when a record has to be clean for it to count as old."""
    hold, clean = _seconds("TOPUP_HOLD_SECONDS"), _seconds("CLEAN_RECORD_SECONDS")
    return {"card_since": now - hold, "clean_since": now - clean}


def _end_of_day(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def _seconds(setting: str) -> timedelta:
    return timedelta(seconds=getattr(settings, setting))
