"""Who would gain or lose by a decision about a payment: whose prize it has paid, or may yet pay."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from wallet.models import HeldPayout, Part, Topup

# Given by the rooms that know: whether one of `people` is after a prize that waits in one of these escrows.
Source = Callable[[Collection[UUID], Collection[str]], bool]

_sources: list[Source] = []


def register(source: Source) -> None:
    """Let `source(people, references)` say whether any of them has a stake; adding it again changes nothing."""
    if source not in _sources:
        _sources.append(source)


def have_stake(people: Collection[UUID], topup: Topup) -> bool:
    """Whether one of `people` owns the payment, has won what it paid for, or may yet win it."""
    parts = Part.objects.filter(origin__reason=topup.reason)
    jobs = parts.filter(transfer__kind="job").values_list("transfer__reason", flat=True)
    references = {reason.partition(":")[2] for reason in jobs}
    return (
        topup.user_id in people
        or parts.filter(transfer__kind="payout", transfer__credit__user__in=people).exists()
        or HeldPayout.objects.filter(reference__in=references, payee__in=people).exists()
        or any(source(people, references) for source in _sources)
    )
