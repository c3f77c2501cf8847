"""Top-ups that are taken back: refunds, one by one, and refunds that fail after all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.text import uuid_of
from core.words import Words, sentences
from wallet import gateway
from wallet.books import debts
from wallet.gateway import StripeRefund
from wallet.models import CardRefund, Doubt, Part, Topup
from wallet.money import format_cents_lazy
from wallet.money_in.card_refunds import settle_card_refund
from wallet.money_in.paid_by import topup_paid_by
from wallet.money_in.taint import doubt_topup, end_doubts, lock_topup
from wallet.notifications import tell

# A refund has left our balance at Stripe from its creation on, also while the buyer's bank still works on it.
TAKEN = ("pending", "requires_action", "succeeded")
UNDONE = ("failed", "canceled")

NOT_GONE = _("A refund of {amount} did not go through: {rest} is in your wallet again.")
NOT_GONE_AND_OWED = _(
    "A refund of {amount} did not go through: {paid} paid what you owed, {rest} is in your wallet again."
)


def note_refund(*, refund_id: str, now: datetime) -> Topup | None:
    """Post what one refund did; None where it is about none of our top-ups."""
    refund = gateway.connect().get_refund(refund_id)
    topup = topup_paid_by(refund.payment_id, refund.charge, now=now)
    if topup is not None:
        post_refund(topup, refund, now)
    return topup


def note_refunds_of(*, charge: str, now: datetime) -> None:
    """Post every refund of a charge, each once."""
    for refund in gateway.connect().list_refunds(charge=charge):
        topup = topup_paid_by(refund.payment_id, refund.charge, now=now)
        if topup is not None:
            post_refund(topup, refund, now)


@transaction.atomic
def post_refund(topup: Topup, refund: StripeRefund, now: datetime) -> None:
    """Take what was refunded out of the wallet, and put it back where the refund failed; each once."""
    reason = f"topup_refund:{refund.id}"
    lock_topup(topup)
    debts.lock_balances(topup.user)
    if refund.status in (*TAKEN, *UNDONE):
        _settle_own(topup, refund, now)
    is_new = not debts.is_posted(reason)
    amount, user, paid = refund.amount_cents, topup.user, topup.reason
    if refund.status in TAKEN or refund.status in UNDONE:
        owed = debts.take_back(
            user=user, amount_cents=amount, reason=reason, about=paid, now=now, event_at=refund.created
        )
        if is_new:
            _tell(topup, refund, owed, now)
            if _reached_what_was_spent(reason, topup, amount):
                doubt_topup(topup=topup, kind=Doubt.Kind.REFUND, source=refund.id, now=now)
    if refund.status in UNDONE:
        back = f"topup_refund_failed:{refund.id}"
        if not debts.is_posted(back):
            settled = debts.give_back(user=user, amount_cents=amount, reason=back, about=paid, now=now, event_at=now)
            _tell_undone(topup, amount, settled, now)
            end_doubts(doubts=topup.doubts.filter(kind=Doubt.Kind.REFUND, source=refund.id), topup=topup, now=now)


def _settle_own(topup: Topup, refund: StripeRefund, now: datetime) -> None:
    """A refund that its owner asked for here is paid from what waits for it in transit, and then is posted already."""
    asked = uuid_of(refund.card_refund_id)
    if asked is not None and CardRefund.objects.filter(pk=asked, topup=topup).exists():
        settle_card_refund(card_refund_id=asked, refund=refund, now=now)


def _reached_what_was_spent(reason: str, topup: Topup, amount_cents: int) -> bool:
    """Whether a refund was of more than what was left of its top-up in the wallet."""
    own = Part.objects.filter(transfer__reason=reason, origin__reason=topup.reason, is_earned=False)
    return amount_cents > sum(own.values_list("cents", flat=True))


def _tell_undone(topup: Topup, amount_cents: int, paid_cents: int, now: datetime) -> None:
    paid, rest = format_cents_lazy(paid_cents), format_cents_lazy(amount_cents - paid_cents)
    text = format_lazy(
        NOT_GONE_AND_OWED if paid_cents else NOT_GONE, amount=format_cents_lazy(amount_cents), paid=paid, rest=rest
    )
    tell(user=topup.user, kind="refund_failed", subject=_("A refund did not go through"), text=text, now=now)


def _tell(topup: Topup, refund: StripeRefund, owed_cents: int, now: datetime) -> None:
    text: Words = format_lazy(
        _("{amount} of a top-up went back to where it came from."), amount=format_cents_lazy(refund.amount_cents)
    )
    if owed_cents:
        owed = format_lazy(_("Your wallet could not cover it: you owe {owed}."), owed=format_cents_lazy(owed_cents))
        text = sentences(text, owed)
    tell(user=topup.user, kind="topup_refunded", subject=_("A top-up was refunded"), text=text, now=now)
