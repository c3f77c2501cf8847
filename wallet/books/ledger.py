"""The ledger's verbs: the only code that moves money.

Each verb is one statement. It names the accounts, the database locks them, refuses an
overdraft, writes both entries and both balances. A verb called twice moves money once: the
reason is unique, and a repeat returns the transfer that is already there.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db.compiled import Compiled
from core.db.prepared import fetch
from core.errors import Refused
from wallet.books import sql as statements
from wallet.models import Account, Transfer
from wallet.money import format_cents

Kind = Account.Kind
OVERDRAWN = "ledger_account_floor"
CARD_MONEY = "ledger_card_money_stays"
REPEATED = {"ledger_transfer_reason_key", "ledger_account_one_per_reference"}


class InsufficientFunds(Refused):
    code = "insufficient_funds"
    status = 402
    message = _("There isn't enough money in your wallet.")
    next_step = _("Add money to your wallet, then try again.")


class AlreadySettled(Refused):
    code = "already_settled"
    message = _("This money has already left escrow.")


class CardMoneyStays(Refused):
    code = "card_money"
    message = _("Money that you added is for drops, and can't be withdrawn to a bank; prizes can.")
    next_step = _("Spend it on a drop, or send it back to the card it came from, on your wallet's page.")


class PlayMoneyOff(Refused):
    code = "play_money_off"
    status = 403
    message = _("This site runs on real money.")


class LedgerConflict(Exception):
    """The ledger holds something else under this reason, or nothing where something must be: a bug, not a refusal."""


@dataclass(frozen=True)
class Party:
    """An account by what it is for: a user's, an escrow's by its reference, or one of the system's."""

    kind: Kind
    user_id: UUID | None = None
    reference: str | None = None

    @property
    def fields(self) -> dict[str, Any]:
        return {"kind": self.kind.value, "user_id": self.user_id, "reference": self.reference}


def wallet_of(user: User) -> Party:
    return Party(Kind.WALLET, user_id=user.pk)


def escrow_of(reference: str) -> Party:
    return Party(Kind.ESCROW, reference=reference)


def post_transfer(
    *,
    debit: Party,
    credit: Party,
    amount_cents: int,
    reason: str,
    now: datetime,
    event_at: datetime | None = None,
    about: str | None = None,
) -> Transfer:
    """Move `amount_cents` from `debit` to `credit`, once per `reason` (`kind:id`).

    Accounts that are missing are opened. `event_at` is when it happened, where that is not `now`; `about` the reason
    of the earlier transfer whose money this one takes first, or gives back. Raises InsufficientFunds where the debit
    account may not go that low, CardMoneyStays where a withdrawal would take what was topped up, LedgerConflict where
    the reason stands for another transfer.
    """
    require_cents(amount_cents)
    values = {
        "debit_kind": debit.kind.value,
        "debit_key": debit.reference or debit.user_id,
        "credit_kind": credit.kind.value,
        "credit_key": credit.reference or credit.user_id,
        "amount": amount_cents,
        "reason": reason,
        "event_at": event_at or now,
        "now": now,
        "about": about,
    }
    sql = statements.transfer(debit.kind, credit.kind)
    try:
        rows = execute(sql, values)
        if not rows:
            open_accounts(debit, credit)
            rows = execute(sql, values)
    except IntegrityError as error:
        if violated_constraint(error) in REPEATED:
            return require_same_transfer(reason, debit=debit, credit=credit, amount_cents=amount_cents)
        refuse_as_named(debit, amount_cents, error)
    if not rows:
        raise LedgerConflict(f"{reason}: an account is missing and could not be opened.")
    return Transfer.from_db(connection.alias, statements.TRANSFER_COLUMNS, rows[0])


def hold_prize(*, payer: User, reference: str, amount_cents: int, now: datetime) -> Transfer:
    """Move a prize from the payer's wallet into an escrow of its own, as `job:<reference>`.

    Raises InsufficientFunds, with `required` and `available` in cents.
    """
    require_cents(amount_cents)
    reason = f"job:{reference}"
    values = {"payer": payer.pk, "reference": reference, "amount": amount_cents, "reason": reason, "now": now}
    try:
        rows = execute(statements.HOLD, values)
    except IntegrityError as error:
        if violated_constraint(error) in REPEATED:
            return require_same_transfer(
                reason, debit=wallet_of(payer), credit=escrow_of(reference), amount_cents=amount_cents
            )
        if violated_constraint(error) == OVERDRAWN:
            refuse_overdraft(wallet_of(payer), amount_cents, error)
        raise
    if not rows:  # The payer has no wallet yet, so nothing in it.
        refuse_overdraft(wallet_of(payer), amount_cents, None)
    return Transfer.from_db(connection.alias, statements.TRANSFER_COLUMNS, rows[0])


def pay_prize(*, reference: str, payee: User, fee_cents: int, now: datetime) -> Transfer:
    """Empty an escrow into the payee's wallet, less the fee: `payout:` and, where there is one, `fee:`.

    Returns the payout. Raises AlreadySettled where the escrow was emptied under another reason.
    """
    if fee_cents < 0:
        raise ValueError(f"A fee of {fee_cents} cents.")
    sql = statements.PAY_WITH_FEE if fee_cents else statements.PAY
    return settle(sql, reason=f"payout:{reference}", reference=reference, payee=payee, fee_cents=fee_cents, now=now)


def refund_hold(*, reference: str, payer: User, now: datetime) -> Transfer:
    """Empty an escrow back into the wallet it was paid from, as `refund:<reference>`.

    Raises AlreadySettled where the prize was paid out, LedgerConflict for anyone but the payer.
    """
    reason = f"refund:{reference}"
    return settle(statements.REFUND, reason=reason, reference=reference, payee=payer, fee_cents=0, now=now)


