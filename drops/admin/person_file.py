"""A person's file: how they stand, who seems to be them, and the newest rows of each part, with a page for the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.text import apart
from core.words import Words
from drops.admin.person_parts import PARTS, Part, minute
from drops.contest.links import web_of
from drops.desk.not_theirs import none_about, seats_elsewhere
from drops.models.link_evidence import LinkKind
from drops.moderation.roles import roles_of
from drops.moderation.standing import limit_in_words, limits_of
from wallet.books.debts import owed_cents
from wallet.books.ledger import balance_cents
from wallet.books.links import same_person
from wallet.money import format_cents

ROWS_ON_FILE = 8
ROWS_ON_PAGE = 50
Narrow = Callable[[set[UUID], QuerySet[Any]], QuerySet[Any]]
# What others say of somebody, and were promised that nobody but other moderators reads.
ABOUT_THEM = ("notes", "decisions", "reports-about")


@dataclass(frozen=True)
class Shown:
    """A part with some of its rows; `older` is the key of the last one where there are more."""

    part: Part
    rows: list[list[Any]]
    older: str | None


def shown(part: Part, user: User, *, most: int, before: str | None = None) -> Shown:
    """Return the newest rows of a part, or those older than the row whose key is `before`; one or two queries."""
    rows = part.rows(user)
    if before is not None:
        rows = _older(rows, part, before)
    # One row more than is shown tells whether there are others.
    newest = list(rows.order_by(*(f"-{name}" for name in part.order))[: most + 1])
    older = str(getattr(newest[most - 1], part.order[-1])) if len(newest) > most else None
    return Shown(part, [part.cells(row) for row in newest[:most]], older)


def _older(rows: QuerySet[Any], part: Part, before: str) -> QuerySet[Any]:
    """Narrow `rows` to those behind one of them, by what they are sorted by."""
    *above, key = part.order
    last = rows.get(**{key: before})
    if not above:
        return rows.filter(**{f"{key}__lt": getattr(last, key)})
    (at,) = above
    same = Q(**{at: getattr(last, at), f"{key}__lt": getattr(last, key)})
    return rows.filter(Q(**{f"{at}__lt": getattr(last, at)}) | same)


def parts_for(viewer: User, user: User) -> dict[str, Part]:
    """Return the parts of a file that `viewer` reads: of their own not who reported them, and what is noted of them; of
    others nothing about contests of their own, and of whoever reported them not that report."""
    theirs = same_person(viewer)
    parts = {name: part for name, part in PARTS.items() if not (user.pk in theirs and name in ABOUT_THEM)}
    narrowed: dict[str, Narrow] = {"reports-by": none_about, "reports-about": none_about, "seats": seats_elsewhere}
    for name in narrowed.keys() & parts.keys():
        parts[name] = _narrowed(parts[name], narrowed[name], theirs)
    return parts


def _narrowed(part: Part, narrow: Narrow, people: set[UUID]) -> Part:
    return replace(part, rows=lambda user: narrow(people, part.rows(user)))


def file_of(user: User, viewer: User, now: datetime) -> dict[str, Any]:
    """Return what the page of a person shows, with as many queries for a long history as for a newcomer."""
    return {
        "standing": standing_of(user, now),
        "linked": linked_accounts(user),
        "parts": [shown(part, user, most=ROWS_ON_FILE) for part in parts_for(viewer, user).values()],
    }


def standing_of(user: User, now: datetime) -> list[tuple[Words, Words]]:
    """Return how an account stands, as (what, how)."""
    suspended = f"{minute(user.suspended_at)}: {apart(user.suspended_reason)}" if user.is_suspended else _("no")
    limits = "; ".join(limit_in_words(*limit) for limit in limits_of(user, now))
    roles = ", ".join(str(role.label) for role in roles_of(user))
    superuser = _("superuser") if user.is_superuser else ""
    return [
        (_("Suspended"), suspended),
        (_("Limits"), f"{limits} ({apart(user.limited_reason)})" if limits else _("none")),
        (_("Verified sender"), _("yes") if user.is_verified_sender else _("no")),
        (_("Roles"), ", ".join(each for each in (roles, superuser) if each) or _("none")),
        (_("Wallet"), format_cents(balance_cents(user))),
        (_("Owes"), format_cents(owed_cents(user))),
        (_("Account"), _("erased {when}").format(when=minute(user.erased_at)) if user.erased_at else _("open")),
    ]


def linked_accounts(user: User) -> list[tuple[User, str]]:
    """Return the accounts that seem to be the same person's, each with why."""
    why = web_of(user)
    people = {one.pk: one for one in User.objects.filter(pk__in=why)}
    told = []
    for pk, signs in sorted(why.items(), key=lambda item: str(item[0])):
        words = [
            str(LinkKind(kind).label)
            if via == user.pk
            else _("{sign} as {other}").format(
                sign=LinkKind(kind).label, other=people[via].email if via in people else via
            )
            for kind, via in signs
        ]
        told.append((people[pk], "; ".join(dict.fromkeys(words))))
    return told
