"""Who moderates: the least rights that the work needs, given and taken by superusers, on record; and reminded."""

from __future__ import annotations

import logging
from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Notification, User, record_audit
from accounts.notifications.notify import notify
from accounts.permissions import may_moderate, moderators, require_reason
from core.errors import Forbidden, Invalid
from core.text import TOLD_CHARS_MAX, apart, fault_in, sentence_apart
from core.words import Words
from drops.models import Drop
from drops.moderation.acts import AlreadyDone

log = logging.getLogger(__name__)

MODERATORS = "Moderators"
# No group has it and no migration makes it, so that superusers alone pass the check.
SUPERUSER_ONLY = "accounts.appoint_moderators"
ACTS_ON = ("drops.change_drop", "drops.change_submission", "drops.change_report", "accounts.change_user")
SEES_ALL_OF = ("drops", "wallet")
SEES_OF_PEOPLE = ("moderate", "view_user", "view_agent", "view_auditevent", "view_notification")


def moderators_group() -> Group:
    """The group with what moderators may do; made, or brought up to date, when it is asked for."""
    group, _rest = Group.objects.get_or_create(name=MODERATORS)
    wanted = Q(content_type__app_label__in=SEES_ALL_OF, codename__startswith="view_")
    wanted |= Q(content_type__app_label="accounts", codename__in=SEES_OF_PEOPLE)
    for name in ACTS_ON:
        app_label, codename = name.split(".")
        wanted |= Q(content_type__app_label=app_label, codename=codename)
    group.permissions.set(Permission.objects.filter(wanted))
    return group


def renew_rights(**unused: object) -> None:
    """Bring the group up to date after a migration, where there is one."""
    if Group.objects.filter(name=MODERATORS).exists():
        moderators_group()


@transaction.atomic
def appoint_moderator(*, user: User, staff: User, told: str, reason: str, now: datetime) -> User:
    """Make `user` a moderator. Only a superuser may."""
    user = User.objects.lock(user.pk)
    _record(staff, "appoint", user, told=told, reason=reason, now=now)
    if user.is_suspended:
        raise Forbidden(_("A suspended account cannot moderate; reinstate it first."))
    if user.is_staff and user.groups.filter(name=MODERATORS).exists():
        raise AlreadyDone(_("This account moderates already."))
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.groups.add(moderators_group())
    text = format_lazy(
        _("You are a moderator now: {told} The moderators' site asks you for a second factor."),
        told=sentence_apart(told),
    )
    notify([user], kind="appointed", text=text, href="/admin/", now=now)
    return user


@transaction.atomic
def dismiss_moderator(*, user: User, staff: User, told: str, reason: str, now: datetime) -> User:
    """Take a moderator's rights. A superuser's are not taken here."""
    user = User.objects.lock(user.pk)
    _record(staff, "dismiss", user, told=told, reason=reason, now=now)
    if user.is_superuser:
        raise Forbidden(_("This is a superuser; those are made and unmade on the server."))
    if not user.is_staff:
        raise AlreadyDone(_("This account does not moderate."))
    user.is_staff = False
    user.save(update_fields=["is_staff"])
    user.groups.remove(moderators_group())
    text = format_lazy(_("You are no longer a moderator: {told}"), told=sentence_apart(told))
    notify([user], kind="dismissed", text=text, href="/me", now=now)
    return user


def name_late(*, drop: Drop, now: datetime) -> None:
    """Say that `drop` has waited for moderators longer than it may: to the log each time, to each of them once."""
    log.error("drop waits too long for staff", extra={"drop": str(drop.pk)})
    text = format_lazy(
        _("“{drop}” has waited too long for a moderator. The prize stays in escrow until one has judged."),
        drop=apart(drop.heading),
    )
    _tell_moderators_once(text, reverse("drop_picks", args=[drop.pk]), now)


def name_left(*, drop: Drop, now: datetime) -> None:
    """Say that no worker asks the panel of `drop`: to the log each time, to each moderator once."""
    log.error("no worker asks the panel", extra={"drop": str(drop.pk)})
    text = format_lazy(
        _("No judge has been asked about “{drop}” yet: is a worker running? The prize stays in escrow."),
        drop=apart(drop.heading),
    )
    _tell_moderators_once(text, reverse("drop", args=[drop.pk]), now)


def _tell_moderators_once(text: Words, href: str, now: datetime) -> None:
    told = Notification.objects.filter(kind="judge-late", href=href).values("user")
    notify(moderators().exclude(pk__in=told), kind="judge-late", text=text, href=href, now=now)


def _record(staff: User, action: str, user: User, *, told: str, reason: str, now: datetime) -> None:
    if not may_moderate(staff, SUPERUSER_ONLY):
        raise Forbidden(_("Only superusers may do that."))
    if staff.pk == user.pk:
        raise Forbidden(_("This is about yourself: another superuser must act here."))
    require_reason(reason)
    if fault := fault_in(told, chars_max=TOLD_CHARS_MAX):
        raise Invalid({"told": fault})
    record_audit(
        actor=staff, action=action, target=f"user:{user.pk}", reason=reason, changes={"told": ["", told]}, now=now
    )
