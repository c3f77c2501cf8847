"""A prize changes hands, because its verdict was changed: only while it is held, and then all of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import Refused
from wallet.books import ledger
from wallet.books.earnings import earnings_in, held_prizes
from wallet.books.ledger import Party
from wallet.books.payouts import payouts_of, standing_payout
from wallet.models import Account, HeldPayout, Transfer
from wallet.money import format_cents
from wallet.money_out.held_payouts import doubt_about, hold_paid_prize


class PrizeNotHeld(Refused):
    code = "prize_not_held"
    message = gettext_lazy("The prize is not held any more, so it stays with whoever won it.")
    next_step = gettext_lazy("Answer the appeal without changing who won.")


@transaction.atomic
def move_prize(*, reference: str, payer: User, payee: User | None, is_linked: bool, now: datetime) -> bool:
    """Take a held prize back from its winner and pay it to `payee`, or return it to its `payer` where that is None.

    One that waits in its escrow for staff stays there, for its new winner. A payment in doubt, or a payer who is linked
    with `payee`, holds their prize too. Called under the locks of all three people. Says whether staff must still let
    the prize go. Raises PrizeNotHeld.
    """
    # Before any account: its payments are locked in the order in which whoever doubts one does.
    doubtful = doubt_about(reference)
    waiting = HeldPayout.objects.open().filter(reference=reference, was_paid=False)
    if waiting.exists():
        if payee is not None:
            waiting.update(payee=payee, is_linked=is_linked)
        else:
            waiting.update(status=HeldPayout.Status.RETURNED, decided_at=now)
            ledger.refund_hold(reference=reference, payer=payer, now=now)
        return payee is not None
    take_back(reference=reference, now=now)
    if payee is None:
        _return_fee(reference, now)
        ledger.refund_hold(reference=reference, payer=payer, now=now)
        return False
    payout = _pay_again(reference, payee, now)
    if is_linked:
        hold_paid_prize(payout=payout, topup=None, now=now)
    if doubtful is not None:
        hold_paid_prize(payout=payout, topup=doubtful, now=now)
    return is_linked or doubtful is not None


def take_back(*, reference: str, now: datetime) -> None:
    """Move the prize from its winner's wallet into its escrow. Raises PrizeNotHeld."""
    payout = standing_payout(reference)
    winner = payout.credit.user if payout else None
    if payout is None or winner is None:
        raise PrizeNotHeld
    prizes = held_prizes(winner, now)
    if reference not in {prize.reference for prize in prizes}:
        raise PrizeNotHeld(_("The hold of this prize is over, so it stays with whoever won it."))
    wallet = Account.objects.filter(kind=Account.Kind.WALLET, user=winner).first()
    left = earnings_in(wallet, prizes).earned_cents
    if left < payout.amount:
        spent = _("Of the prize of {prize} its winner has spent so much that {left} is left: it can't be taken back.")
        raise PrizeNotHeld(spent.format(prize=format_cents(payout.amount), left=format_cents(max(0, left))))
    subject = payout.reason.partition(":")[2]
    HeldPayout.objects.open().filter(reference=subject).update(status=HeldPayout.Status.RETURNED, decided_at=now)
    ledger.post_transfer(
        debit=ledger.wallet_of(winner),
        credit=ledger.escrow_of(reference),
        amount_cents=payout.amount,
        reason=f"payout_returned:{subject}",
        about=payout.reason,
        now=now,
    )


def _pay_again(reference: str, payee: User, now: datetime) -> Transfer:
    number = len(payouts_of(reference)) + 1
    payout = ledger.post_transfer(
        debit=ledger.escrow_of(reference),
        credit=ledger.wallet_of(payee),
        amount_cents=ledger.escrow_cents(reference),
        reason=f"payout:{reference}:{number}",
        now=now,
    )
    return Transfer.objects.select_related("credit__user").get(pk=payout.pk)


def _return_fee(reference: str, now: datetime) -> None:
    """Whoever gets their money back gets all of it."""
    fee = Transfer.objects.filter(reason=f"fee:{reference}").first()
    if fee is not None:
        ledger.post_transfer(
            debit=Party(Account.Kind.FEES),
            credit=ledger.escrow_of(reference),
            amount_cents=fee.amount,
            reason=f"fee_returned:{reference}",
            about=fee.reason,
            now=now,
        )
