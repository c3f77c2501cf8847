"""Panels at work: who sat, what it cost, how each attempt went. What was sent and said
quotes entries, the losing ones for ever: it is read by a verb that writes down who does."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from core.admin_base import ReadOnlyInline, Verb, VerbAdmin
from drops.admin.own_contests import ContestAdmin
from drops.admin.rounds import OfRound
from drops.judging.panel.evidence import say_finding
from drops.models import PanelCall, PanelSession
from drops.moderation import decisions

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
class PanelSessionAdmin(OfRound, ContestAdmin):
    contests = ("round__drop",)
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


READ_PANEL = Verb(
    name="read-panel",
    label=_("Read what the panel was sent"),
    meaning=_("Shows the request and the answer. That you read each entry in it is on record before you see it."),
    permission="drops.change_submission",
    subject="call",
    call=decisions.read_panel_call,
    fits=lambda call: True,
    shows="admin/panel_text.html",
    rows_max=1,
)


@admin.register(PanelCall)
class PanelCallAdmin(VerbAdmin, ContestAdmin):
    contests = ("session__round__drop",)
    verbs = (READ_PANEL,)
    exclude = SEALED
    list_display = ("id", "session", "judge", "model", "kind", "attempt", "failure", "cost", "seconds", "created_at")
    list_filter = ("model", "kind", "failure")
    list_select_related = ("session__round",)
    search_fields = ("=session__round__drop__id",)
    ordering = ("-id",)

    @admin.display(description=_("cost"), ordering="cost_cents")
    def cost(self, call: PanelCall) -> str:
        return cents(call.cost_cents)
