"""Everything that stands in the way of an account's end, and what its owner can do about each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from drops.models import Appeal, Claim, Drop
from wallet import adjusting
from wallet.books import ledger
from wallet.books.debts import owed_cents
from wallet.books.earnings import earnings_of, held_prizes
from wallet.models import Approval, CardRefund, Dispute, HeldPayout, Topup, Withdrawal
from wallet.models.holds import Recall
from wallet.money import format_cents
from wallet.money_out.forfeits import rest_of


@dataclass(frozen=True)
class OpenEnd:
    """One kind of what is open; `what_to_do` is for its owner, `href` the page for that."""

    words: str
    what_to_do: str
    href: str

    def __str__(self) -> str:
        return self.words


def open_ends_of(user: User, now: datetime, *, gives_up_cents: int = 0) -> Iterator[OpenEnd]:
    """Yield what stands in the way of erasing an account; what can't be taken out only where they give up less."""
    yield from _counted(
        (_of_drops(user), "/me/drops"), (_of_seats(user), "/me/competing"), (_of_money(user, now), "/wallet")
    )
    yield from _of_prizes(user, now)
    yield from _of_wallet(user, gives_up_cents)
    if owed := owed_cents(user):
        yield OpenEnd(
            _("{amount} owed").format(amount=format_cents(owed)), _("Add money to your wallet to pay it."), "/wallet"
        )


def _of_prizes(user: User, now: datetime) -> Iterator[OpenEnd]:
    """Prizes that an appeal could still move. One that was spent moves no more; those in doubt are named already."""
    until = [prize.until for prize in held_prizes(user, now) if prize.until is not None]
    if until and earnings_of(user, now).held_cents:
        words = _("prizes within their hold")
        wait = _("Wait until {day} UTC: until then they may have to go back.").format(
            day=f"{max(until):%Y-%m-%d %H:%M}"
        )
        yield OpenEnd(f"{words}: {len(until)}", wait, "/wallet")


def _of_wallet(user: User, gives_up_cents: int) -> Iterator[OpenEnd]:
    balance, rest = ledger.balance_cents(user), rest_of(user)
    if not balance or rest == balance <= gives_up_cents:
        return
    what_to_do = _("Spend it, send it back to its card, or withdraw it. What can't be taken out you can give up.")
    if rest and gives_up_cents:
        agreed = _("You agreed to give up {amount}. Spend what is more, or keep your account and ask again.")
        what_to_do = agreed.format(amount=format_cents(gives_up_cents))
    elif not rest and balance < settings.WITHDRAWAL_CENTS_MIN:
        what_to_do = _("Send back to its card what came from there. What is left then you can give up.")
    yield OpenEnd(_("{amount} in the wallet").format(amount=format_cents(balance)), what_to_do, "/wallet")


OpenRows = tuple[str, QuerySet[Model], str]


def _counted(*groups: tuple[list[OpenRows], str]) -> Iterator[OpenEnd]:
    for kinds, href in groups:
        for what, rows, what_to_do in kinds:
            if count := rows.count():
                yield OpenEnd(f"{what}: {count}", what_to_do, href)


def _of_drops(user: User) -> list[OpenRows]:
    return [
        (
            _("drops that have not ended"),
            Drop.objects.sent_by(user).filter(ended_at=None),
            _("Cancel them, or wait for their bell and judge what is yours to judge."),
        ),
        (
            _("appeals that are not answered"),
            Appeal.objects.open().filter(Q(user=user) | Q(drop__sender=user) | Q(drop__winning_submission__user=user)),
            _("Wait for our moderators' answer."),
        ),
    ]


def _of_seats(user: User) -> list[OpenRows]:
    return [
        (
            _("seats on drops that have not ended"),
            Claim.objects.of(user).active().filter(drop__ended_at=None),
            _("Give up the seats where nothing is submitted yet; wait for the verdict on the others."),
        )
    ]


def _of_money(user: User, now: datetime) -> list[OpenRows]:
    wait = _("Wait until they arrive or fail.")
    decide = _("Wait until our moderators have decided.")
    held = HeldPayout.objects.open().filter(Q(payer=user) | Q(payee=user))
    return [
        (_("payments under way"), Topup.objects.of(user).in_flight() | Topup.objects.of(user).held(), wait),
        (_("withdrawals under way"), Withdrawal.objects.filter(user=user, status="pending"), wait),
        (_("withdrawals that are called back"), Recall.objects.hoped_for().filter(withdrawal__user=user), wait),
        (_("refunds to a card under way"), CardRefund.objects.filter(user=user, status="pending"), wait),
        (
            _("open disputes"),
            Dispute.objects.filter(user=user, is_open=True),
            _("Wait until your bank has decided, or tell it that you take the dispute back."),
        ),
        (_("payments in doubt"), Topup.objects.of(user).in_doubt(), decide),
        (_("held prizes"), held, decide),
        (
            _("corrections of the wallet that wait for approval"),
            Approval.objects.waiting(now).filter(kind=adjusting.KIND, target=f"user:{user.pk}"),
            decide,
        ),
    ]
