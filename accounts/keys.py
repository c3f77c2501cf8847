"""API keys: making, finding and revoking them. A key is stored hashed and shown once.

A key can neither make nor revoke one that may do more than itself, so a stolen key opens no further door. It makes none
that moves money: such a key takes a fresh login, and its owner is told at once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from knox.crypto import hash_token

from accounts.changes import require_few_changes
from accounts.models import ApiKey, Scope, User, all_scopes
from accounts.notifications.notify import notify
from accounts.oauth.grants import Pass
from accounts.permissions import require_good_standing
from accounts.profiles import name_fault
from core.db.compiled import Compiled
from core.errors import Forbidden, Invalid, Refused
from core.text import apart, one_line
from core.words import Words

# What makes or revokes a key on behalf of a program: another key, or a token.
Maker = ApiKey | Pass
KEYS_MAX = 20
MAY_MOVE_MONEY = Scope.WALLET.value
# By the one a thief takes money out, by the other they spend it.
COST_MONEY = {MAY_MOVE_MONEY, Scope.SEND.value}
USE_NOTED_EVERY = timedelta(minutes=1)
# Each request of a program begins with it.
BY_DIGEST = Compiled(lambda digest: ApiKey.objects.select_related("user").filter(digest=digest), digest=str)
MADE_BY_A_KEY = gettext_lazy(
    "A program made the key “{key}” with your key “{maker}”. If it should not have, revoke both: the new one outlives "
    "the other."
)
MADE_FOR_MONEY = gettext_lazy(
    "The key “{key}” was made for your account, and it may spend or move your money. If that was not you, revoke it "
    "and set a new password."
)


class TooManyKeys(Refused):
    code = "too_many_keys"
    message = format_lazy(gettext_lazy("You have {most} keys, the most allowed."), most=KEYS_MAX)
    next_step = gettext_lazy("Revoke one that you no longer use.")


class BeyondThisKey(Forbidden):
    code = "beyond_this_key"
    message = gettext_lazy(
        "A key can only make or revoke keys that may do no more than itself, and none that moves money."
    )
    next_step = gettext_lazy("Log in with your browser to manage all of your keys.")


class NoSuchKey(Refused):
    code = "no_such_key"
    status = 404
    message = gettext_lazy("You have no such key; it may have been revoked already.")


@transaction.atomic
def create_key(
    *,
    user: User,
    name: str,
    now: datetime,
    scopes: Collection[str] | None = None,
    expires_at: datetime | None = None,
    by: Maker | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its text, which is never stored. No `scopes` means all; `by` is the key that asks, if one does, and
    then they mean all of its own that don't move money. The owner is told by mail of a key that another one made, and
    of one that spends or moves money.

    Raises Invalid, BeyondThisKey, TooManyKeys, TooManyChanges, Suspended.
    """
    require_good_standing(user)
    wanted = all_scopes() if scopes is None else sorted(set(scopes), key=_scope_order)
    if by is not None and scopes is None:
        wanted = [scope for scope in by.scopes if scope != MAY_MOVE_MONEY]
    if by is not None and by.expiry is not None:
        expires_at = min(expires_at or by.expiry, by.expiry)
    if faults := faults_in_key(name, wanted, expires_at, now):
        raise Invalid(faults)
    _require_within(by, wanted)
    if by is not None and MAY_MOVE_MONEY in wanted:
        raise BeyondThisKey
    # One at a time for each user, or two requests at once could both pass the limit.
    User.objects.lock(user.pk)
    if ApiKey.objects.filter(user=user).count() >= KEYS_MAX:
        raise TooManyKeys
    program = "" if by is None else by.program
    key, token = ApiKey.objects.create(user=user, expiry=None, name=one_line(name), scopes=wanted, program=program)
    if expires_at is not None:
        key.expiry = expires_at
        key.save(update_fields=["expiry"])
    if text := _news_of(key, by):
        require_few_changes(user=user, kind="key-added", now=now)
        notify([user], kind="key-added", text=text, href="/me/keys", data={"key_id": str(key.public_id)}, now=now)
    return key, token


def _news_of(key: ApiKey, by: Maker | None) -> Words:
    """Return what the owner is told of a new key; nothing of one they made that can't cost them money."""
    if by is not None:
        return format_lazy(MADE_BY_A_KEY, key=apart(one_line(key.name)), maker=apart(one_line(by.name)))
    if COST_MONEY & set(key.scopes):
        return format_lazy(MADE_FOR_MONEY, key=apart(one_line(key.name)))
    return ""


def _scope_order(scope: str) -> int:
    known = all_scopes()
    return known.index(scope) if scope in known else len(known)


def faults_in_key(name: str, scopes: Collection[str], expires_at: datetime | None, now: datetime) -> dict[str, str]:
    """Return why there can be no such key, by field."""
    errors = {}
    if fault := name_fault(name):
        errors["name"] = fault
    if not scopes or not set(scopes) <= set(all_scopes()):
        errors["scopes"] = _("Choose one or more of: {choices}.").format(choices=", ".join(all_scopes()))
    if expires_at is not None and expires_at <= now:
        errors["expires_at"] = _("This moment has passed.")
    return errors


def _require_within(by: Maker | None, scopes: Collection[str]) -> None:
    if by is not None and not set(scopes) <= set(by.scopes):
        raise BeyondThisKey


@transaction.atomic
def revoke_key(*, user: User, public_id: UUID, by: Maker | None = None) -> None:
    """End one of the user's keys for good. Raises NoSuchKey, BeyondThisKey."""
    key = ApiKey.objects.select_for_update().filter(**within_reach(user, by), public_id=public_id).first()
    if key is None:
        raise NoSuchKey
    _require_within(by, key.scopes)
    key.delete()


def within_reach(user: User, by: Maker | None) -> dict[str, Any]:
    """Return a filter of the user's rows that `by` may change: a program that was let in, and what it made, only those
    of that program; a person, and a key that they made, all."""
    return {"user": user, **({"program": by.program} if by is not None and by.program else {})}


@transaction.atomic
def revoke_all_keys(*, user: User) -> int:
    """End all of the user's keys for good, and return how many there were."""
    return int(ApiKey.objects.filter(user=user).delete()[0])


def find_key(token: str, *, now: datetime) -> ApiKey | None:
    """The key that `token` is the text of, with its user; None for an unknown or expired one.

    Its use is noted, to the minute: a busy program must not cost a write for every request.
    """
    key = next(iter(BY_DIGEST.objects(digest=hash_token(token))), None)
    if key is None or (key.expiry is not None and key.expiry <= now):
        return None
    if key.last_used_at is None or key.last_used_at <= now - USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key
