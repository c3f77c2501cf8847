"""The end of a case: who decided it how, and what becomes of its reports."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, User
from accounts.notifications.topics import REPORT_HANDLED
from core.text import apart, sentence_apart
from drops.desk.holding import require_own_hands_clean
from drops.models import Case, Report
from drops.models.risk import MarkState
from drops.notifications import tell
from wallet.models import Approval

# The one end of a case that says that there was nothing to it.
DISMISSED = "dismiss-case"
ACTED = _("You reported “{drop}”. Our moderators have looked at it and acted.")
LOOKED_AT = _("You reported “{drop}”. Our moderators have looked at it: {told}")


def open_reports_of(case: Case) -> models.QuerySet[Report]:
    return case.reports.filter(handled_at__isnull=True).select_related("reporter", "drop").order_by("pk")


def finish(case: Case, *, staff: User, outcome: str, event: AuditEvent, now: datetime, told: str = "") -> None:
    """Close a locked case, decide its marks, and answer its reports; without `told` those who made them hear that we
    have acted."""
    case.closed_at, case.closed_by, case.outcome, case.decision = now, staff, outcome, event
    case.assignee, case.lease_until = None, None
    case.save()
    case.marks.settle(MarkState.DISMISSED if outcome == DISMISSED else MarkState.UPHELD, by=staff, now=now)
    for report in open_reports_of(case):
        words = {"drop": apart(report.drop.heading), "told": sentence_apart(told)}
        text = format_lazy(LOOKED_AT if told else ACTED, **words)
        tell([report.reporter], report.drop, kind=REPORT_HANDLED, text=text, now=now)
    handled = {"handled_at": now, "handled_by": staff, "handling": event.reason}
    open_reports_of(case).select_related(None).order_by().update(**handled)


def require_may_end_case(approval: Approval, staff: User) -> None:
    """Raise Forbidden where something was asked for from the page of a case that `staff` may not decide themselves."""
    case = Case.objects.with_targets().filter(pk=approval.asks.get("case")).first()
    if case is not None:
        require_own_hands_clean(case, staff)


def finish_as_approved(approval: Approval, *, event: AuditEvent, now: datetime) -> None:
    """Close the case from whose page something was asked for that a second person has let happen, as `event` says."""
    case = Case.objects.select_for_update(no_key=True).filter(pk=approval.asks.get("case")).first()
    if case is not None and case.is_open:
        finish(case, staff=event.actor, outcome=event.action, event=event, now=now)
    elif case is not None:
        name_decider(case, event=event, now=now)


def name_decider(case: Case, *, event: AuditEvent, now: datetime, outcome: str = "") -> None:
    """Say who decided, where what happened by it closed the case just now and knew of nobody."""
    nameless = Case.objects.filter(pk=case.pk, closed_at=now, closed_by=None)
    nameless.update(closed_by=event.actor, outcome=outcome or event.action, decision=event)
