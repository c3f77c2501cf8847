"""Whether somebody's record as a payer is clean: one rule, for whatever grows with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from wallet.models import Dispute, Doubt


def blemishes(owner: Any, since: datetime) -> tuple[QuerySet[Dispute], QuerySet[Doubt]]:
    """Return what spoils a record: disputes, fraud warnings and refunds of what was spent, since then or undecided.

    How one ended doesn't matter, and a dispute that was lost becomes old too. `owner` is an account, or names one in
    an outer query.
    """
    standing = Q(ended_at=None) & ~Q(kind=Doubt.Kind.DISPUTE)
    return (
        Dispute.objects.filter(Q(opened_at__gt=since) | Q(is_open=True), user=owner),
        Doubt.objects.filter(Q(since__gt=since) | standing, topup__user=owner),
    )
