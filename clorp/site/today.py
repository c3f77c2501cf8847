"""Tiles of work that waits for staff: how much, how long already, and where to go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from drops.models import Drop, Report
from wallet.models import LedgerCheck, Reconciliation, StripeEvent, Topup, Withdrawal
from wallet.money import format_cents

FAILED_LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Tile:
    figure: str
    label: str
    note: str
    url: str
    waits: bool


def tiles(request: HttpRequest, now: datetime) -> list[Tile]:
    """As far as this moderator may see it."""
    visible = [_counted(*queue, now) for queue in _queues(now) if _may_see(request, queue[1].model)]
    if _may_see(request, LedgerCheck):
        visible.append(_ledger(now))
    if settings.STRIPE_SECRET_KEY and _may_see(request, Reconciliation):
        visible.append(_difference(now))
    return visible


def _queues(now: datetime) -> Iterator[tuple[str, QuerySet[Any], str, str]]:
    """Label, rows, the field that says since when, and the list's filter."""
    yield _("Drops to judge"), Drop.objects.waiting_for_staff(), "closed_at", "queue=judge"
    yield _("Rankings nobody has begun"), Drop.objects.without_judge(), "closed_at", "queue=stuck"
    yield _("Open reports"), Report.objects.filter(handled_at=None), "created_at", "state=open"
    if settings.STRIPE_SECRET_KEY:
        failed = Withdrawal.objects.failed_since(now - FAILED_LATELY)
        yield _("Withdrawals that stopped"), Withdrawal.objects.stopped(), "created_at", "queue=stopped"
        yield _("Withdrawals failed this week"), failed, "ended_at", "status__exact=failed"
        yield _("Top-ups held"), Topup.objects.held(), "created_at", "status__exact=quarantined"
        yield _("Stripe events that hang"), StripeEvent.objects.hanging(now), "received_at", "queue=hanging"


def _may_see(request: HttpRequest, model: Any) -> bool:
    options = model._meta
    return request.user.has_perm(f"{options.app_label}.view_{options.model_name}")  # type: ignore[union-attr]


def _list_of(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def _counted(label: str, rows: QuerySet[Any], since: str, where: str, now: datetime) -> Tile:
    count, oldest = rows.count(), rows.aggregate(oldest=Min(since))["oldest"]
    note = _("oldest: {age}").format(age=timesince(oldest, now)) if oldest else _("nothing waiting")
    return Tile(str(count), label, note, f"{_list_of(rows.model)}?{where}", waits=bool(count))


def _ledger(now: datetime) -> Tile:
    """Return the tile of the nightly ledger check; one that has never run is no good news."""
    check = LedgerCheck.objects.order_by("-id").first()
    label, url = _("Ledger mismatches"), _list_of(LedgerCheck)
    if check is None:
        return Tile("?", label, _("not checked yet"), url, waits=False)
    names = [*check.broken, *(_("alarm {name}").format(name=name) for name in check.alarms)]
    note = ", ".join([*names, _("checked {age} ago").format(age=timesince(check.ran_at, now))])
    return Tile(str(len(check.broken)), label, note, url, waits=bool(names))


def _difference(now: datetime) -> Tile:
    """How far Stripe's book is from ours."""
    comparison = Reconciliation.objects.order_by("-id").first()
    label, url = _("Difference to Stripe's book"), _list_of(Reconciliation)
    if comparison is None:
        return Tile("?", label, _("not compared yet"), url, waits=False)
    compared = _("{lines} lines and {transfers} transfers unmatched, compared {age} ago")
    counts = {"lines": comparison.unmatched_lines, "transfers": comparison.unmatched_transfers}
    note = compared.format(**counts, age=timesince(comparison.ran_at, now))
    if comparison.unseen:
        note = _("{note}, without {unseen}").format(note=note, unseen=", ".join(comparison.unseen))
    difference = comparison.difference_cents
    figure = "?" if difference is None else format_cents(difference)
    return Tile(figure, label, note, url, waits=not comparison.is_whole)
