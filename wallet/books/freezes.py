"""Whether a user's money may be moved by them."""

from __future__ import annotations

from accounts.models import User
from core.errors import Forbidden
from wallet.books import debts
from wallet.models import Dispute
from wallet.money import format_cents


class InDebt(Forbidden):
    code = "in_debt"
    next_step = "Add money to your wallet: it pays what you owe first, and then everything works as before."


class PaymentDisputed(Forbidden):
    code = "payment_disputed"
    message = "A payment of yours is disputed, so no drop can be paid and nothing withdrawn until the bank has decided."
    next_step = "If the dispute is a mistake, ask your bank to take it back. Your drops and seats go on as they are."


def require_unfrozen(user: User) -> None:
    """Raise InDebt where the user owes money, PaymentDisputed while a payment of theirs is disputed."""
    owed = debts.owed_cents(user)
    if owed:
        raise InDebt(f"You owe {format_cents(owed)}, because a top-up was taken back.", owed_cents=owed)
    if is_disputed(user):
        raise PaymentDisputed


def is_frozen(user: User) -> bool:
    """Whether nothing may be sent to the user or charged to them: suspended, owing, or with an open dispute."""
    return user.is_suspended or bool(debts.owed_cents(user)) or is_disputed(user)


def is_disputed(user: User) -> bool:
    return Dispute.objects.filter(user=user, is_open=True).exists()
