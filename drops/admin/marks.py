"""The risk queues: what rules noticed, by kind, and how often people found that there was nothing to it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.admin_base import QueueFilter, ReadOnlyAdmin, Verb, VerbAdmin, link_to
from drops.admin.mark_words import pointers, why
from drops.admin.own_contests import ContestAdmin
from drops.desk.deciders import REPORTS
from drops.models import EntrySketch, RiskCursor, RiskMark
from drops.models.risk import MarkState, RiskKind
from drops.risk import marks, measuring
from wallet.books.links import same_person

DISMISS_MARK = Verb(
    name="dismiss-mark",
    label=gettext_lazy("Dismiss the mark"),
    meaning=gettext_lazy("There is nothing to it, and the same evidence is never marked again. Nobody is told."),
    permission=REPORTS,
    subject="mark",
    call=marks.dismiss_mark,
    is_private=True,
    fits=lambda mark: mark.state == MarkState.OPEN,
    stands=lambda mark: _("It is decided: {state}.").format(state=mark.get_state_display()),
)
UPHOLD_MARK = Verb(
    name="uphold-mark",
    label=gettext_lazy("Uphold the mark"),
    meaning=gettext_lazy("It is right. What follows from it you do on the page of what it is about. Nobody is told."),
    permission=REPORTS,
    subject="mark",
    call=marks.uphold_mark,
    is_private=True,
    fits=lambda mark: mark.state == MarkState.OPEN,
    stands=DISMISS_MARK.stands,
)


def _open_of(kind: RiskKind) -> QuerySet[Any]:
    return RiskMark.objects.open().filter(kind=kind)


class MarkQueues(QueueFilter):
    queues = {"open": (gettext_lazy("open"), RiskMark.objects.open)}
    queues |= {kind.value: (kind.label, partial(_open_of, kind)) for kind in RiskKind}


@admin.register(RiskMark)
class RiskMarkAdmin(VerbAdmin, ContestAdmin):
    """Nobody finds a mark here that concerns them."""

    contests = ("drop", "submission__drop")
    verbs = (DISMISS_MARK, UPHOLD_MARK)
    list_display = ("id", "kind", "target", "why", "state", "created_at", "decided_by")
    list_filter = (MarkQueues, "state", "kind")
    list_select_related = ("drop", "submission__drop", "person", "case", "decided_by")
    search_fields = ("=id", "=drop__id", "=submission__id", "^person__email", "judge")
    ordering = ("-id",)
    fields = (
        "kind",
        "target",
        "judge",
        "why",
        "names",
        "score",
        "state",
        "case",
        "created_at",
        "decided_at",
        "decided_by",
    )
    readonly_fields = ("target", "why", "names")
    change_list_template = "admin/marks.html"

    def narrow(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        theirs = RiskMark.objects.about_any(same_person(request.user))  # type: ignore[arg-type]
        return super().narrow(request, rows).exclude(pk__in=theirs.values("pk"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        measured = {"figures": measuring.figures_of_marks(clock.now()), "days": measuring.DAYS}
        return super().changelist_view(request, {"title": _("Risk marks"), **measured, **(extra_context or {})})

    @admin.display(description=gettext_lazy("about"))
    def target(self, mark: RiskMark) -> str:
        return mark.judge or link_to(mark.drop or mark.submission or mark.person)

    @admin.display(description=gettext_lazy("why"))
    def why(self, mark: RiskMark) -> str:
        return why(mark)

    @admin.display(description=gettext_lazy("see also"))
    def names(self, mark: RiskMark) -> str:
        """Return links to what a mark names beside what it is about."""
        links = format_html_join(", ", '<a href="{}">{}</a>', ((url, words) for words, url in pointers(mark)))
        return links or "-"


@admin.register(EntrySketch)
class EntrySketchAdmin(ContestAdmin):
    """That an entry was sketched, not its sketch: whoever has a text could tell by it whether it was sent."""

    contests = ("submission__drop",)
    list_display = ("submission",)
    fields = ("submission",)
    search_fields = ("=submission__id",)
    ordering = ("-pk",)


@admin.register(RiskCursor)
class RiskCursorAdmin(ReadOnlyAdmin):
    list_display = ("stage", "at", "row")
    ordering = ("stage",)
