"""A prize is paid to its winner, or waits where the payment behind it is in doubt: staff release or return it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Refused
from core.text import sentence_apart
from core.words import Words, sentences
from wallet.books import debts, ledger
from wallet.books.earnings import held_prizes
from wallet.books.payouts import reference_of, standing_payout, subjects_of
from wallet.decisions import record_decision
from wallet.models import Doubt, HeldPayout, Part, Topup, Transfer
from wallet.money import format_cents_lazy
from wallet.notifications import tell
from wallet.signals import came_to_wait

Status = HeldPayout.Status


class NotOpen(Refused):
    code = "not_open"
    message = _("This payout was decided already.")


class SpentMeanwhile(Refused):
    code = "spent_meanwhile"
    message = _("The winner has paid for drops with this prize, and what those paid is held too.")
    next_step = _("Decide about those payouts first, the newest before the others.")


@transaction.atomic
def settle_prize(*, reference: str, payer: User, payee: User, fee_cents: int, now: datetime) -> HeldPayout | None:
    """Pay a prize out of its escrow, or leave it there, for staff, where a payment that funds it is in doubt.

    Returns what holds it; None where it was paid. Raises AlreadySettled.
    """
    doubtful = doubt_about(reference)
    if doubtful is None:
        ledger.pay_prize(reference=reference, payee=payee, fee_cents=fee_cents, now=now)
        return None
    held = HeldPayout.objects.create(
        reference=reference,
        topup=doubtful,
        payer=payer,
        payee=payee,
        amount_cents=ledger.escrow_cents(reference) - fee_cents,
        fee_cents=fee_cents,
        was_paid=False,
        opened_at=now,
    )
    came_to_wait.send(sender=HeldPayout, row=held, now=now)
    return held


def doubt_about(reference: str) -> Topup | None:
    """Return a top-up in doubt that has funded the prize. All that have are locked: doubt comes before, or after."""
    job = f"job:{reference.partition(':')[0]}"
    reasons = Part.objects.filter(transfer__reason=job).values_list("origin__reason", flat=True)
    names = [reason.partition(":")[2] for reason in reasons if not reason.startswith("topup:play_")]
    if not names:
        return None
    funding = Topup.objects.filter(Q(stripe_session_id__in=names) | Q(stripe_payment_intent_id__in=names))
    locked = list(funding.select_for_update(no_key=True).order_by("pk"))
    # Asked once they are locked, or doubt that came while we waited would not be seen.
    doubted = set(Doubt.objects.standing().filter(topup__in=locked).values_list("topup", flat=True))
    return next((topup for topup in locked if topup.pk in doubted), None)


def hold_paid_prize(*, payout: Transfer, topup: Topup | None, now: datetime) -> bool:
    """Hold a prize in its winner's wallet, if it has not become old: what is old is theirs. Says whether it is new.

    `topup` is the payment in doubt; None where sender and winner are linked.
    """
    reference, subject = reference_of(payout.reason), payout.reason.partition(":")[2]
    payer = Transfer.objects.select_related("debit__user").get(reason=f"job:{reference}").debit.user
    payee = payout.credit.user
    assert payer is not None and payee is not None
    if reference not in {prize.reference for prize in held_prizes(payee, now)}:
        return False
    why = {"topup": topup, "is_linked": topup is None, "was_paid": True, "opened_at": now}
    about = {"payer": payer, "payee": payee, "amount_cents": payout.amount}
    row, is_new = HeldPayout.objects.get_or_create(reference=subject, defaults={**why, **about})
    if is_new:
        came_to_wait.send(sender=HeldPayout, row=row, now=now)
    elif topup is not None:
        HeldPayout.objects.open().filter(reference=subject, topup=None).update(topup=topup)
    return is_new


@transaction.atomic
def hold_linked_prize(*, reference: str, now: datetime) -> None:
    """Hold a young prize for staff, since its sender and its winner turn out to be linked. Its winner is told."""
    HeldPayout.objects.open().filter(reference__in=subjects_of(reference)).update(is_linked=True)
    payout = standing_payout(reference)
    if payout is None or payout.credit.user is None or not hold_paid_prize(payout=payout, topup=None, now=now):
        return
    text = format_lazy(
        _(
            "You and whoever paid your prize of {cents} seem to belong together. Our staff are looking into it; until "
            "then the prize can't be withdrawn."
        ),
        cents=format_cents_lazy(payout.amount),
    )
    tell(user=payout.credit.user, kind="payout_held", subject=_("A prize is held"), text=text, now=now)


@transaction.atomic
def release_payout(*, payout: HeldPayout, staff: User, told: str, reason: str, now: datetime) -> HeldPayout:
    """Let the winner have the prize, and be `told` why. Raises NotOpen, Forbidden, Invalid."""
    record_decision(staff=staff, action="release_payout", row=payout, reason=reason, told=told, now=now)
    return let_go(payout=payout, told=told, now=now)


@transaction.atomic
def let_go(*, payout: HeldPayout, now: datetime, told: str = "") -> HeldPayout:
    """As `release_payout`, by itself: the payment is in doubt no more."""
    row = _decide(payout, Status.RELEASED, now)
    if not row.was_paid:
        ledger.pay_prize(reference=row.reference, payee=row.payee, fee_cents=row.fee_cents, now=now)
    looked_at = _("Our staff have looked at your prize of {amount}: it is yours.")
    in_order = _("The payment behind your prize of {amount} is in order: the prize is yours.")
    text: Words = format_lazy(looked_at if told else in_order, amount=format_cents_lazy(row.amount_cents))
    text = sentences(text, _written(told))
    tell(user=row.payee, kind="payout_released", subject=_("Your prize is released"), text=text, now=now)
    return row


@transaction.atomic
def return_payout(*, payout: HeldPayout, staff: User, told: str, reason: str, now: datetime) -> HeldPayout:
    """Give the prize back to whoever paid it, whose debt it pays first: from escrow, or as far as the winner's wallet
    goes. The winner is `told` why. Raises NotOpen, SpentMeanwhile, Forbidden, Invalid.
    """
    record_decision(staff=staff, action="return_payout", row=payout, reason=reason, told=told, now=now)
    User.objects.lock_all({payout.payer_id, payout.payee_id})
    row = _decide(payout, Status.RETURNED, now)
    if row.was_paid:
        _return_from_wallet(row, now)
    else:
        ledger.refund_hold(reference=row.reference, payer=row.payer, now=now)
    debts.collect_debt(user=row.payer, token=f"payout.{row.reference}", now=now)
    taken_back = _(
        "The payment behind your prize of {amount} was taken back by its bank, so the prize can't be paid. Your grade "
        "stays."
    )
    own = _(
        "Your prize of {amount} went back to its sender, since you seem to belong together. Your grade stays. If we "
        "are wrong, write to our staff."
    )
    text: Words = format_lazy(own if row.topup_id is None else taken_back, amount=format_cents_lazy(row.amount_cents))
    text = sentences(text, _written(told))
    tell(user=row.payee, kind="payout_returned", subject=_("A prize can't be paid"), text=text, now=now)
    return row


def _written(told: str) -> Words:
    """Return the line that staff wrote to the winner, set apart from our own words."""
    return format_lazy(_("Our staff wrote: {told}"), told=sentence_apart(told)) if told else ""


def _return_from_wallet(row: HeldPayout, now: datetime) -> None:
    cents = min(ledger.balance_cents(row.payee), row.amount_cents)
    if cents < row.amount_cents and HeldPayout.objects.open().filter(payer=row.payee_id).exists():
        raise SpentMeanwhile
    if cents:
        ledger.post_transfer(
            debit=ledger.wallet_of(row.payee),
            credit=ledger.wallet_of(row.payer),
            amount_cents=cents,
            reason=f"payout_returned:{row.reference}",
            about=f"payout:{row.reference}",
            now=now,
        )


def _decide(payout: HeldPayout, status: HeldPayout.Status, now: datetime) -> HeldPayout:
    if not HeldPayout.objects.open().filter(pk=payout.pk).update(status=status, decided_at=now):
        raise NotOpen
    return HeldPayout.objects.select_related("payer", "payee").get(pk=payout.pk)


def unpaid_prizes_of(payer: User) -> list[str]:
    """Return what the prizes of `payer` were for that wait for staff, or that staff have given back."""
    rows = HeldPayout.objects.filter(payer=payer).exclude(status=Status.RELEASED)
    return [subject.partition(":")[0] for subject in rows.values_list("reference", flat=True)]


def stays_in_escrow(reference: str) -> bool:
    """Whether a prize has a winner and waits for staff in its escrow."""
    return HeldPayout.objects.open().filter(reference=reference, was_paid=False).exists()
