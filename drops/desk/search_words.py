"""The words a moderator has of something: an id or its beginning, a card's last digits, a line of the ledger; and whom
they mean. The lists' search and the one over everything read them alike."""

from __future__ import annotations

import re
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from core.admin_addresses import may_see
from core.text import uuid_of
from drops.models import Drop
from wallet.models import Topup, Transfer

SHORT_ID = re.compile(r"[0-9a-f]{6,32}")
LAST_FOUR = re.compile(r"\d{4}")
LEDGER_REASON = re.compile(r"[a-z_]{3,30}:[\w.:-]{1,100}")


def ways_to_people(words: str, reader: User, *, looked_at: int | None = None) -> list[Q]:
    """Return a condition for each way in which `words` may mean people; names and addresses are searched elsewhere.

    A card and a line of the ledger lead to people only for whoever may see those too, or a search would tell what is on
    no page of theirs. Of the payments with a card so many are looked at; all, if nothing is said.
    """
    ways = of_id(words)
    if LAST_FOUR.fullmatch(words) and may_see(reader, Topup):
        ways.append(Q(pk__in=Topup.objects.filter(card_last4=words).values("user")[:looked_at]))
    if LEDGER_REASON.fullmatch(words) and may_see(reader, Transfer):
        moved = Transfer.objects.filter(reason=words)
        ways += [Q(pk__in=moved.values(f"{side}__user")) for side in ("debit", "credit")]
    if LEDGER_REASON.fullmatch(words) and may_see(reader, Drop):
        ways.append(Q(pk__in=Drop.objects.filter(pk__in=ids_in(words)).values("sender")))
    return ways


def of_id(words: str) -> list[Q]:
    """Return the condition for an id, or for its first six characters and more; none for other words."""
    short = words.lower().replace("-", "").removesuffix("…")
    if not SHORT_ID.fullmatch(short):
        return []
    return [Q(pk__range=(UUID(short.ljust(32, "0")), UUID(short.ljust(32, "f"))))]


def ids_in(reason: str) -> list[UUID]:
    """Return the id that a reason of the ledger is made of, if it is made of one."""
    known = uuid_of(reason.partition(":")[2].partition(":")[0])
    return [known] if known else []
