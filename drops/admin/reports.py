"""The reports of drops, and how they are handled."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin_base import ReadOnlyAdmin, Verb, VerbAdmin
from drops.models import Report
from drops.moderation import decisions

HANDLE = Verb(
    name="handle",
    tells="Whoever reported it",
    label="Mark as handled",
    meaning="Closes the report; your note keeps what you decided. It does nothing to the drop: act there first.",
    permission="drops.change_report",
    subject="report",
    call=decisions.handle_report,
    fits=lambda report: report.handled_at is None,
)


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "open"), ("handled", "handled")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in {"open", "handled"}:
            return queryset.filter(handled_at__isnull=self.value() == "open")
        return queryset


@admin.register(Report)
class ReportAdmin(VerbAdmin, ReadOnlyAdmin):
    verbs = (HANDLE,)
    list_display = ("reason", "drop", "reporter", "created_at", "handled_at", "handled_by")
    list_filter = (StateFilter,)
    list_select_related = ("drop", "reporter", "handled_by")
    search_fields = ("=drop__id", "reporter__email", "reason")
    ordering = ("-created_at", "-id")
