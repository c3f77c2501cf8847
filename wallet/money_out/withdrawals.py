"""Money out: a withdrawal holds its money in transit until Stripe has said what became of it.

The same key as long as anything may have happened. A new one only where Stripe says that nothing did
(`balance_insufficient`), or where after a quiet time its list of transfers is still empty.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import require_good_standing
from core.errors import Invalid, Refused
from core.queue import back_off
from core.switches import Part, pause_of, require_going
from wallet import gateway
from wallet.books import caps, debts, freezes, ledger, links
from wallet.decisions import record_decision
from wallet.decline_reasons import why_not_sent
from wallet.gateway import Gateway, IdempotencyMismatch, OutcomeUnknown, RejectedByStripe, StripeTransfer, TryLater
from wallet.models import USD, PaymentProfile, Withdrawal
from wallet.models.money_out import LINKED_TO_DOUBT
from wallet.money import format_cents_lazy
from wallet.money_out.amounts import amount_fault
from wallet.money_out.connect import NotConnected, set_status
from wallet.money_out.enough import require_enough
from wallet.notifications import tell, tell_of_withdrawal
from wallet.outages import leave_to_a_person, try_again_later
from wallet.real_money import require_real_money
from wallet.signals import came_to_wait, signs_known

log = logging.getLogger(__name__)

Status = Withdrawal.Status
# A request that was thought lost can land late, so an empty list proves nothing before.
QUIET = timedelta(hours=1)
WITHOUT_FUNDS_SECONDS = 3_600
NO_FUNDS = "balance_insufficient"


class NotStopped(Refused):
    code = "not_stopped"
    message = _("This withdrawal goes on by itself, or has ended.")


class LinkedToDoubt(Exception):
    """A payment of an account that seems to be the same person's is in doubt; nothing has been noted or sent."""


def request_withdrawal(
    *, user: User, amount_cents: int, now: datetime, idempotency_key: str | None = None
) -> Withdrawal:
    """Hold the money in transit, and tell its owner; a periodic task sends it. The same key finds the withdrawal it
    made before.

    Raises CapReached, Invalid, NotEnough, NotConnected, NotConfigured, NotRealMoney, Paused, Suspended, and what
    `freezes.require_unfrozen` raises.
    """
    gateway.connect()
    require_good_standing(user)
    require_real_money()
    if fault := amount_fault(amount_cents):
        raise Invalid({"amount_cents": fault})
    signs_known.send(sender=Withdrawal, user=user, now=now)
    with transaction.atomic():
        # One user at a time: two withdrawals must not both count the same money as free.
        debts.lock_balances(user)
        known = Withdrawal.objects.filter(idempotency_key=idempotency_key).first() if idempotency_key else None
        if known is not None:
            return known
        require_going(Part.WITHDRAWALS, now)
        freezes.require_unfrozen(user)
        if PaymentProfile.of(user).stripe_account_status != PaymentProfile.AccountStatus.ACTIVE:
            raise NotConnected
        require_enough(user, amount_cents, now)
        caps.require_room(caps.withdrawal_room(user, now), amount_cents, caps.WITHDRAW)
        pk = uuid4()
        made = Withdrawal.objects.create(
            id=pk,
            user=user,
            amount_cents=amount_cents,
            idempotency_key=idempotency_key or f"withdrawal:{pk}",
            created_at=now,
            next_attempt_at=now,
        )
        ledger.post_transfer(
            debit=ledger.wallet_of(user),
            credit=debts.transit_of(user),
            amount_cents=amount_cents,
            reason=f"withdrawal:{pk}",
            now=now,
        )
        tell_of_withdrawal(made, now=now)
    return made


def send_withdrawal(*, withdrawal_id: UUID, now: datetime) -> Withdrawal | None:
    """Ask Stripe to move one withdrawal's money, or find out what became of it. None where it is not due.

    While staff have paused withdrawals, nothing is sent that may not have been sent already.
    """
    if pause_of(Part.WITHDRAWALS, now) and not Withdrawal.objects.filter(pk=withdrawal_id, called_at__lte=now).exists():
        return None
    row = Withdrawal.objects.take(withdrawal_id, now)
    if row is None:
        return None
    stripe = gateway.connect()
    require_real_money()
    profile = PaymentProfile.of(row.user)
    try:
        if row.may_have_been_sent:
            transfers = stripe.find_transfers(withdrawal_id=row.pk)
            if transfers:
                return adopt_transfer(withdrawal=row, transfers=transfers, now=now)
            if row.was_called_before(now - QUIET) and not row.hold(attempt=row.attempt + 1, called_at=None):
                return row  # Too slow: somebody else holds it now.
        return _send_if_fit(row, profile, stripe, now)
    except (TryLater, OutcomeUnknown) as failure:
        try_again_later(row, failure, now)
    return row


