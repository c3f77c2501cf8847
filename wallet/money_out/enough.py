"""Whether there is as much to withdraw as somebody asks for, and why not."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Refused
from core.words import sentences
from wallet.books.earnings import earnings_of
from wallet.money import format_cents


class NotEnough(Refused):
    code = "insufficient_funds"
    status = 400
    message = _("You can't withdraw that much.")


def require_enough(user: User, amount_cents: int, now: datetime) -> None:
    """Raise NotEnough where that is more than can be withdrawn now."""
    earnings = earnings_of(user, now)
    free, held, card = earnings.withdrawable_cents, earnings.held_cents, earnings.card_cents
    if amount_cents > free:
        why = [_("You can withdraw {sum} now.").format(sum=format_cents(free))]
        if held:
            on_hold = _("Prizes of {sum} are still on hold; your wallet says until when.")
            why.append(on_hold.format(sum=format_cents(held)))
        if card:
            added = _("The {sum} that you added are for drops, or go back to their card.")
            why.append(added.format(sum=format_cents(card)))
        raise NotEnough(sentences(*why), required=amount_cents, available=free, held_cents=held, topped_up_cents=card)
