"""A wallet's statement: its ledger lines, newest first, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db.compiled import Compiled
from core.db.walking import walk
from core.words import Words
from wallet.books.payouts import reference_of, subjects_of
from wallet.models import Entry, EntryQuerySet

LINES_MAX = 50
WORDS = {
    "topup": _("Added to the wallet"),
    "job": _("Prize put into escrow"),
    "payout": _("Prize won"),
    "fee": _("Fee"),
    "fee_returned": _("Fee given back"),
    "refund": _("Prize back from escrow"),
    "withdrawal": _("Withdrawal asked for"),
    "withdrawal_failed": _("Withdrawal failed, money back"),
    "withdrawal_reversed": _("Withdrawal came back"),
    "topup_refund": _("Top-up taken back"),
    "topup_refund_failed": _("Top-up returned after all"),
    "dispute": _("Payment disputed"),
    "dispute_fee": _("Fee of a dispute"),
    "dispute_won": _("Dispute won"),
    "debt_paid": _("Debt paid"),
    "payout_returned": _("Prize returned"),
    "card_refund": _("On its way back to the card"),
    "card_refund_failed": _("Not sent back to the card, in the wallet again"),
    "adjust": _("Correction"),
}
# The kinds of movement whose subject is something that was paid for, and not a payment of Stripe's.
ABOUT_A_PRIZE = {"job", "payout", "payout_returned", "refund", "fee"}


# What a statement can be narrowed to: a name, its label, and the kinds of movement it shows.
FILTERS: dict[str, tuple[Words, tuple[str, ...]]] = {
    "all": (_("everything"), ()),
    "added": (_("money added"), ("topup",)),
    "drops": (_("drops paid and refunded"), ("job", "refund")),
    "prizes": (_("prizes won"), ("payout", "payout_returned")),
    "withdrawn": (_("withdrawals"), ("withdrawal", "withdrawal_failed", "withdrawal_reversed")),
    "taken": (
        _("refunds, disputes, debts"),
        (
            "topup_refund",
            "topup_refund_failed",
            "card_refund",
            "card_refund_failed",
            "dispute",
            "dispute_won",
            "debt_paid",
            "adjust",
        ),
    ),
}


@dataclass(frozen=True)
class StatementLine:
    """One ledger line; `reference` is what the prize was for, where it is about one."""

    entry: Entry
    words: Words
    reference: str | None


def lines_of(user: User, *, before: int | None = None, show: str = "all") -> list[StatementLine]:
    """The newest lines of `user`'s wallet that a filter of `FILTERS` shows, older than entry `before` if given."""
    if before is None:
        return _in_words(_newest(show).objects(user_id=user.pk))
    return _in_words(_shown(user, show).filter(pk__lt=before)[:LINES_MAX])


@cache
def _newest(show: str) -> Compiled:
    return Compiled(lambda user_id: _shown(user_id, show)[:LINES_MAX], user_id=UUID)


def all_lines_of(user: User, *, show: str = "all") -> Iterator[StatementLine]:
    """Every line that the filter shows, newest first, as they come from the database."""
    return (_line(entry) for entry in walk(_shown(user, show), newest_first=True))


def _shown(user: User | UUID, show: str) -> EntryQuerySet:
    entries = Entry.objects.of_user(user).order_by("-id")
    _rest, kinds = FILTERS.get(show, FILTERS["all"])
    return entries.filter(transfer__kind__in=kinds) if kinds else entries


def lines_about(user: User, reference: str) -> list[StatementLine]:
    """Return the lines that the prize `reference` left in `user`'s wallet, oldest first."""
    reasons = [f"{kind}:{subject}" for kind in sorted(ABOUT_A_PRIZE) for subject in subjects_of(reference)]
    return _in_words(Entry.objects.of_user(user).filter(reason__in=reasons).order_by("id"))


def _in_words(entries: Iterable[Entry]) -> list[StatementLine]:
    return [_line(entry) for entry in entries]


def words_of(entry: Entry) -> Words:
    """Return what a line is about, in words."""
    kind, _rest, subject = entry.reason.partition(":")
    play = kind == "topup" and subject.startswith("play_")
    return _("Play money") if play else WORDS.get(kind, kind)


def _line(entry: Entry) -> StatementLine:
    kind = entry.reason.partition(":")[0]
    return StatementLine(entry, words_of(entry), reference_of(entry.reason) if kind in ABOUT_A_PRIZE else None)
