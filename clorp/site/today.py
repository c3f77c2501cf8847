"""Tiles of work that waits for staff: how much, how long already, and where to go. First what whoever looks acts on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.admin_addresses import list_of, may_see
from core.admin_lists import LongLists
from drops.models import JUDGE_DROP, Appeal, Case, Drop, Report
from wallet.models import Approval, LedgerCheck, Reconciliation, StripeEvent, Topup, Withdrawal
from wallet.money import format_cents

FAILED_LATELY = timedelta(days=7)
# What waits for longer is late, where nothing of its own says when it is due.
DAY = timedelta(days=1)
REPORT_TIME = timedelta(days=3)
# A worker begins a ranking within seconds.
BEGUN_WITHIN = timedelta(minutes=10)
# Whoever approves must still have time for it.
EXPIRES_SOON = timedelta(hours=2)
# The books are checked every night and compared every hour; what is older says nothing about now.
CHECKED_WITHIN = timedelta(hours=26)
COMPARED_WITHIN = timedelta(hours=3)


@dataclass(frozen=True)
class Tile:
    """A figure and its list. `waits` and `overdue` mark what asks for somebody, `unknown` what nobody has looked at
    lately; `is_yours` says whether whoever looks may act on it."""

    figure: str
    label: str
    note: str
    url: str
    waits: bool
    overdue: bool = False
    unknown: bool = False
    is_yours: bool = False

    @property
    def css(self) -> str:
        marks = {"waiting": self.waits, "overdue": self.overdue, "unknown": self.unknown}
        return " ".join(["tile", *(name for name, applies in marks.items() if applies)])


@dataclass(frozen=True)
class Queue:
    """Rows that wait: since when is in the field `since`, and those to which `late` applies are overdue. `where` is
    their list's filter, and any of the rights `acts` lets one act on them."""

    label: str
    rows: QuerySet[Any]
    since: str
    where: str
    late: Q
    acts: tuple[str, ...]


def tiles(request: HttpRequest, now: datetime) -> list[Tile]:
    """As far as whoever looks may see it; what they may act on comes first, in the same order."""
    visible = [_counted(request, queue, now) for queue in _queues(now) if may_see(request.user, queue.rows.model)]
    if may_see(request.user, LedgerCheck):
        visible.append(_ledger(request, now))
    if settings.STRIPE_SECRET_KEY and may_see(request.user, Reconciliation):
        visible.append(_difference(request, now))
    return sorted(visible, key=lambda tile: not tile.is_yours)


def _queues(now: datetime) -> Iterator[Queue]:
    cases, judged, decides = ("drops.change_case",), (JUDGE_DROP, "drops.change_drop"), ("wallet.change_withdrawal",)
    open_cases, judge = Case.objects.open(), Drop.objects.waiting_for_staff()
    yield Queue(_("Open cases"), open_cases, "opened_at", "", Q(due_at__lte=now), cases)
    yield Queue(_("Overdue cases"), open_cases.overdue(now), "due_at", "state=overdue", Q(due_at__lte=now), cases)
    late = Q(current_round__deadline_at__lte=now)
    yield Queue(_("Drops to judge"), judge, "closed_at", "queue=judge", late, judged)
    late, unbegun = Q(closed_at__lte=now - BEGUN_WITHIN), Drop.objects.without_judge()
    yield Queue(_("Rankings nobody has begun"), unbegun, "closed_at", "queue=stuck", late, ("drops.change_drop",))
    late, reports = Q(created_at__lte=now - REPORT_TIME), Report.objects.filter(handled_at=None)
    yield Queue(_("Open reports"), reports, "created_at", "state=open", late, ("drops.change_report",))
    late, appeals = Q(due_at__lte=now), Appeal.objects.open()
    yield Queue(_("Open appeals"), appeals, "created_at", "queue=open", late, ("drops.change_appeal",))
    late, asked = Q(expires_at__lte=now + EXPIRES_SOON), Approval.objects.waiting(now)
    yield Queue(_("Waiting for a second person"), asked, "asked_at", "queue=waits", late, ("wallet.approve",))
    if not settings.STRIPE_SECRET_KEY:
        return
    late, stopped = Q(created_at__lte=now - DAY), Withdrawal.objects.stopped()
    yield Queue(_("Withdrawals that stopped"), stopped, "created_at", "queue=stopped", late, decides)
    failed = Withdrawal.objects.failed_since(now - FAILED_LATELY)
    # The money is back where it was: nothing of it is ever due.
    yield Queue(_("Withdrawals failed this week"), failed, "ended_at", "status__exact=failed", Q(pk__in=[]), decides)
    held = Topup.objects.held()
    yield Queue(_("Top-ups held"), held, "created_at", "status__exact=quarantined", late, ("wallet.change_topup",))
    hanging, late = StripeEvent.objects.hanging(now), Q(received_at__lte=now - DAY)
    yield Queue(
        _("Stripe events that hang"), hanging, "received_at", "queue=hanging", late, ("wallet.change_stripeevent",)
    )


