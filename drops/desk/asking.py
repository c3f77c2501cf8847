"""Opening a case by hand: something that no report and no rule has brought up, and others should look at."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from drops.desk.cases import kind_of, money_at_stake, open_case
from drops.models import Case, Drop, Submission
from drops.models.case import Category
from drops.moderation.acts import AlreadyDone, record_act


class HasCase(AlreadyDone):
    message = _("There is an open case about this already.")
    next_step = _("Add what you know to it as a note.")


@transaction.atomic
def ask_for_a_look(*, row: Drop | Submission | User, staff: User, reason: str, now: datetime) -> Case:
    """Open a case about `row`; `reason` is its first note. Raises HasCase, Forbidden, Invalid."""
    is_there = Case.objects.open().of(kind_of(row), row).exists()
    drop = row.drop if isinstance(row, Submission) else row
    cents = money_at_stake(drop) if isinstance(drop, Drop) else 0
    case = open_case(row, category=Category.ASKED, cents=cents, opened_by=staff, now=now)
    record_act(staff, "open-case", case, reason, now)
    # Another may have opened it in this very moment.
    if is_there or (case.opened_by_id, case.opened_at) != (staff.pk, now):
        raise HasCase
    return case


def open_case_about(row: Drop | Submission | User) -> Case | None:
    """Return the open case about `row`, if there is one."""
    case: Case | None = Case.objects.open().of(kind_of(row), row).first()
    return case
