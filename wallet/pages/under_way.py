"""Money that moves or has stopped at this moment, for the head of the wallet's page, and where a top-up's is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from accounts.models import User
from wallet.decline_reasons import WHILE_HELD
from wallet.models import CardRefund, Lot, PaymentProfile, Topup, Withdrawal


@dataclass(frozen=True)
class Whereabouts:
    """A top-up, how much of it is in its owner's wallet, and how much is on its way back to its card, in cents."""

    topup: Topup
    left_cents: int
    returning_cents: int


def whereabouts_of(topups: Iterable[Topup]) -> list[Whereabouts]:
    """Return where the money of each is now, in the order given."""
    rows = list(topups)
    arrived = [topup for topup in rows if topup.has_arrived]
    left: dict[str, int] = {}
    returning: dict[Any, int] = {}
    if arrived:
        lots = Lot.objects.filter(account__kind="wallet", origin__reason__in=[topup.reason for topup in arrived])
        own = lots.filter(is_earned=False, account__user__in={topup.user_id for topup in arrived})
        left = dict(own.values_list("origin__reason", "cents"))
        back = CardRefund.objects.filter(topup__in=arrived, status="pending").values("topup")
        returning = dict(back.annotate(cents=Sum("amount_cents")).values_list("topup", "cents"))
    return [Whereabouts(one, left.get(one.reason, 0), returning.get(one.pk, 0)) for one in rows]


def under_way(user: User, profile: PaymentProfile) -> dict[str, Any]:
    """Return what is on its way, what waits for somebody and what failed: each with something to say about it."""
    open_topups = Topup.objects.of(user).filter(status__in=("pending", "unknown", "quarantined"))
    newest = open_topups.order_by("-created_at")
    return {
        "leaving": Withdrawal.objects.filter(user=user, status="pending").order_by("created_at"),
        "going_back": CardRefund.objects.filter(user=user, status="pending").order_by("created_at"),
        "coming": [topup for topup in newest if topup.is_being_confirmed],
        "held_topups": [topup for topup in newest if topup.is_held],
        "failed_auto": _failed_auto(user, profile),
        "while_held": WHILE_HELD,
    }


def _failed_auto(user: User, profile: PaymentProfile) -> Topup | None:
    """The last automatic top-up, if the card was refused and nothing has been paid or changed since."""
    if not profile.auto_topup_failures:
        return None
    last = Topup.objects.automatic(user).order_by("-created_at").first()
    return last if last is not None and last.status == Topup.Status.FAILED else None
