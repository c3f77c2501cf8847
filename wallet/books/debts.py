"""Money that is taken back from a user, and what they owe where their wallet can't cover it.

Every verb locks the user first, then their accounts, so that two verbs about one user never wait for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Sum

from accounts.models import User
from core.db.compiled import Compiled
from wallet.books import ledger
from wallet.books.ledger import LedgerConflict, Party
from wallet.models import Account, Transfer

CLEARING = Party(Account.Kind.STRIPE_CLEARING)
STRIPE_FEES = Party(Account.Kind.STRIPE_FEES)
ACCOUNTS = Compiled(lambda user_id: Account.objects.filter(user=user_id), user_id=UUID)


def debt_of(user: User) -> Party:
    return Party(Account.Kind.DEBT, user_id=user.pk)


def transit_of(user: User) -> Party:
    return Party(Account.Kind.TRANSIT, user_id=user.pk)


def owed_cents(user: User) -> int:
    """Return how much the user owes; 0 for most."""
    return -ledger.balance_of(debt_of(user))


def accounts_of(user: User) -> dict[str, Account]:
    """Return the accounts that the user has, by kind."""
    return {account.kind: account for account in ACCOUNTS.objects(user_id=user.pk)}


@dataclass(frozen=True)
class LockedBalances:
    """A user's money under lock: what is in the wallet, what is owed."""

    wallet_cents: int
    owed_cents: int


def lock_balances(user: User) -> LockedBalances:
    """Hold the user and their accounts until the transaction ends."""
    User.objects.lock(user.pk)
    accounts = Account.objects.select_for_update(no_key=True).filter(user=user).order_by("id")
    balances = {account.kind: account.balance for account in accounts}
    return LockedBalances(balances.get(Account.Kind.WALLET, 0), -balances.get(Account.Kind.DEBT, 0))


@transaction.atomic
def take_back(
    *, user: User, amount_cents: int, reason: str, now: datetime, event_at: datetime, about: str | None = None
) -> int:
    """Return money to Stripe: from the wallet as far as it goes, the rest as a debt (`reason` + `:debt`).

    `about` is the reason of the top-up that is taken back: what is left of it goes first. Once per `reason`. Returns
    how many cents became a debt.
    """
    locked = lock_balances(user)
    posted = _posted(reason, amount_cents)
    if posted is not None:
        return posted
    covered = min(locked.wallet_cents, amount_cents)
    moves = [(ledger.wallet_of(user), covered, reason), (debt_of(user), amount_cents - covered, f"{reason}:debt")]
    for party, cents, name in moves:
        if cents:
            ledger.post_transfer(
                debit=party, credit=CLEARING, amount_cents=cents, reason=name, about=about, now=now, event_at=event_at
            )
    return amount_cents - covered


@transaction.atomic
def give_back(
    *, user: User, amount_cents: int, reason: str, now: datetime, event_at: datetime, about: str | None = None
) -> int:
    """Return money from Stripe to its user: what they owe is paid first (`reason` + `:debt`), the rest is theirs.

    Once per `reason`. Returns how many cents paid a debt.
    """
    locked = lock_balances(user)
    posted = _posted(reason, amount_cents)
    if posted is not None:
        return posted
    owed = min(locked.owed_cents, amount_cents)
    moves = [(debt_of(user), owed, f"{reason}:debt"), (ledger.wallet_of(user), amount_cents - owed, reason)]
    for party, cents, name in moves:
        if cents:
            ledger.post_transfer(
                debit=CLEARING, credit=party, amount_cents=cents, reason=name, about=about, now=now, event_at=event_at
            )
    return owed


@transaction.atomic
def collect_debt(*, user: User, token: str, now: datetime) -> int:
    """Pay what is owed out of the wallet, as far as it goes, once per `token`. Returns the cents."""
    locked = lock_balances(user)
    cents = min(locked.owed_cents, locked.wallet_cents)
    if cents:
        ledger.post_transfer(
            debit=ledger.wallet_of(user),
            credit=debt_of(user),
            amount_cents=cents,
            reason=f"debt_paid:{token}",
            now=now,
        )
    return cents


def debtors_with_money() -> list[User]:
    """Users who owe something and have something, as after winning a prize."""
    owing = Account.objects.filter(kind=Account.Kind.DEBT, balance__lt=0).values("user")
    having = Account.objects.filter(kind=Account.Kind.WALLET, balance__gt=0, user__in=owing).values("user")
    return list(User.objects.filter(pk__in=having).order_by("pk"))


def is_posted(reason: str) -> bool:
    """Whether `take_back` or `give_back` has moved anything under `reason`."""
    return _rows(reason).exists()


def _rows(reason: str) -> QuerySet[Transfer]:
    return Transfer.objects.filter(reason__in=(reason, f"{reason}:debt"))


def _posted(reason: str, amount_cents: int) -> int | None:
    """None where nothing is posted under `reason` yet, else how much of it is about a debt."""
    rows = _rows(reason)
    total = rows.aggregate(cents=Sum("amount"))["cents"]
    if total is None:
        return None
    if total != amount_cents:
        raise LedgerConflict(f"{reason} was posted with {total} cents, now asked with {amount_cents}.")
    return int(rows.filter(reason=f"{reason}:debt").aggregate(cents=Sum("amount"))["cents"] or 0)
