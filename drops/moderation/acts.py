"""Who may act on what, and the record of it, written in the act's own transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEvent, User, record_audit
from accounts.permissions import require_moderator, right_to_change
from core.errors import Forbidden, Invalid, Refused
from core.text import TOLD_CHARS_MAX, fault_in
from drops.contest.links import linked_to, note_evidence
from drops.models import Appeal, Attachment, Case, Drop, Report, RiskMark, Submission
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
Target = Drop | Submission | User | Report | Appeal | Attachment | Case | RiskMark


def record_act(
    staff: User,
    action: str,
    target: Target,
    reason: str,
    now: datetime,
    *,
    told: str | None = None,
    changes: Changes | None = None,
    right: str = "",
) -> AuditEvent:
    """Leave the trace of `action`; refuse whoever may not, gives no reason, or has a stake in it.

    An act has two texts: `reason` is the private note, which only the audit holds; `told` is what the person it
    concerns reads, and stands there too. None is for acts that nobody hears of. `right` is what the act takes, where
    that is not to change the target.
    """
    # A file is a part of its entry.
    right = right or (RIGHT_TO_READ if isinstance(target, Attachment) else right_to_change(target))
    require_moderator(staff, reason, right=right)
    require_no_stake(staff, target, now)
    if told is not None:
        if fault := fault_in(told, chars_max=TOLD_CHARS_MAX):
            raise Invalid({"told": fault})
        changes = {**(changes or {}), "told": ["", told]}
    return record_audit(actor=staff, action=action, target=_name_of(target), reason=reason, changes=changes, now=now)


def require_no_stake(staff: User, target: Target, now: datetime) -> None:
    """Raise Forbidden where a row is about `staff`, or a contest that they play, or an account that seems theirs."""
    if isinstance(target, User):
        note_evidence(target, now)
    people = {staff.pk, *linked_to(staff, now)}
    if _contests_of(target).with_stake_of_any(people).exists():
        raise Forbidden(_("This is your own drop, or you compete on it: another moderator must act here."))
    if not people.isdisjoint(people_concerned(target)):
        raise Forbidden(_("This is about yourself: another moderator must act here."))


def people_concerned(target: Target) -> set[Any]:
    """Return the ids of those whom a row is about beside its contest's players: none of them acts on it."""
    names = ("reporter_id", "owner_id", "user_id", "sender_id")
    ids: set[Any] = {target.pk, *(getattr(target, name, None) for name in names)}
    if isinstance(target, Report) and target.feedback is not None:
        ids.add(target.feedback.written_by_id)
    if isinstance(target, Case):
        ids |= {target.person_id, *(person for report in _reports_of(target) for person in people_concerned(report))}
        ids |= {person for mark in target.marks.all() for person in mark.people}
    if isinstance(target, RiskMark):
        ids |= {target.person_id, *target.people}
    return ids - {None}


def _reports_of(case: Case) -> QuerySet[Report]:
    return case.reports.select_related("feedback")


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
    if isinstance(target, Submission | Report | Appeal):
        return Drop.objects.filter(pk=target.drop_id)
    if isinstance(target, RiskMark):
        contest = target.submission.drop_id if target.submission else target.drop_id
        return Drop.objects.filter(pk=contest) if contest else Drop.objects.none()
    if isinstance(target, Case):
        return Drop.objects.filter(pk=target.contest.pk) if target.contest else Drop.objects.none()
    if isinstance(target, User):
        # Whoever plays against them, or is judged by them, would act for a seat or for a verdict of their own.
        return Drop.objects.filter(status__in=["open", "ranking"]).with_stake_of(target)
    return Drop.objects.filter(pk=target.pk)
