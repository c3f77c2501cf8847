"""Who may act on what, and the record of it, written in the act's own transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEvent, User, record_audit
from accounts.permissions import require_moderator, right_to_change
from core.errors import Forbidden, Invalid, Refused
from core.text import TOLD_CHARS_MAX, fault_in
from drops.models import Attachment, Drop, Report, Submission
from drops.models.visibility import DropQuerySet


class AlreadyDone(Refused):
    """A decision that stands already."""

    code = "already_done"
    message = gettext_lazy("That has been done already.")
    next_step = gettext_lazy("Reload the page to see how things stand.")


RIGHT_TO_READ = "drops.change_submission"
SAME_PRESS = timedelta(minutes=1)
# By field, what stood there before and stands now.
Changes = dict[str, list[Any]]
Target = Drop | Submission | User | Report | Attachment


def record_act(
    staff: User,
    action: str,
    target: Target,
    reason: str,
    now: datetime,
    *,
    told: str | None = None,
    changes: Changes | None = None,
) -> None:
    """Leave the trace of `action`; refuse whoever may not, gives no reason, or has a stake in it.

    An act has two texts: `reason` is the private note, which only the audit holds; `told` is what the person it
    concerns reads, and stands there too. None is for acts that nobody hears of.
    """
    # A file is a part of its entry.
    right = RIGHT_TO_READ if isinstance(target, Attachment) else right_to_change(target)
    require_moderator(staff, reason, right=right)
    if _contests_of(target).with_stake_of(staff).exists():
        raise Forbidden(_("This is your own drop, or you compete on it: another moderator must act here."))
    if staff.pk in people_concerned(target):
        raise Forbidden(_("This is about yourself: another moderator must act here."))
    if told is not None:
        if fault := fault_in(told, chars_max=TOLD_CHARS_MAX):
            raise Invalid({"told": fault})
        changes = {**(changes or {}), "told": ["", told]}
    record_audit(actor=staff, action=action, target=_name_of(target), reason=reason, changes=changes, now=now)


def people_concerned(target: Target) -> set[Any]:
    """Return the ids of those whom a row is about beside its contest's players: none of them acts on it."""
    ids: set[Any] = {target.pk, getattr(target, "reporter_id", None), getattr(target, "owner_id", None)}
    if isinstance(target, Report) and target.feedback is not None:
        ids.add(target.feedback.written_by_id)
    return ids - {None}


def record_reading(staff: User, action: str, target: Submission | Attachment, reason: str, now: datetime) -> None:
    """`record_act` for what is read: each time, but a second press of the same button is no second reading."""
    require_moderator(staff, reason, right=RIGHT_TO_READ)
    type(target)._default_manager.select_for_update(no_key=True).get(pk=target.pk)
    same = AuditEvent.objects.filter(actor=staff, action=action, target=_name_of(target), reason=reason)
    if not same.filter(created_at__gt=now - SAME_PRESS).exists():
        record_act(staff, action, target, reason, now)


def _name_of(target: Target) -> str:
    return f"{target._meta.model_name}:{target.pk}"


def _contests_of(target: Target) -> DropQuerySet:
    if isinstance(target, Attachment):
        return Drop.objects.filter(Q(submissions__revisions__attachments=target) | Q(attachments=target))
    if isinstance(target, Submission | Report):
        return Drop.objects.filter(pk=target.drop_id)
    return Drop.objects.filter(pk=target.pk) if isinstance(target, Drop) else Drop.objects.none()
