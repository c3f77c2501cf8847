"""Follow a pack from a prize on, change that, and stop."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import require_good_standing
from core.errors import Invalid, Refused
from drops.models.alert import ANY_PACK, MIN_PRICE_CENTS_MAX, Alert
from drops.packs import PACKS
from wallet.money import format_cents


class NoSuchAlert(Refused):
    code = "no_such_alert"
    status = 404
    message = gettext_lazy("You don't follow that; you may have stopped already.")


def faults_in_alert(*, pack: str, min_price_cents: int) -> dict[str, str]:
    """Return why nobody can follow this, by field."""
    faults = {}
    if pack != ANY_PACK and pack not in PACKS:
        faults["pack"] = _("There is no such pack. Choose one of: {choices}.").format(choices=", ".join(PACKS))
    if not 0 <= min_price_cents <= MIN_PRICE_CENTS_MAX:
        faults["min_price_cents"] = _("Choose a minimum price between $0 and {most}.").format(
            most=format_cents(MIN_PRICE_CENTS_MAX)
        )
    return faults


@transaction.atomic
def follow_pack(*, user: User, pack: str, min_price_cents: int, now: datetime) -> Alert:
    """Let `user` hear of new drops of `pack` (ANY_PACK: of all), from that price on.

    Done again, it changes the price. Raises Invalid naming the fields at fault, Suspended.
    """
    require_good_standing(user)
    if faults := faults_in_alert(pack=pack, min_price_cents=min_price_cents):
        raise Invalid(faults)
    alert, _rest = Alert.objects.update_or_create(
        user=user,
        pack=pack,
        defaults={"min_price_cents": min_price_cents},
        create_defaults={"min_price_cents": min_price_cents, "created_at": now},
    )
    return alert


def unfollow(*, user: User, alert_id: UUID) -> None:
    """Stop one of the user's own alerts. Raises NoSuchAlert."""
    _delete(user, pk=alert_id)


def unfollow_pack(*, user: User, pack: str) -> None:
    """Stop the user's alert about `pack`. Raises NoSuchAlert."""
    _delete(user, pack=pack)


def _delete(user: User, **which: object) -> None:
    deleted, _rest = Alert.objects.filter(user=user, **which).delete()
    if not deleted:
        raise NoSuchAlert
