"""Finding somebody by what a moderator has of them: part of an id, a handle, a card's last digits, a ledger line."""

from __future__ import annotations

import re
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from core.admin_addresses import may_see
from core.text import uuid_of
from drops.models import Drop
from wallet.models import Entry, Topup, Transfer

SHORT_ID = re.compile(r"[0-9a-f]{6,32}")
LAST_FOUR = re.compile(r"\d{4}")
LEDGER_REASON = re.compile(r"[a-z_]{3,30}:[\w.:-]{1,100}")


def people_found(words: str, reader: User) -> Q:
    """Return the condition for the people `words` may mean, using only what the reader may see. Names and addresses in
    full are searched elsewhere."""
    words = words.strip()
    meant = Q(handle=words.removeprefix("@").lower())
    short = words.replace("-", "").removesuffix("…").lower()
    if SHORT_ID.fullmatch(short):
        meant |= Q(pk__range=_ids_from(short))
    if LAST_FOUR.fullmatch(words) and may_see(reader, Topup):
        meant |= Q(pk__in=Topup.objects.filter(card_last4=words).values("user"))
    if LEDGER_REASON.fullmatch(words) and may_see(reader, Transfer):
        meant |= Q(pk__in=Entry.objects.filter(reason=words, account__user__isnull=False).values("account__user"))
    if LEDGER_REASON.fullmatch(words) and may_see(reader, Drop):
        meant |= Q(pk__in=Drop.objects.filter(pk__in=_ids_in(words)).values("sender"))
    return meant


def _ids_from(short: str) -> tuple[UUID, UUID]:
    """Return the first and the last id that begins like this."""
    return UUID(short.ljust(32, "0")), UUID(short.ljust(32, "f"))


def _ids_in(reason: str) -> list[UUID]:
    subject = reason.partition(":")[2].partition(":")[0]
    known = uuid_of(subject)
    return [known] if known else []
