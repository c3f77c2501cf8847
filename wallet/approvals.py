"""Four eyes: what one of the staff asks for is done when another approves it, in that transaction, once.

Rooms register the kinds they know. A verb that needs a second person calls `ask`; `approve` runs the kind's act, which
leaves the one record of it, under the approver's name and with the asker's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User, record_audit
from accounts.permissions import may_moderate, moderators_with, require_reason
from core.errors import Forbidden, Refused
from core.words import Words
from wallet.books.links import same_person
from wallet.models import APPROVE_RIGHT, Approval
from wallet.notifications import tell_of_approval


class AskedAlready(Refused):
    code = "asked_already"
    message = _("This has been asked for already, and waits for a second person.")
    next_step = _("Look under Approvals for who may decide, or refuse it there first.")


class ApprovalOver(Refused):
    code = "approval_over"
    message = _("This doesn't wait for approval any more.")
    next_step = _("Reload the page to see what became of it, and ask again if it is still needed.")


@dataclass(frozen=True)
class Kind:
    """Something that can be asked for; both need one of its `rights`. `require_apart` refuses whoever it is about; the
    act asks that itself. `refused` is done where it is not approved."""

    name: str
    label: Words
    rights: tuple[str, ...]
    act: Callable[[Approval, User, str, datetime], Any]
    require_apart: Callable[[Approval, User, datetime], None]
    refused: Callable[[Approval, User, datetime], Any] | None = None


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; again changes nothing."""
    KINDS[kind.name] = kind


@transaction.atomic
def ask(
    *,
    kind: str,
    target: str,
    summary: Words,
    asks: Mapping[str, Any],
    staff: User,
    told: str,
    reason: str,
    now: datetime,
) -> Approval:
    """Write down what `staff` ask for. The verb that calls this has asked whether they may, and leaves the record.

    Raises AskedAlready while the same waits.
    """
    same = Approval.objects.filter(kind=kind, target=target)
    # Whoever decides about one holds it, and may wait for what we hold: so we wait for none, nor meet it in the index.
    lapsed = same.lapsed(now).select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
    same.filter(pk__in=list(lapsed)).update(outcome=Approval.Outcome.EXPIRED)
    if same.filter(outcome=Approval.Outcome.NONE).exists():
        raise AskedAlready
    words = {
        "kind": kind,
        "target": target,
        "summary": str(summary),
        "asks": dict(asks),
        "told": told,
        "reason": reason,
    }
    until = now + timedelta(seconds=settings.APPROVAL_SECONDS)
    waits = {"asked_by": staff, "asked_at": now, "expires_at": until}
    # Of two at once the second waits for the first, and finds its row.
    made = Approval.objects.bulk_create([Approval(**words, **waits)], ignore_conflicts=True)[0]
    if not Approval.objects.filter(pk=made.pk).exists():
        raise AskedAlready
    _tell_who_may(made, now)
    return made


@transaction.atomic
def approve(*, approval: Approval, staff: User, reason: str, now: datetime) -> Approval:
    """Do what another asked for. Never what one asked for oneself, or by an account that seems to be one's own.

    Both must have the right now. Raises ApprovalOver where it was decided or has expired, and what the act raises.
    """
    approval, kind = _locked(approval), KINDS[approval.kind]
    _require_may(staff, kind, reason)
    if approval.asked_by_id in same_person(staff):
        raise Forbidden(_("You asked for this yourself: another person must approve it."))
    _require_waiting(approval, now)
    if not _may(approval.asked_by, kind):
        raise Forbidden(_("Whoever asked for this may not do it any more; refuse it, and ask anew."))
    # First, so that nothing is done that another transaction has decided.
    _decide(approval, Approval.Outcome.APPROVED, staff, now)
    kind.act(approval, staff, reason, now)
    return approval


@transaction.atomic
def refuse(*, approval: Approval, staff: User, reason: str, now: datetime) -> Approval:
    """End a request without doing it, an expired one too; whoever asked may take it back so, and nobody whom it is
    about."""
    approval, kind = _locked(approval), KINDS[approval.kind]
    _require_may(staff, kind, reason)
    if approval.asked_by_id != staff.pk:
        kind.require_apart(approval, staff, now)
    if approval.outcome:
        raise ApprovalOver
    _decide(approval, Approval.Outcome.REFUSED, staff, now)
    about = {"asked_by": ["", approval.asked_by.email], "asks": ["", approval.summary]}
    action = f"refuse-{approval.kind}"
    record_audit(actor=staff, action=action, target=approval.target, reason=reason, changes=about, now=now)
    if kind.refused is not None:
        kind.refused(approval, staff, now)
    return approval


def _tell_who_may(approval: Approval, now: datetime) -> None:
    """Tell whoever could decide that something waits; neither who asked for it nor whom it is about."""
    kind, left_out = KINDS[approval.kind], {str(pk) for pk in same_person(approval.asked_by)}
    left_out.add(approval.target_id)
    may = moderators_with(*kind.rights).filter(pk__in=moderators_with(APPROVE_RIGHT).values("pk"))
    tell_of_approval(approval, to=[user for user in may if str(user.pk) not in left_out], what=kind.label, now=now)


def _may(staff: User, kind: Kind) -> bool:
    return any(may_moderate(staff, right) for right in kind.rights)


def _require_may(staff: User, kind: Kind, reason: str) -> None:
    if not _may(staff, kind):
        raise Forbidden(_("Only who may do this may decide about it."))
    require_reason(reason)


def _locked(approval: Approval) -> Approval:
    rows = Approval.objects.select_for_update(no_key=True, of=("self",)).select_related("asked_by")
    return rows.get(pk=approval.pk)


def _require_waiting(approval: Approval, now: datetime) -> None:
    if not approval.waits(now):
        raise ApprovalOver


def _decide(approval: Approval, outcome: Approval.Outcome, staff: User, now: datetime) -> None:
    approval.outcome, approval.decided_by, approval.decided_at = outcome, staff, now
    approval.save(update_fields=["outcome", "decided_by", "decided_at"])
