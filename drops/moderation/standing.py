"""How somebody stands: warnings, limits for a while, trust as a sender, their ways in, and notes about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.keys import revoke_all_keys
from accounts.models import ApiKey, AuditEvent, Note, User
from accounts.notifications.notify import notify
from accounts.oauth.grants import end_grants, grants_of
from accounts.sessions import end_other_sessions
from core.errors import Invalid
from core.text import as_sentence, sentence_apart
from core.words import Words
from drops.contest.limits import stands
from drops.moderation.acts import SAME_PRESS, AlreadyDone, Changes, record_act
from wallet.money import format_cents, format_cents_lazy

LIMIT_DAYS_MAX = 365
POSTING, CLAIMING, PRICE = "posting", "claiming", "price"
LIMITS: dict[str, Words] = {
    POSTING: _("posting and paying for drops"),
    CLAIMING: _("claiming seats"),
    PRICE: _("how much their drops may cost"),
}
HEARD_OF: dict[str, Words] = {
    POSTING: ngettext_lazy(
        "You can't post or pay for drops for {days} day.", "You can't post or pay for drops for {days} days.", "days"
    ),
    CLAIMING: ngettext_lazy("You can't claim seats for {days} day.", "You can't claim seats for {days} days.", "days"),
    PRICE: ngettext_lazy(
        "For {days} day your drops can cost up to {most}.", "For {days} days your drops can cost up to {most}.", "days"
    ),
}


@transaction.atomic
def warn_user(*, user: User, staff: User, told: str, reason: str, now: datetime) -> User:
    """Tell somebody what they must not do again. Nothing else changes."""
    user = User.objects.lock(user.pk)
    _refuse_same_press("warn", user, now, changes__told=["", told])
    record_act(staff, "warn", user, reason, now, told=told)
    text = format_lazy(_("A warning from our moderators: {told}"), told=sentence_apart(told))
    notify([user], kind="warned", text=text, href="/me", now=now)
    return user


@transaction.atomic
def limit_user(
    *,
    user: User,
    what: str,
    days: int,
    staff: User,
    told: str,
    reason: str,
    now: datetime,
    most_cents: int | None = None,
) -> User:
    """Limit what somebody may do for some days: posting, claiming, or the price of their drops (`most_cents`)."""
    user, until = User.objects.lock(user.pk), now + timedelta(days=days)
    before = limits_of(user, now)
    record_act(staff, "limit", user, reason, now, told=told, changes=_limit_changes(before, what, until, most_cents))
    if errors := _limit_faults(what, days, most_cents):
        raise Invalid(errors)
    if any(one == what and abs(then - until) < SAME_PRESS and most == most_cents for one, then, most in before):
        raise AlreadyDone(_("This limit stands already."))
    if what == PRICE:
        user.price_limit_cents, user.price_limited_until = most_cents, until
    else:
        setattr(user, f"{what}_limited_until", until)
    user.limited_reason = as_sentence(told)
    user.save(update_fields=[*_COLUMNS, "limited_reason"])
    heard = format_lazy(HEARD_OF[what], days=days, most=format_cents_lazy(most_cents or 0))
    text = format_lazy(_("Our moderators limit your account: {told} {heard}"), told=sentence_apart(told), heard=heard)
    notify([user], kind="limited", text=text, href="/me", now=now)
    return user


@transaction.atomic
def lift_limits(*, user: User, staff: User, told: str, reason: str, now: datetime) -> User:
    """End every limit on somebody."""
    user = User.objects.lock(user.pk)
    before = [_in_record(*limit) for limit in limits_of(user, now)]
    record_act(staff, "lift-limits", user, reason, now, told=told, changes={"limits": [before, []]})
    if not before:
        raise AlreadyDone(_("No limit stands."))
    for column in _COLUMNS:
        setattr(user, column, None)
    user.limited_reason = ""
    user.save(update_fields=[*_COLUMNS, "limited_reason"])
    text = format_lazy(_("Our moderators lifted the limits on your account: {told}"), told=sentence_apart(told))
    notify([user], kind="limits-lifted", text=text, href="/me", now=now)
    return user


@transaction.atomic
def unverify_sender(*, user: User, staff: User, told: str, reason: str, now: datetime) -> User:
    """Take the higher price limit from a sender who was trusted with it. What they have posted stands."""
    record_act(staff, "unverify-sender", user, reason, now, told=told)
    user = User.objects.lock(user.pk)
    if not user.is_verified_sender:
        raise AlreadyDone(_("This sender is not verified."))
    user.is_verified_sender = False
    user.save(update_fields=["is_verified_sender"])
    text = format_lazy(
        _("Our moderators no longer count you as a verified sender: {told} Drops you have posted stand."),
        told=sentence_apart(told),
    )
    notify([user], kind="unverified", text=text, href="/me", now=now)
    return user


@transaction.atomic
def sign_out_user(*, user: User, staff: User, told: str, reason: str, now: datetime) -> User:
    """End every session of somebody. Their keys and programs go on."""
    user = User.objects.lock(user.pk)
    record_act(staff, "sign-out", user, reason, now, told=told)
    if not UserSession.objects.filter(user=user).exists():
        raise AlreadyDone(_("They are signed in nowhere."))
    end_other_sessions(user=user, kept="")
    text = format_lazy(
        _("Our moderators signed you out everywhere: {told} Sign in again, and set a new password if in doubt."),
        told=sentence_apart(told),
    )
    notify([user], kind="signed-out", text=text, href="/me", now=now)
    return user


@transaction.atomic
def revoke_keys_of(*, user: User, staff: User, told: str, reason: str, now: datetime) -> User:
    """End every key of somebody, and what they let programs do. Their sessions go on."""
    user = User.objects.lock(user.pk)
    names = sorted(ApiKey.objects.filter(user=user).values_list("name", flat=True))
    record_act(staff, "revoke-keys", user, reason, now, told=told, changes={"keys": [names, []]})
    if not revoke_all_keys(user=user) + end_grants(user=user):
        raise AlreadyDone(_("They have no keys, and no program may act for them."))
    text = format_lazy(
        _("Our moderators revoked all your keys, and what programs may do for you: {told} You can make new ones."),
        told=sentence_apart(told),
    )
    notify([user], kind="keys-revoked", text=text, href="/me/keys", now=now)
    return user


@transaction.atomic
def write_note(*, user: User, staff: User, reason: str, now: datetime) -> User:
    """Leave a note about somebody for other moderators. Nobody changes or deletes it."""
    user = User.objects.lock(user.pk)
    _refuse_same_press("note", user, now, reason=reason)
    record_act(staff, "note", user, reason, now)
    Note.objects.create(about=user, author=staff, text=reason, created_at=now)
    return user


_COLUMNS = ("posting_limited_until", "claiming_limited_until", "price_limited_until", "price_limit_cents")
Limit = tuple[str, datetime, int | None]


def has_programs(user: User, now: datetime) -> bool:
    """Whether a program may act for somebody."""
    return bool(grants_of(user, now=now))


def limits_of(user: User, now: datetime) -> list[Limit]:
    """Return the limits that stand, as (what, until, most cents)."""
    each = (
        (POSTING, user.posting_limited_until, None),
        (CLAIMING, user.claiming_limited_until, None),
        (PRICE, user.price_limited_until, user.price_limit_cents),
    )
    return [(what, until, most) for what, until, most in each if until is not None and stands(until, now)]


def limit_in_words(what: str, until: datetime, most_cents: int | None) -> str:
    most = f" ≤ {format_cents(most_cents)}" if most_cents is not None else ""
    return _("{what}{most}, until {until} UTC").format(what=LIMITS[what], most=most, until=f"{until:%Y-%m-%d %H:%M}")


def _in_record(what: str, until: datetime, most_cents: int | None) -> list[Any]:
    return [what, str(until), most_cents]


def _limit_changes(before: list[Limit], what: str, until: datetime, most_cents: int | None) -> Changes:
    stood = [_in_record(*limit) for limit in before]
    others = [limit for limit in stood if limit[0] != what]
    return {"limits": [stood, [*others, _in_record(what, until, most_cents)]]}


def _limit_faults(what: str, days: int, most_cents: int | None) -> dict[str, Words]:
    faults: dict[str, Words] = {}
    if what not in LIMITS:
        faults["what"] = _("Choose one of: {choices}.").format(choices=", ".join(LIMITS))
    if not 1 <= days <= LIMIT_DAYS_MAX:
        faults["days"] = _("A limit is for 1 to {most} days.").format(most=LIMIT_DAYS_MAX)
    if (what == PRICE) is not (most_cents is not None and most_cents > 0):
        faults["most_cents"] = _("Say the highest price for a limit of prices, and for no other.")
    return faults


def _refuse_same_press(action: str, user: User, now: datetime, **same: Any) -> None:
    """Refuse what was done with the same words a moment ago: one button, pressed twice, by one or by two."""
    done = AuditEvent.objects.filter(action=action, target=f"user:{user.pk}", **same)
    if done.filter(created_at__gt=now - SAME_PRESS).exists():
        raise AlreadyDone
