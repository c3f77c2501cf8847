"""The reports of drops, and how they are handled."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin_base import Verb, VerbAdmin
from drops.admin.case_words import feedback_in_words
from drops.admin.own_contests import ContestAdmin
from drops.desk.not_theirs import none_about
from drops.models import Report
from drops.moderation import decisions
from drops.packs import PACKS
from wallet.books.links import same_person

HANDLE = Verb(
    name="handle",
    tells=gettext_lazy("Whoever reported it"),
    label=gettext_lazy("Mark as handled"),
    meaning=gettext_lazy(
        "Closes the report; your note keeps what you decided. It does nothing to the drop: act there first."
    ),
    permission="drops.change_report",
    subject="report",
    call=decisions.handle_report,
    fits=lambda report: report.handled_at is None,
)
HIDE_FEEDBACK = Verb(
    name="hide-feedback",
    tells=gettext_lazy("Whoever wrote it"),
    label=gettext_lazy("Take the feedback out of sight"),
    meaning=gettext_lazy("Its reader no longer sees it. The report stays open: mark it as handled too."),
    permission="drops.change_report",
    subject="report",
    call=decisions.hide_feedback,
    fits=lambda report: report.feedback is not None and report.feedback.hidden_at is None,
)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", _("open")), ("handled", _("handled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in {"open", "handled"}:
            return queryset.filter(handled_at__isnull=self.value() == "open")
        return queryset


@admin.register(Report)
class ReportAdmin(VerbAdmin, ContestAdmin):
    verbs = (HANDLE, HIDE_FEEDBACK)
    list_display = ("reason", "drop", "reporter", "created_at", "handled_at", "handled_by")
    list_filter = (StateFilter,)
    list_select_related = ("drop", "reporter", "handled_by", "feedback")
    readonly_fields = ("feedback_in_words",)
    exclude = ("feedback",)
    search_fields = ("=drop__id", "^reporter__email", "reason")
    ordering = ("-created_at", "-id")

    def narrow(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Nobody finds here who reported them."""
        theirs = same_person(request.user)  # type: ignore[arg-type]
        return none_about(theirs, super().narrow(request, rows))

    @admin.display(description=gettext_lazy("reported feedback"))
    def feedback_in_words(self, report: Report) -> str:
        """Return what was reported, which moderators read only here; empty for a report of a drop."""
        return feedback_in_words(report.feedback, PACKS[report.drop.pack].chips) if report.feedback else ""
