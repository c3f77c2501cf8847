"""Earned or topped up: what of a wallet can go to a bank, and what still has to wait for it, until when and why.

A prize is as old as the money it was paid from: it waits until the sender's card money is old too, wherever that came
through other prizes. A sender whose record has been clean for long counts as old at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat

from accounts.models import User
from wallet.books.records import blemishes
from wallet.models import Account, HeldPayout, Part, Topup, Transfer


@dataclass(frozen=True)
class HeldPrize:
    """A prize that can't be withdrawn before `until`, as its sender's card money is young, or it is itself.

    `until` is empty where staff have to decide: the payment behind it is in doubt, or its sender `is_linked`.
    """

    reference: str
    cents: int
    until: datetime | None
    is_money_young: bool
    is_linked: bool = False


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
    newest = _young_money(now).filter(transfer=OuterRef("pk")).values("transfer").annotate(at=Max("origin__event_at"))
    in_doubt = HeldPayout.objects.open().filter(payee=user, was_paid=True)
    doubted = Q(reason__in=in_doubt.values_list(Concat(Value("payout:"), "reference")))
    linked = Q(reason__in=in_doubt.filter(topup=None).values_list(Concat(Value("payout:"), "reference")))
    payouts = Transfer.objects.filter(
        doubted | Q(created_at__gt=now - max(hold, topup_hold)),
        kind="payout",
        credit__kind=Account.Kind.WALLET,
        credit__user=user,
    ).annotate(
        paid_by_card_at=Subquery(newest.values("at")),
        is_doubted=Case(When(doubted, True), default=False),
        is_linked=Case(When(linked, True), default=False),
    )
    timed, waiting = [], []
    for payout in payouts:
        reference, own = payout.reason.partition(":")[2], payout.created_at + hold
        if payout.is_doubted:
            waiting.append(HeldPrize(reference, payout.amount, None, False, is_linked=payout.is_linked))
            continue
        until = max(own, payout.paid_by_card_at + topup_hold) if payout.paid_by_card_at else own
        if until > now:
            timed.append((until, HeldPrize(reference, payout.amount, until, is_money_young=until > own)))
    return [prize for _, prize in sorted(timed, key=lambda pair: pair[0])] + waiting


def withdrawable_at(paid_at: Mapping[str, datetime], now: datetime) -> dict[str, datetime]:
    """Return from when on each prize can be withdrawn, if it is paid to its winner at the time given for it.

    Where the sender's card money decides, it is the end of a (UTC) day, since when somebody paid is nobody's business.
    """
    hold, topup_hold = _seconds("PRIZE_HOLD_SECONDS"), _seconds("TOPUP_HOLD_SECONDS")
    jobs = _young_money(now).filter(transfer__reason__in=[f"job:{reference}" for reference in paid_at])
    newest = dict(jobs.values_list("transfer__reason").annotate(at=Max("origin__event_at")))
    times = {}
    for reference, at in paid_at.items():
        own, card = at + hold, newest.get(f"job:{reference}")
        times[reference] = max(own, _end_of_day(card + topup_hold)) if card and card + topup_hold > own else own
    return times


def _young_money(now: datetime) -> QuerySet[Part]:
    """Return the parts of transfers that come from young card money of somebody without a long clean record."""
    clean_since = now - _seconds("CLEAN_RECORD_SECONDS")
    owner = OuterRef("origin__credit__user")
    regular = Topup.objects.arrived().filter(user=owner, created_at__lte=clean_since)
    disputes, doubts = blemishes(owner, clean_since)
    by_card = Part.objects.filter(
        origin__event_at__gt=now - _seconds("TOPUP_HOLD_SECONDS"), origin__debit__kind=Account.Kind.STRIPE_CLEARING
    )
    return by_card.filter(~Exists(regular) | Exists(disputes) | Exists(doubts))


def _end_of_day(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def _seconds(setting: str) -> timedelta:
    return timedelta(seconds=getattr(settings, setting))
