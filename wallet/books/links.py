"""Accounts that seem to be one person's, as far as the rooms above know: the wallet only asks."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from accounts import not_theirs
from accounts.models import User
from wallet.models import Account, Dispute, Doubt, HeldPayout

# Given by the rooms that know which accounts belong together.
Source = Callable[[User, datetime | None], Collection[UUID]]

_sources: list[Source] = []


def register(source: Source) -> None:
    """Let `source(user, now)` name the accounts that seem to be the same person's; adding it again changes nothing."""
    if source not in _sources:
        _sources.append(source)


def same_person(user: User, now: datetime | None = None) -> set[UUID]:
    """Return the accounts that seem to be the user's, theirs included; without `now` by what is known of them."""
    return {user.pk}.union(*(source(user, now) for source in _sources))


def is_linked_to_doubt(user: User, now: datetime) -> bool:
    """Whether a payment of an account that seems to be the same person's is disputed, reported or owed for.

    Or whether a prize of theirs waits for staff because its sender seems to be the same person.
    All of them are held until the transaction ends: doubt about one of them comes before, or after.
    """
    linked = same_person(user, now) - {user.pk}
    if not linked:
        return False
    User.objects.lock_all({user.pk, *linked})
    return (
        HeldPayout.objects.open().filter(payee=user, is_linked=True).exists()
        or Dispute.objects.filter(user__in=linked, is_open=True).exists()
        or Doubt.objects.standing().filter(topup__user__in=linked).exists()
        or Account.objects.filter(user__in=linked, kind=Account.Kind.DEBT, balance__lt=0).exists()
    )


not_theirs.register_people(same_person)