def _send_if_fit(row: Withdrawal, profile: PaymentProfile, stripe: Gateway, now: datetime) -> Withdrawal:
    """Asked before every call, the first and the repeated: what was asked for in good standing may have lost it."""
    if (pause := pause_of(Part.WITHDRAWALS, now)) is not None:
        # One that may have been sent is looked for again meanwhile.
        row.put_back(min(pause.until, now + QUIET), "paused")
        return row
    if not freezes.is_frozen(row.user) and not _can_receive(profile, stripe, now):
        return _call_off(row, "account_not_active", now)
    try:
        return _send(row, stripe, profile.stripe_account_id or "", now)
    except LinkedToDoubt:
        log.warning("linked to doubt", extra={"withdrawal": str(row.pk)})
        return leave_to_a_person(row, now + QUIET, LINKED_TO_DOUBT, now)


def _call_off(row: Withdrawal, code: str, now: datetime) -> Withdrawal:
    """Send nothing, or nothing again. The money is back at once where no call of ours can have had its effect."""
    if row.called_at is None:
        return fail_withdrawal(withdrawal=row, code=code, now=now)
    # Only a look at Stripe can tell, and only one after a quiet time that nothing will come of it any more.
    row.put_back(max(now, min(back_off(now, row.tries), row.called_at + QUIET)), code, tries=row.tries + 1)
    return row


def _can_receive(profile: PaymentProfile, stripe: Gateway, now: datetime) -> bool:
    if profile.stripe_account_id is None:
        return False
    try:
        account = stripe.get_account(profile.stripe_account_id)
    except RejectedByStripe:
        return False
    set_status(profile=profile, active=account.can_receive, requirements=list(account.requirements), now=now)
    return account.can_receive


def _send(row: Withdrawal, stripe: Gateway, account: str, now: datetime) -> Withdrawal:
    was_unanswered = row.may_have_been_sent
    try:
        if not _note_call(row, now):
            return row  # Too slow: somebody else holds it now.
    except freezes.Frozen:
        return _call_off(row, "account_frozen", now)
    try:
        transfer = stripe.create_transfer(
            withdrawal_id=row.pk,
            account=account,
            amount_cents=row.amount_cents,
            key=f"withdrawal:{row.pk}:{row.attempt}",
        )
    except TryLater as early:
        if was_unanswered:
            raise
        try_again_later(row, early, now, called_at=None)  # Nothing happened, so nothing has to be looked for.
        return row
    except IdempotencyMismatch as reused:
        log.error("idempotency key reused", extra={"withdrawal": str(row.pk)})
        return leave_to_a_person(row, None, str(reused), now)
    except RejectedByStripe as refused:
        return _refused(row, refused, now, was_unanswered=was_unanswered)
    return adopt_transfer(withdrawal=row, transfers=[transfer], now=now)


@transaction.atomic
def _note_call(row: Withdrawal, now: datetime) -> bool:
    """As `freezes.note_call`. Raises LinkedToDoubt too, unless staff have sent it on."""
    if row.trusted_at is None and links.is_linked_to_doubt(row.user, now):
        raise LinkedToDoubt
    return freezes.note_call(row, now)


def _refused(row: Withdrawal, refused: RejectedByStripe, now: datetime, *, was_unanswered: bool) -> Withdrawal:
    if was_unanswered:
        # This call was refused, but an earlier one may still be on its way: look again when all is quiet.
        row.put_back(now + QUIET, refused.code)
        return row
    if refused.code != NO_FUNDS:
        return fail_withdrawal(withdrawal=row, code=refused.code or "rejected", now=now)
    # Nothing happened, and this key would say so for ever: the next try needs another.
    at = back_off(now, row.tries, first=WITHOUT_FUNDS_SECONDS, most=6 * WITHOUT_FUNDS_SECONDS)
    log.error("not enough available balance at Stripe", extra={"withdrawal": str(row.pk)})
    row.put_back(at, NO_FUNDS, attempt=row.attempt + 1, called_at=None)
    return row


