"""One search over everything that staff look up: a mail, a handle, an id or its beginning, a card's last four digits, a
reason of the ledger, what Stripe calls a payment, words of a drop.

Each kind is looked for where an index finds it, and a few rows of each are shown: nothing is counted, and no page gets
slower with what there is. Nothing sealed is read: an entry is found by its id alone, and reading it is its page's
business, which puts that on record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.finding import NAME_WORDS, begins_with
from accounts.not_theirs import people_of
from core.admin_addresses import list_of, may_see, page_of
from core.text import uuid_of
from core.words import Words
from drops.desk.search_words import LAST_FOUR, LEDGER_REASON, ids_in, of_id, ways_to_people
from drops.models import Case, Drop, DropWords, Submission
from drops.models.search import indexed, not_indexed
from wallet.models import Topup, Transfer, Withdrawal
from wallet.money import format_cents

SHOWN = 8
# Of what is common so much is looked at, as it comes, of which the newest is shown.
LOOKED_AT = 500
LETTERS_MIN = 3
NUMBER = re.compile(r"#?\d{1,9}")
OF_STRIPE = re.compile(r"(cs|pi|ch|py|tr)_\w{3,250}")


@dataclass(frozen=True)
class Found:
    words: Words
    note: Words
    url: str


@dataclass(frozen=True)
class Kind:
    """The results of one kind; where there is more, `more` is the list that goes on."""

    label: Words
    results: list[Found]
    more: str


def find(request: HttpRequest, words: str) -> list[Kind]:
    """Return what `words` may mean, by kind, of what whoever looks may see."""
    words = words.strip()
    return [kind for kind in _kinds(request, words) if kind.results] if words else []


def _kinds(request: HttpRequest, words: str) -> Iterator[Kind]:
    reader = cast(User, request.user)
    seekers: list[tuple[type[Model], Callable[[str], Iterable[Any]], Callable[[Any], tuple[Words, Words]]]] = [
        (User, lambda words: people(words, reader), lambda user: (user.email, _shown_of_person(user))),
        (Drop, lambda words: drops(words, reader), lambda drop: (drop.heading, _shown_of_drop(drop))),
        (Case, lambda words: cases(words, reader), lambda case: (str(case), case.get_category_display())),
        (
            Submission,
            lambda words: entries(words, reader),
            _shown_of_entry,
        ),
        (Topup, topups, lambda topup: (format_cents(topup.amount_cents), _shown_of_money(topup))),
        (Withdrawal, withdrawals, lambda row: (format_cents(row.amount_cents), _shown_of_money(row))),
        (Transfer, transfers, lambda transfer: (transfer.reason, format_cents(transfer.amount))),
    ]
    for model, seek, show in seekers:
        if may_see(reader, model):
            rows = list(seek(words))
            results = [Found(*show(row), page_of(row)) for row in rows[:SHOWN]]
            more = f"{list_of(model)}?{urlencode({'q': words})}" if len(rows) > SHOWN else ""
            yield Kind(model._meta.verbose_name_plural or "", results, more)


def _shown_of_person(user: User) -> str:
    return " · ".join(part for part in (user.name, f"@{user.handle}" if user.handle else "", str(user.pk)[:8]) if part)


def _shown_of_drop(drop: Drop) -> str:
    facts = (drop.get_status_display(), format_cents(drop.price_cents), drop.sender.email, str(drop.pk)[:8])
    return " · ".join(str(fact) for fact in facts)


def _shown_of_entry(entry: Submission) -> tuple[Words, Words]:
    return _("Entry {id}").format(id=entry.pk), entry.drop.heading


def _shown_of_money(row: Topup | Withdrawal) -> str:
    return " · ".join((str(row.get_status_display()), row.user.email, f"{row.created_at:%Y-%m-%d}"))


def people(words: str, reader: User) -> list[User]:
    """By mail or handle from its beginning, words of the name, or whatever else may mean them to this reader."""
    everybody = User.objects.alias(name_words=NAME_WORDS)
    ways = begins_with(words) if len(words) >= LETTERS_MIN else []
    return _newest(everybody, [*ways, *ways_to_people(words, reader, looked_at=LOOKED_AT)], "-created_at")


def drops(words: str, reader: User) -> list[Drop]:
    """By a short id, a reason of the ledger, or words of title and prompt; none of the reader's own contests."""
    ways = of_id(words)
    if LEDGER_REASON.fullmatch(words):
        ways.append(Q(pk__in=ids_in(words)))
    elif len(words) >= LETTERS_MIN and (asked := indexed(words)) is not None:
        # What no index of words holds is looked for in what one has found alone: else it would read every prompt.
        indexed_words = DropWords.objects.filter(vector=asked).values("drop")[:LOOKED_AT]
        ways.append(Q(*not_indexed(words), pk__in=indexed_words))
    return _newest(Drop.objects.select_related("sender").exclude(pk__in=_own(reader)), ways, "-created_at")


def cases(words: str, reader: User) -> QuerySet[Case]:
    """By the number; none that is about whoever looks."""
    number = words.removeprefix("#")
    if not NUMBER.fullmatch(words):
        return Case.objects.none()
    numbered: QuerySet[Case] = Case.objects.filter(pk=int(number)).with_targets().not_about(people_of(reader))
    return numbered


def entries(words: str, reader: User) -> list[Submission]:
    entries = Submission.objects.select_related("drop").exclude(drop__in=_own(reader))
    return _newest(entries, of_id(words), "-created_at")


def _own(reader: User) -> QuerySet[Any]:
    return Drop.objects.with_stake_of_any(people_of(reader)).values("pk")


def topups(words: str) -> list[Topup]:
    ways = of_id(words)
    if LAST_FOUR.fullmatch(words):
        ways.append(Q(card_last4=words))
    if OF_STRIPE.fullmatch(words):
        names = ("stripe_session_id", "stripe_payment_intent_id", "stripe_charge_id")
        ways += [Q(**{name: words}) for name in names]
    return _newest(Topup.objects.select_related("user"), ways, "-created_at")


def withdrawals(words: str) -> list[Withdrawal]:
    ways = [*of_id(words), *([Q(stripe_transfer_id=words)] if OF_STRIPE.fullmatch(words) else [])]
    return _newest(Withdrawal.objects.select_related("user"), ways, "-created_at")


def transfers(words: str) -> list[Transfer]:
    """By the reason in full, or by the id that reasons are made of."""
    known = uuid_of(words)
    reasons = [f"{kind}:{known}" for kind in Transfer.Kind.values] if known else []
    ways = [Q(reason__in=[words, *reasons])] if reasons or LEDGER_REASON.fullmatch(words) else []
    return _newest(Transfer.objects.all(), ways, "-id")


def _newest(rows: QuerySet[Any], ways: list[Q], order: str) -> list[Any]:
    """Return the newest that any of the ways finds, and one more than are shown. Each is asked by itself, so that each
    takes its index; together they are one query."""
    if not ways:
        return []
    each = [rows.order_by().select_related(None).filter(way).values("pk")[:LOOKED_AT] for way in ways]
    either = each[0].union(*each[1:]) if len(each) > 1 else each[0]
    ids = list(either.values_list("pk", flat=True))
    return list(rows.filter(pk__in=ids).order_by(order)[: SHOWN + 1]) if ids else []
