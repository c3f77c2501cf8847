"""Panels at work: who sat, what it cost, how each attempt went. What was sent and said may be sealed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from core.admin_base import ReadOnlyAdmin, ReadOnlyInline
from drops.admin.rounds import OfRound
from drops.judging.panel.evidence import say_finding
from drops.models import PanelCall, PanelSession

# The texts of entries, judges' words about them, and a digest by which a guess could be tested.
SEALED = ("request", "request_sha256", "answer", "parsed")


def cents(value: Decimal | None) -> str:
    """A cost with the fractions of a cent that models are billed in."""
    return f"{(value or Decimal(0)).normalize():f}¢"


class CallInline(ReadOnlyInline):
    model = PanelCall
    fields = ("judge", "kind", "attempt", "model_returned", "failure", "seconds", "cost_cents", "created_at")
    ordering = ("id",)


@admin.register(PanelSession)
class PanelSessionAdmin(OfRound, ReadOnlyAdmin):
    list_display = ("id", "drop", "judge_names", "attempts", "reserved", "spent", "created_at")
    list_select_related = ("round__drop",)
    search_fields = ("=round__drop__id",)
    ordering = ("-id",)
    exclude = ("round",)
    readonly_fields = ("drop", "number", "finding", "spent")
    inlines = (CallInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        sessions = super().get_queryset(request)
        return sessions.annotate(attempts_made=Count("calls"), cents_spent=Sum("calls__cost_cents"))

    @admin.display(description=_("what it found"))
    def finding(self, session: PanelSession) -> str:
        return format_html_join(mark_safe("<br>"), "{}", [(sentence,) for sentence in say_finding(session.round)])

    @admin.display(description=_("judges"))
    def judge_names(self, session: PanelSession) -> str:
        return ", ".join(session.names)

    @admin.display(description=_("attempts"))
    def attempts(self, session: Any) -> int:
        return int(session.attempts_made)

    @admin.display(description=_("reserved"))
    def reserved(self, session: PanelSession) -> str:
        return cents(session.reserved_cents)

    @admin.display(description=_("spent"))
    def spent(self, session: Any) -> str:
        return cents(session.cents_spent)


@admin.register(PanelCall)
class PanelCallAdmin(ReadOnlyAdmin):
    list_display = ("id", "session", "judge", "model", "kind", "attempt", "failure", "cost", "seconds", "created_at")
    list_filter = ("model", "kind", "failure")
    list_select_related = ("session__round",)
    search_fields = ("=session__round__drop__id", "=key")
    ordering = ("-id",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Once a drop has its winner, everything; before, and where the work stays sealed, all but texts."""
        names = [str(name) for name in super().get_fields(request, obj)]
        is_open = obj is not None and obj.session.round.drop.is_completed
        return names if is_open else [name for name in names if name not in SEALED]

    @admin.display(description=_("cost"), ordering="cost_cents")
    def cost(self, call: PanelCall) -> str:
        return cents(call.cost_cents)
