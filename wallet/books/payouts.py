"""The payouts of a prize. There is one, `payout:<reference>`, unless a verdict was changed: the prize is then paid out
again, as `payout:<reference>:2` and so on, and what was paid before is `payout_returned:` to its escrow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef

from wallet.models import Transfer

# A verdict is changed on appeal, and each of a drop's players appeals once.
PAYOUTS_MAX = 10


def reference_of(reason: str) -> str:
    """Return what a prize was for, by the reason of a transfer that moved it."""
    return reason.split(":")[1]


def subjects_of(reference: str) -> list[str]:
    """Return what may follow the kind in the reasons of a prize's transfers, the first payout's first."""
    return [reference, *(f"{reference}:{number}" for number in range(2, PAYOUTS_MAX + 1))]


def gone_back() -> Exists:
    """Return the condition that a payout was taken back from its winner."""
    return Exists(Transfer.objects.filter(about=OuterRef("pk"), kind="payout_returned"))


def paid_again_at(references: Iterable[str]) -> dict[str, datetime]:
    """Return when prizes that changed hands were paid to whoever has them now, by what they were for."""
    reasons = [f"payout:{subject}" for reference in references for subject in subjects_of(reference)[1:]]
    if not reasons:
        return {}
    standing = Transfer.objects.filter(~gone_back(), reason__in=reasons).values_list("reason", "created_at")
    return {reference_of(reason): at for reason, at in standing}


def payouts_of(reference: str) -> list[Transfer]:
    """Return all payouts of a prize, the oldest first; the last may stand."""
    reasons = [f"payout:{subject}" for subject in subjects_of(reference)]
    return list(Transfer.objects.filter(reason__in=reasons).select_related("credit__user").order_by("pk"))


def standing_payout(reference: str) -> Transfer | None:
    """Return the payout of a prize that its winner has; None where it never left its escrow, or has gone back."""
    payouts = payouts_of(reference)
    standing = Transfer.objects.filter(~gone_back(), pk__in=[payout.pk for payout in payouts[-1:]])
    return standing.select_related("credit__user").first()
