"""The acts of staff on people. Each asks for two texts: what the person is told, and a note for the audit alone."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notifications.notify import notify
from accounts.permissions import suspension_of
from accounts.profiles import name_fault
from core.errors import Forbidden, Invalid
from core.text import as_sentence, one_line, sentence_apart
from drops.contest import finishing
from drops.contest.competing import free_seats_of_suspended
from drops.contest.rules import IllegalTransition
from drops.judging import rounds
from drops.models import Drop
from drops.moderation import by_two
from drops.moderation.acts import AlreadyDone, Changes, record_act


@transaction.atomic
def suspend_user(
    *, user: User, staff: User, told: str, reason: str, now: datetime, remove: Collection[str] = ()
) -> User:
    """Stop an account from playing. Its money stays its own; seats without an entry come free; entries are judged.
    Drops that wait for this sender's verdict go to staff; open ones whose ids are in `remove` are removed and refunded,
    the others go on."""
    removed: Changes = {"removed_drops": [[], sorted(map(str, remove))]} if remove else {}
    record_act(staff, "suspend", user, reason, now, told=told, changes=removed)
    user = User.objects.lock(user.pk)
    if user.is_staff:
        raise Forbidden(_("An account of our moderators cannot be suspended; take its staff rights first."))
    if user.is_suspended:
        raise AlreadyDone(_("This account is suspended already; its date and reason stand."))
    user.suspended_at, user.suspended_reason = now, as_sentence(told)
    user.save(update_fields=["suspended_at", "suspended_reason"])
    notify([user], kind="suspended", text=suspension_of(user), href="/me", now=now)
    free_seats_of_suspended(agent=user, now=now)
    _remove_open(user, remove, told=told, now=now)
    for drop in Drop.objects.sent_by(user).waiting_for_sender().order_by("pk"):
        with suppress(IllegalTransition):  # Judged to its end in this very moment.
            rounds.hand_to_staff(drop=drop, reason="The sender's account is suspended.", now=now, is_private=True)
    return user


def _remove_open(user: User, ids: Collection[str], *, told: str, now: datetime) -> None:
    """Remove and refund these of the user's open drops. Refused where one of them is open no more, or not theirs."""
    chosen = {str(pk) for pk in ids}
    drops = [drop for drop in Drop.objects.sent_by(user).filter(status="open").order_by("pk") if str(drop.pk) in chosen]
    if len(drops) != len(chosen):
        raise Invalid({"remove": _("One of these drops is not open any more, or not theirs. Nothing was done.")})
    if any(by_two.takes_two(drop) for drop in drops):
        raise Invalid({"remove": _("A drop of that price is removed by itself: a second person approves it.")})
    for drop in drops:
        finishing.remove_drop(drop=drop, told=as_sentence(told), now=now)


@transaction.atomic
def reinstate_user(*, user: User, staff: User, told: str, reason: str, now: datetime) -> User:
    """Let a suspended account play again."""
    user = User.objects.lock(user.pk)
    since: Changes = {"suspended_at": [str(user.suspended_at), None], "suspended_reason": [user.suspended_reason, ""]}
    record_act(staff, "reinstate", user, reason, now, told=told, changes=since)
    if not user.is_suspended:
        raise AlreadyDone(_("This account is not suspended."))
    user.suspended_at, user.suspended_reason = None, ""
    user.save(update_fields=["suspended_at", "suspended_reason"])
    text = format_lazy(_("Your account is no longer suspended: {told} You may play again."), told=sentence_apart(told))
    notify([user], kind="reinstated", text=text, href="/me", now=now)
    return user


@transaction.atomic
def verify_sender(*, user: User, staff: User, told: str, reason: str, now: datetime) -> User:
    """Let a sender post drops up to the higher price limit."""
    record_act(staff, "verify-sender", user, reason, now, told=told)
    user = User.objects.lock(user.pk)
    if user.is_verified_sender:
        raise AlreadyDone(_("This sender is verified already."))
    user.is_verified_sender = True
    user.save(update_fields=["is_verified_sender"])
    text = format_lazy(
        _("Our moderators verified you as a sender: {told} You may set higher prizes now."),
        told=sentence_apart(told),
    )
    notify([user], kind="verified", text=text, href="/drops/new", now=now)
    return user


@transaction.atomic
def take_handle(*, user: User, staff: User, told: str, reason: str, now: datetime) -> User:
    """Take a handle that must not be seen off its owner, who is told and may choose another."""
    user = User.objects.lock(user.pk)
    record_act(staff, "take-handle", user, reason, now, told=told, changes={"handle": [user.handle, None]})
    if user.handle is None:
        raise AlreadyDone(_("This account has no handle."))
    user.handle = None
    user.save(update_fields=["handle"])
    text = format_lazy(
        _("Our moderators took your handle off the site: {told} You may choose another one."),
        told=sentence_apart(told),
    )
    notify([user], kind="handle-taken", text=text, href="/me", now=now)
    return user


@transaction.atomic
def rename_user(*, user: User, name: str, staff: User, told: str, reason: str, now: datetime) -> User:
    """Give an account another name, where its own must not be seen; its owner is told and may choose another."""
    user = User.objects.lock(user.pk)
    record_act(staff, "rename", user, reason, now, told=told, changes={"name": [user.name, one_line(name)]})
    if fault := name_fault(name):
        raise Invalid({"name": fault})
    if user.name == one_line(name):
        raise AlreadyDone(_("This account has that name already."))
    user.name = one_line(name)
    user.save(update_fields=["name"])
    text = format_lazy(
        _("Our moderators changed the name that others see: {told} You may choose another one."),
        told=sentence_apart(told),
    )
    notify([user], kind="renamed", text=text, href="/me", now=now)
    return user