@transaction.atomic
def adopt_transfer(*, withdrawal: Withdrawal, transfers: list[StripeTransfer], now: datetime) -> Withdrawal:
    """Stripe has sent it: the money leaves our books, and the withdrawal is complete."""
    debts.lock_balances(withdrawal.user)
    row = Withdrawal.objects.select_for_update().select_related("user").get(pk=withdrawal.pk)
    if len(transfers) > 1:
        log.error("sent more than once", extra={"withdrawal": str(row.pk), "transfers": [one.id for one in transfers]})
    transfer = min(transfers, key=lambda one: one.created)
    if not row.is_pending or (transfer.amount_cents, transfer.currency) != (row.amount_cents, USD):
        if row.stripe_transfer_id != transfer.id:
            log.error("transfer does not fit", extra={"withdrawal": str(row.pk), "transfer": transfer.id})
        Withdrawal.objects.filter(pk=row.pk).update(lease_until=None, next_attempt_at=None)
        row.refresh_from_db()
        if row.has_stopped:
            came_to_wait.send(sender=Withdrawal, row=row, now=now)
        return row
    ledger.post_transfer(
        debit=debts.transit_of(row.user),
        credit=debts.CLEARING,
        amount_cents=row.amount_cents,
        reason=f"withdrawal_sent:{row.pk}",
        about=f"withdrawal:{row.pk}",
        now=now,
        event_at=transfer.created,
    )
    row.status, row.stripe_transfer_id, row.ended_at = Status.COMPLETED, transfer.id, now
    row.next_attempt_at, row.lease_until, row.last_error = None, None, ""
    row.save()
    sent = _("{amount} was sent to your account at Stripe, which pays it out to your bank.")
    text = format_lazy(sent, amount=format_cents_lazy(row.amount_cents))
    tell(user=row.user, kind="withdrawal", subject=_("Withdrawal sent"), text=text, now=now)
    return row


@transaction.atomic
def fail_withdrawal(*, withdrawal: Withdrawal, code: str, now: datetime) -> Withdrawal:
    """Give a pending withdrawal's money back to the wallet, unless somebody else may have sent it meanwhile."""
    debts.lock_balances(withdrawal.user)
    row = withdrawal.lock_if_held()
    # Whoever calls knows of no call but their own. One of another worker's may have had its effect.
    if row is None or not row.is_pending or row.called_at != withdrawal.called_at:
        withdrawal.refresh_from_db()
        return withdrawal
    ledger.post_transfer(
        debit=debts.transit_of(row.user),
        credit=ledger.wallet_of(row.user),
        amount_cents=row.amount_cents,
        reason=f"withdrawal_failed:{row.pk}",
        about=f"withdrawal:{row.pk}",
        now=now,
    )
    row.status, row.failure_code, row.ended_at = Status.FAILED, code[:100], now
    row.next_attempt_at, row.lease_until = None, None
    row.save()
    text = format_lazy(
        _(
            "Your withdrawal of {amount} was not sent; the money is back in your wallet. {why} Your wallet's page says "
            "what to do."
        ),
        amount=format_cents_lazy(row.amount_cents),
        why=why_not_sent(row.failure_code),
    )
    tell(user=row.user, kind="withdrawal_failed", subject=_("Withdrawal failed"), text=text, now=now)
    return row


@transaction.atomic
def resume_withdrawal(*, withdrawal: Withdrawal, staff: User, reason: str, now: datetime) -> Withdrawal:
    """Go on with a withdrawal that stopped for a person: with a look at Stripe first, and then with a new key.

    Raises NotStopped, Forbidden, Invalid.
    """
    record_decision(staff=staff, action="resume_withdrawal", row=withdrawal, reason=reason, now=now)
    stopped = Withdrawal.objects.stopped().filter(pk=withdrawal.pk)
    # As after a quiet time: what Stripe lists is adopted, and only an empty list leads to a new key.
    if not stopped.update(next_attempt_at=now, called_at=now - QUIET, trusted_at=now, last_error=""):
        raise NotStopped
    withdrawal.refresh_from_db()
    return withdrawal
