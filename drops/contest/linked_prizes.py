"""Links that begin after a prize was paid: it is held for staff while it is young, and the drop counts as linked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from drops.contest.links import linked_to, note_device
from drops.models import Drop
from wallet.models import Topup
from wallet.money_out.held_payouts import hold_linked_prize


@transaction.atomic
def look_again(*, user: User, now: datetime, **_signal: Any) -> None:
    """Note what `user` pays with and is paid to, and hold the young prizes between them and whom that links.

    A drop that is known to be linked was paid knowingly, so it is let be.
    """
    linked = linked_to(user, now) - {user.pk}
    if not linked:
        return
    between = Q(sender=user, winning_submission__user__in=linked) | Q(sender__in=linked, winning_submission__user=user)
    for drop in Drop.objects.finished().filter(between, is_linked=False).order_by("pk"):
        if Drop.objects.filter(pk=drop.pk, is_linked=False).update(is_linked=True):
            hold_linked_prize(reference=drop.reference, now=now)


def hear_of_topup(*, topup: Topup, now: datetime, **_signal: Any) -> None:
    """A card has paid: whoever it belongs to is looked at again."""
    look_again(user=topup.user, now=now)


def hear_of_device(*, user: User, device: str, now: datetime, **_signal: Any) -> None:
    """Somebody signs in: whoever else has been on this device belongs with them, unless the operator says otherwise."""
    if settings.LINKS_BY_DEVICE and note_device(user, device, now):
        look_again(user=user, now=now)