def grant_play_money(*, user: User, amount_cents: int, token: str, now: datetime) -> Transfer:
    """Put play money into a wallet, once per `token`. Refused where the site runs on real money."""
    if not settings.PLAY_MONEY:
        raise PlayMoneyOff
    return post_transfer(
        debit=Party(Kind.PLAY_CLEARING),
        credit=wallet_of(user),
        amount_cents=amount_cents,
        reason=f"topup:play_{token}",
        now=now,
    )


def balance_cents(user: User) -> int:
    """Return the balance of the user's wallet."""
    return sum(cents for (cents,) in WALLET.rows(user_id=user.pk))


def escrow_cents(reference: str) -> int:
    """Return how much is in escrow under `reference`: the whole prize, or nothing."""
    return balance_of(escrow_of(reference))


def settle(sql: str, *, reason: str, reference: str, payee: User, fee_cents: int, now: datetime) -> Transfer:
    """Run a statement that empties an escrow, and say exactly why when it moved nothing."""
    values = {"reason": reason, "reference": reference, "payee": payee.pk, "fee": fee_cents, "now": now}
    try:
        rows = execute(sql, values)
        if not rows:
            open_accounts(wallet_of(payee), *([Party(Kind.FEES)] if fee_cents else []))
            rows = execute(sql, values)
    except IntegrityError as error:
        # Waiting for the escrow's lock, it lost to another settlement: by the reason to its
        # own twin, by the floor to the opposite one.
        if violated_constraint(error) not in REPEATED | {OVERDRAWN}:
            raise
        rows = []
    posted = [Transfer.from_db(connection.alias, statements.TRANSFER_COLUMNS, row) for row in rows]
    for transfer in posted:
        if transfer.reason == reason:
            return transfer
    return explain_unsettled(reason=reason, reference=reference, payee=payee, fee_cents=fee_cents)


def explain_unsettled(*, reason: str, reference: str, payee: User, fee_cents: int) -> Transfer:
    """A settlement moved nothing: return the one that already did, refuse, or fail loudly."""
    escrow = escrow_of(reference)
    hold = Transfer.objects.filter(reason=f"job:{reference}").select_related("debit").first()
    if hold is None:
        raise LedgerConflict(f"{reason}: nothing was ever held.")
    if Transfer.objects.filter(reason=reason).exists():
        if fee_cents:
            require_same_transfer(f"fee:{reference}", debit=escrow, credit=Party(Kind.FEES), amount_cents=fee_cents)
        return require_same_transfer(
            reason, debit=escrow, credit=wallet_of(payee), amount_cents=hold.amount - fee_cents
        )
    if escrow_cents(reference) == 0:
        raise AlreadySettled
    raise LedgerConflict(f"{reason}: held {hold.amount} cents from {hold.debit}, to {payee.pk} with fee {fee_cents}.")


def require_same_transfer(reason: str, *, debit: Party, credit: Party, amount_cents: int) -> Transfer:
    """The transfer already posted under `reason`; LedgerConflict unless it is this very one."""
    transfer = Transfer.objects.filter(reason=reason).select_related("debit", "credit").first()
    if transfer is None:
        raise LedgerConflict(f"{reason}: its account is there, its transfer is not.")
    for account, party in ((transfer.debit, debit), (transfer.credit, credit)):
        if (account.kind, account.user_id, account.reference) != (party.kind, party.user_id, party.reference):
            raise LedgerConflict(f"{reason} was posted with {account}, now asked with {party}.")
    if transfer.amount != amount_cents:
        raise LedgerConflict(f"{reason} was posted with {transfer.amount} cents, now asked with {amount_cents}.")
    return transfer


def open_accounts(*parties: Party) -> None:
    """Open what is missing; two at once open one."""
    Account.objects.bulk_create(
        [
            Account(
                tracked=party.kind not in Account.SYSTEM_KINDS,
                floor=0 if party.kind in Account.FLOORED_KINDS else None,
                **party.fields,
            )
            for party in parties
        ],
        ignore_conflicts=True,
    )


# In the header of every page.
WALLET = Compiled(
    lambda user_id: Account.objects.filter(kind=Kind.WALLET.value, user_id=user_id).values_list("balance"), user_id=UUID
)


def balance_of(party: Party) -> int:
    return Account.objects.filter(**party.fields).values_list("balance", flat=True).first() or 0


def refuse_overdraft(party: Party, required: int, error: IntegrityError | None) -> NoReturn:
    available = balance_of(party)
    sentence = _("This takes {required}, and your wallet holds {available}.").format(
        required=format_cents(required), available=format_cents(available)
    )
    raise InsufficientFunds(sentence, required=required, available=available) from error


def refuse_as_named(debit: Party, amount_cents: int, error: IntegrityError) -> NoReturn:
    """Raise the refusal for the constraint that said no; the error itself where there is none."""
    if violated_constraint(error) == OVERDRAWN:
        refuse_overdraft(debit, amount_cents, error)
    if violated_constraint(error) == CARD_MONEY:
        raise CardMoneyStays from error
    raise error


def require_cents(amount_cents: int) -> None:
    if type(amount_cents) is not int or amount_cents <= 0:
        raise ValueError(f"An amount is a positive whole number of cents, not {amount_cents!r}.")


def violated_constraint(error: IntegrityError) -> str | None:
    """The name of the constraint that said no."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None)


def execute(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """One statement, one transaction where the caller has none; else a savepoint, so that a refusal stays ours."""
    with transaction.atomic() if connection.in_atomic_block else nullcontext():
        return fetch(sql, values)