def _may(request: HttpRequest, *rights: str) -> bool:
    return any(request.user.has_perm(right) for right in rights)  # type: ignore[union-attr]


def _counted(request: HttpRequest, queue: Queue, now: datetime) -> Tile:
    figures = {"count": Count("pk"), "oldest": Min(queue.since), "late": Count("pk", filter=queue.late)}
    page = cast(LongLists, admin.site.get_model_admin(queue.rows.model))
    rows = page.narrow(request, queue.rows)
    counts = rows.order_by().aggregate(**figures)
    note = _("nothing waiting")
    if counts["oldest"]:
        note = _("oldest: {age}").format(age=timesince(counts["oldest"], now))
    if late := counts["late"]:
        overdue = ngettext("{count} overdue", "{count} overdue", late).format(count=late)
        note = _("{note}, {overdue}").format(note=note, overdue=overdue)
    return Tile(
        figure=str(counts["count"]),
        label=queue.label,
        note=note,
        url=f"{list_of(queue.rows.model)}?{queue.where}",
        waits=bool(counts["count"]),
        overdue=bool(late),
        is_yours=_may(request, *queue.acts),
    )


def _ledger(request: HttpRequest, now: datetime) -> Tile:
    """Return the tile of the nightly ledger check; one that has never run, or not of late, is no good news."""
    check = LedgerCheck.objects.order_by("-id").first()
    told: dict[str, Any] = {"label": _("Ledger mismatches"), "url": list_of(LedgerCheck)}
    told["is_yours"] = _may(request, *_OF_THE_BOOKS)
    if check is None:
        return Tile("?", note=_("not checked yet"), waits=False, unknown=True, **told)
    names = [*check.broken, *(_("alarm {name}").format(name=name) for name in check.alarms)]
    note = ", ".join([*names, _("checked {age} ago").format(age=timesince(check.ran_at, now))])
    is_old = now - check.ran_at > CHECKED_WITHIN
    return Tile(str(len(check.broken)), note=note, waits=bool(names), overdue=bool(names), unknown=is_old, **told)


_OF_THE_BOOKS = ("wallet.change_withdrawal", "wallet.adjust")


def _difference(request: HttpRequest, now: datetime) -> Tile:
    """How far Stripe's book is from ours."""
    comparison = Reconciliation.objects.order_by("-id").first()
    told: dict[str, Any] = {"label": _("Difference to Stripe's book"), "url": list_of(Reconciliation)}
    told["is_yours"] = _may(request, *_OF_THE_BOOKS)
    if comparison is None:
        return Tile("?", note=_("not compared yet"), waits=False, unknown=True, **told)
    compared = _("{lines} lines and {transfers} transfers unmatched, compared {age} ago")
    counts = {"lines": comparison.unmatched_lines, "transfers": comparison.unmatched_transfers}
    note = compared.format(**counts, age=timesince(comparison.ran_at, now))
    if comparison.unseen:
        note = _("{note}, without {unseen}").format(note=note, unseen=", ".join(comparison.unseen))
    difference = comparison.difference_cents
    figure = "?" if difference is None else format_cents(difference)
    waits, is_old = not comparison.is_whole, now - comparison.ran_at > COMPARED_WITHIN
    return Tile(figure, note=note, waits=waits, overdue=waits, unknown=is_old, **told)
