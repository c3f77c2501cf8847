"""The moderators' queue: most urgent first, in pages that follow a key and count nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from drops.admin.case_words import heading_of, outcome_of
from drops.models import Case, Report
from drops.models.case import CaseQuerySet, Category, Severity

ROWS = 50
HOLDERS = [("", _("anybody or nobody")), ("free", _("nobody")), ("mine", _("me")), ("others", _("others"))]
STATES = [("", _("open")), ("overdue", _("overdue")), ("closed", _("closed"))]


class QueueForm(forms.Form):
    state = forms.ChoiceField(label=_("Show"), choices=STATES, required=False)
    category = forms.ChoiceField(label=_("About"), choices=[("", _("anything")), *Category.choices], required=False)
    severity = forms.ChoiceField(
        label=_("At least"), choices=[("", _("any severity")), *Severity.choices], required=False
    )
    holder = forms.ChoiceField(label=_("Held by"), choices=HOLDERS, required=False)

    def chosen(self) -> dict[str, str]:
        """Return what is chosen, without what is not, or never was on offer."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@dataclass(frozen=True)
class Row:
    case: Case
    heading: str
    outcome: str
    is_overdue: bool
    is_held: bool
    reports: int


@dataclass(frozen=True)
class Queue:
    form: QueueForm
    rows: list[Row]
    next_page: str

    @property
    def shows_closed(self) -> bool:
        return self.form.chosen().get("state") == "closed"


def read_queue(cases: CaseQuerySet, asked: Mapping[str, str], staff: User, now: datetime) -> Queue:
    """Return one page of the cases that are asked for; two queries, however many there are."""
    form = QueueForm(asked)
    chosen = form.chosen()
    is_closed = chosen.get("state") == "closed"
    found_cases = _after(_narrowed(cases, chosen, staff, now), asked.get("after", ""), is_closed)
    reports = Report.objects.filter(case=OuterRef("pk")).order_by().values("case").annotate(number=Count("pk"))
    found_cases = found_cases.annotate(reports_count=Coalesce(Subquery(reports.values("number")), 0))
    page = list(found_cases.with_targets()[: ROWS + 1])
    rows = [
        Row(
            case=case,
            heading=heading_of(case),
            outcome=outcome_of(case),
            is_overdue=case.is_overdue(now),
            is_held=case.is_held(now),
            reports=case.reports_count,
        )
        for case in page[:ROWS]
    ]
    more = len(page) > ROWS
    return Queue(form, rows, urlencode({**chosen, "after": _key_of(page[ROWS - 1], is_closed)}) if more else "")


def _narrowed(cases: CaseQuerySet, chosen: Mapping[str, str], staff: User, now: datetime) -> CaseQuerySet:
    state, holder = chosen.get("state", ""), chosen.get("holder", "")
    cases = cases.filter(closed_at__isnull=False) if state == "closed" else cases.open()
    if state == "overdue":
        cases = cases.overdue(now)
    if category := chosen.get("category"):
        cases = cases.filter(category=category)
    if severity := chosen.get("severity"):
        cases = cases.filter(severity__gte=severity)
    if holder == "free":
        return cases.free(now)
    if holder:
        mine = Q(assignee=staff) | Q(closed_by=staff)
        cases = cases if state == "closed" else cases.held(now)
        return cases.filter(mine) if holder == "mine" else cases.exclude(mine)
    return cases


def _key_of(case: Case, is_closed: bool) -> str:
    at = case.closed_at if is_closed else case.due_at
    return f"{at.isoformat() if at else ''},{case.pk}"


def _after(cases: CaseQuerySet, key: str, is_closed: bool) -> CaseQuerySet:
    """Return the cases that follow a key in their order. Raises Http404 for what is none."""
    ordered: CaseQuerySet = cases.order_by("-closed_at", "-pk") if is_closed else cases.by_urgency()
    if not key:
        return ordered
    moment, _comma, number = key.rpartition(",")
    try:
        at, pk = datetime.fromisoformat(moment), int(number)
    except ValueError as error:
        raise Http404 from error
    if is_closed:
        return ordered.filter(Q(closed_at__lt=at) | Q(closed_at=at, pk__lt=pk))
    return ordered.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=pk))
