"""Whether a user's money may be moved by them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import Forbidden
from wallet.books import debts
from wallet.models import Dispute, Doubt
from wallet.money import format_cents


class InDebt(Forbidden):
    code = "in_debt"
    next_step = gettext_lazy(
        "Add money to your wallet: it pays what you owe first, and then everything works as before."
    )


class PaymentDisputed(Forbidden):
    code = "payment_disputed"
    message = gettext_lazy(
        "One of your payments is disputed, so you can't pay for drops or withdraw until the bank has decided."
    )
    next_step = gettext_lazy(
        "If the dispute is a mistake, ask your bank to take it back. Your drops and seats go on as they are."
    )


class PaymentReported(Forbidden):
    code = "payment_reported"
    message = gettext_lazy("A bank has reported one of your payments, so you can't pay for drops or withdraw.")
    next_step = gettext_lazy(
        "Our staff look into it. If the payment is yours, tell your bank; your drops and seats go on as they are."
    )


def require_unfrozen(user: User) -> None:
    """Raise InDebt where the user owes money, PaymentDisputed or PaymentReported while a payment of theirs is."""
    owed = debts.owed_cents(user)
    if owed:
        raise InDebt(
            _("You owe {owed}, because a top-up was taken back.").format(owed=format_cents(owed)), owed_cents=owed
        )
    if is_disputed(user):
        raise PaymentDisputed
    if is_reported(user):
        raise PaymentReported


def is_frozen(user: User) -> bool:
    """Whether nothing may be sent to the user or charged to them: suspended, owing, or with a payment in doubt."""
    return user.is_suspended or bool(debts.owed_cents(user)) or is_disputed(user) or is_reported(user)


class Frozen(Exception):
    """Whoever a call would move money for is frozen; it has not been noted and must not be made."""


@transaction.atomic
def note_call(row: Any, now: datetime, **changes: Any) -> bool:
    """Write down that a call for `row.user` may have its effect from now on; False where somebody else does `row`.

    `changes` are written with it. Raises Frozen.
    """
    # A dispute takes this lock too: it is seen here, or it finds the call noted.
    debts.lock_balances(row.user)
    if is_frozen(User.objects.get(pk=row.user_id)):
        raise Frozen
    held: bool = row.hold(called_at=now, tries=row.tries + 1, **changes)
    return held


def is_disputed(user: User) -> bool:
    return Dispute.objects.filter(user=user, is_open=True).exists()


def is_reported(user: User) -> bool:
    """Whether a payment of the user's was reported as a fraud, and staff have not said yet that it is none."""
    return Doubt.objects.standing().filter(topup__user=user, kind=Doubt.Kind.FRAUD_WARNING).exists()
