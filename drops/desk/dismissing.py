"""Closing a case with nothing to do, or with nothing to do but to say that its marks are right."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from drops.contest.rules import IllegalTransition
from drops.desk.cases import lock_case
from drops.desk.deciders import REPORTS
from drops.desk.ending import DISMISSED, finish, open_reports_of
from drops.desk.holding import require_free
from drops.desk.waiting import require_nothing_asked
from drops.models import Case
from drops.models.case import Category
from drops.moderation.acts import record_act

# Whoever's money waits, or whose verdict, is not sent away by a click.
DISMISSIBLE = (Category.REPORT, Category.FEEDBACK, Category.ASKED, Category.RISK)


@transaction.atomic
def dismiss_case(*, case: Case, staff: User, told: str, reason: str, now: datetime) -> Case:
    """Close a case with nothing done. Whoever reported it is `told` that; where nobody did, nobody hears of it."""
    case = lock_case(case)
    is_heard = open_reports_of(case).exists()
    event = record_act(staff, DISMISSED, case, reason, now, told=told if is_heard else None, right=REPORTS)
    require_free(case, staff, now)
    require_nothing_asked(case, now)
    if case.category not in DISMISSIBLE:
        raise IllegalTransition(_("This case ends with what waits in it: decide that."))
    finish(case, staff=staff, outcome=DISMISSED, event=event, told=told, now=now)
    return case


@transaction.atomic
def uphold_case(*, case: Case, staff: User, reason: str, now: datetime) -> Case:
    """Close a case whose marks are right, and do no more: whatever follows was done elsewhere, or only needs watching.

    Not while people wait for an answer to their report: they hear that we acted, or why not.
    """
    case = lock_case(case)
    event = record_act(staff, "uphold-case", case, reason, now, right=REPORTS)
    require_free(case, staff, now)
    require_nothing_asked(case, now)
    if not is_upholdable(case):
        raise IllegalTransition(_("No mark is open in this case, or a report waits in it for an answer."))
    finish(case, staff=staff, outcome="uphold-case", event=event, now=now)
    return case


def is_upholdable(case: Case) -> bool:
    """Whether a case has open marks, and nobody waits for an answer."""
    return case.is_open and case.marks.open().exists() and not open_reports_of(case).exists()
