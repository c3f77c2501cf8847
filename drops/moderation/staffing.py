"""Who is of the staff: roles are given and taken by verbs alone, on record, never one's own; and who is reminded."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import GIVE_ROLES, Notification, User, record_audit
from accounts.notifications.notify import notify
from accounts.permissions import may_moderate, moderators_with, require_reason
from core.errors import Forbidden, Invalid
from core.text import TOLD_CHARS_MAX, apart, fault_in, sentence_apart
from core.words import Words
from drops.models import JUDGE_RIGHTS, Drop
from drops.moderation.acts import AlreadyDone, Changes
from drops.moderation.roles import ROLES, Role, group_of, roles_of
from wallet import approvals
from wallet.books.links import same_person
from wallet.models import Approval

log = logging.getLogger(__name__)

# Roles that one lead alone does not give.
BY_TWO = ("finance", "lead")


@transaction.atomic
def give_role(*, user: User, role: str, staff: User, told: str, reason: str, now: datetime) -> User | Approval:
    """Give `user` a role. Only a lead may, and nobody their own. What moves money, or gives roles, waits for a second
    lead."""
    if role in BY_TWO:
        return _ask_for_role(user, role, staff=staff, told=told, reason=reason, now=now)
    return _give(user, role, staff=staff, told=told, reason=reason, both={}, now=now)


def _ask_for_role(user: User, role: str, *, staff: User, told: str, reason: str, now: datetime) -> Approval:
    user, given = User.objects.lock(user.pk), _role_named(role)
    summary = _("Give account {id} the role {role}").format(id=str(user.pk)[:8], role=given.label)
    changes: Changes = {"asks": ["", summary]}
    _record(staff, "ask-give-role", user, told=told, reason=reason, changes=changes, now=now)
    _require_new(user, given)
    words: dict[str, Any] = {
        "kind": "give-role",
        "target": f"user:{user.pk}",
        "summary": summary,
        "asks": {"role": role},
    }
    return approvals.ask(**words, staff=staff, told=told, reason=reason, now=now)


def _give_as_approved(approval: Approval, staff: User, reason: str, now: datetime) -> None:
    user = User.objects.get(pk=approval.target_id)
    role, both = approval.asks["role"], approval.by_both()
    _give(user, role, staff=staff, told=approval.told, reason=reason, both=both, now=now)


def _require_new(user: User, role: Role) -> None:
    if user.erased_at is not None:
        raise Forbidden(_("This account is erased already."))
    if user.is_suspended:
        raise Forbidden(_("A suspended account can't be of the staff; reinstate it first."))
    if user.is_staff and role in roles_of(user):
        raise AlreadyDone(_("This account has that role already."))


def _give(user: User, role: str, *, staff: User, told: str, reason: str, both: Changes, now: datetime) -> User:
    user = User.objects.lock(user.pk)
    given, before = _role_named(role), roles_of(user)
    changes = {**_changed(before, [*before, given]), **both}
    _record(staff, "give-role", user, told=told, reason=reason, changes=changes, now=now)
    _require_new(user, given)
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.groups.add(group_of(role))
    text = format_lazy(
        _("You have a new role, {role}: {told} The moderators' site asks you for a second factor."),
        role=given.label,
        told=sentence_apart(told),
    )
    notify([user], kind="role-given", text=text, href="/admin/", now=now)
    return user


@transaction.atomic
def take_role(*, user: User, role: str, staff: User, told: str, reason: str, now: datetime) -> User:
    """Take a role from `user`; with the last one goes every right of staff. A superuser's are not taken here."""
    user = User.objects.lock(user.pk)
    taken, before = _role_named(role), roles_of(user)
    left = [one for one in before if one != taken]
    changes = _changed(before, left)
    if not left and (own := sorted(user.user_permissions.values_list("codename", flat=True))):
        changes["rights"] = [own, []]
    _record(staff, "take-role", user, told=told, reason=reason, changes=changes, now=now)
    if user.is_superuser:
        raise Forbidden(_("This is a superuser; those are made and unmade on the server."))
    if taken not in before and (before or not user.is_staff):
        raise AlreadyDone(_("This account does not have that role."))
    user.groups.remove(group_of(role))
    if not left:
        user.is_staff = False
        user.save(update_fields=["is_staff"])
        user.user_permissions.clear()
    text = format_lazy(
        _("The role {role} is no longer yours: {told}"),
        role=taken.label,
        told=sentence_apart(told),
    )
    notify([user], kind="role-taken", text=text, href="/me", now=now)
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
    notify(moderators_with(*JUDGE_RIGHTS).exclude(pk__in=told), kind="judge-late", text=text, href=href, now=now)


def _role_named(role: str) -> Role:
    if role not in ROLES:
        raise Invalid({"role": _("Choose one of: {choices}.").format(choices=", ".join(ROLES))})
    return ROLES[role]


def _changed(before: Collection[Role], after: Collection[Role]) -> Changes:
    return {"roles": [sorted({role.name for role in each}) for each in (before, after)]}


def _record(staff: User, action: str, user: User, *, told: str, reason: str, changes: Changes, now: datetime) -> None:
    if not may_moderate(staff, GIVE_ROLES):
        raise Forbidden(_("Only a lead may do that."))
    _require_not_themselves(staff, user)
    require_reason(reason)
    if fault := fault_in(told, chars_max=TOLD_CHARS_MAX):
        raise Invalid({"told": fault})
    changes = {**changes, "told": ["", told]}
    record_audit(actor=staff, action=action, target=f"user:{user.pk}", reason=reason, changes=changes, now=now)


def _require_not_themselves(staff: User, user: User) -> None:
    if user.pk in same_person(staff):
        raise Forbidden(_("This is about yourself, or an account that seems to be yours: another lead must act here."))


def _require_apart(approval: Approval, staff: User, now: datetime) -> None:
    _require_not_themselves(staff, User.objects.get(pk=approval.target_id))


approvals.register(approvals.Kind("give-role", _("Give a role"), (GIVE_ROLES,), _give_as_approved, _require_apart))
