"""How drops were judged: append-only for moderators too."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core import clock
from core.admin_base import ReadOnlyAdmin
from drops.admin.own_contests import ContestAdmin
from drops.admin.rounds import OfRound
from drops.judging.panel.checking import all_judges
from drops.judging.panel.report import REPORT_DAYS, held_weeks, judge_reports
from drops.models import FrozenEntry, JudgeAnswer, RankingLog, Rating, SeatCheck, StoredVerdict
from drops.models.rounds import JudgeKind
from drops.ranking.golden import AGREEMENT_ALARM


@admin.register(RankingLog)
class RankingLogAdmin(ContestAdmin):
    list_display = ("id", "drop", "type", "audience", "content", "created_at")
    list_filter = ("type", "audience")
    list_select_related = ("drop",)
    search_fields = ("=drop__id",)
    ordering = ("-id",)


@admin.register(JudgeAnswer)
class JudgeAnswerAdmin(OfRound, ContestAdmin):
    contests = ("round__drop",)
    list_display = ("id", "drop", "judge", "number", "answered_by", "created_at", "taken_back_at")
    list_filter = ("round__judge",)
    list_select_related = ("round__drop", "answered_by")
    search_fields = ("=round__drop__id",)
    readonly_fields = ("drop", "judge", "number")
    exclude = ("round",)
    ordering = ("-id",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A model's answer may quote losing work, which stays sealed; what people pick quotes nothing."""
        names = [str(name) for name in super().get_fields(request, obj)]
        is_sealed = obj is not None and obj.round.judge == JudgeKind.PANEL
        return [name for name in names if not (is_sealed and name == "answer")]


@admin.register(FrozenEntry)
class FrozenEntryAdmin(ContestAdmin):
    """That an entry is frozen, not what it says: it is as sealed as the entry."""

    contests = ("revision__submission__drop",)
    list_display = ("id", "revision")
    fields = ("revision",)
    list_select_related = ("revision",)
    search_fields = ("=revision__id", "=revision__submission__id")
    ordering = ("-id",)


@admin.register(StoredVerdict)
class StoredVerdictAdmin(OfRound, ContestAdmin):
    contests = ("round__drop",)
    list_display = ("id", "drop", "judge", "number", "created_at")
    fields = ("drop", "judge", "number", "wording", "outcome", "created_at")
    list_filter = ("round__judge",)
    list_select_related = ("round__drop",)
    search_fields = ("=round__drop__id",)
    ordering = ("-id",)


@admin.register(SeatCheck)
class SeatCheckAdmin(ReadOnlyAdmin):
    """The judges: every check of each, and above them how they do on real drops."""

    list_display = ("judge", "model", "passed", "natural", "adversarial", "agreement", "malformed", "checked_at")
    list_filter = ("judge", "passed")
    ordering = ("-id",)
    change_list_template = "admin/judges.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        now = clock.now()
        report = {
            "title": _("Judges"),
            "reports": judge_reports(all_judges(), now),
            "weeks": held_weeks(now),
            "days": REPORT_DAYS,
            "unchecked": settings.JUDGE_UNCHECKED,
            "agreement_alarm": f"{AGREEMENT_ALARM:.0%}",
        }
        return super().changelist_view(request, {**report, **(extra_context or {})})

    @admin.display(description=_("plain pairs"))
    def natural(self, check: SeatCheck) -> str:
        return share(check, "natural")

    @admin.display(description=_("tricky pairs"))
    def adversarial(self, check: SeatCheck) -> str:
        return share(check, "adversarial")

    @admin.display(description=_("agreement"))
    def agreement(self, check: SeatCheck) -> str:
        return share(check, "agreement")

    @admin.display(description=_("unread"))
    def malformed(self, check: SeatCheck) -> str:
        return share(check, "malformed")


def share(check: SeatCheck, name: str) -> str:
    return f"{check.figures[name]:.0%}"


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    list_display = ("user", "pack", "score", "drops", "wins", "last_ended_at")
    list_filter = ("pack",)
    list_select_related = ("user",)
    search_fields = ("^user__email", "^user__handle")
    ordering = ("-score", "id")
