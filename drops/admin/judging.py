"""How drops were judged: append-only for moderators too."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from clorp.adminkit import ReadOnlyAdmin
from drops.models import JudgeAnswer, RankingLog
from drops.models.drop import JudgeKind


@admin.register(RankingLog)
class RankingLogAdmin(ReadOnlyAdmin):
    list_display = ("id", "drop", "type", "audience", "content", "created_at")
    list_filter = ("type", "audience")
    list_select_related = ("drop",)
    search_fields = ("=drop__id",)
    ordering = ("-id",)


@admin.register(JudgeAnswer)
class JudgeAnswerAdmin(ReadOnlyAdmin):
    list_display = ("id", "drop", "judge", "round", "answered_by", "created_at")
    list_filter = ("judge",)
    list_select_related = ("drop", "answered_by")
    search_fields = ("=drop__id",)
    ordering = ("-id",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A model's answer may quote what is sealed; what people pick quotes nothing."""
        names = [str(name) for name in super().get_fields(request, obj)]
        is_sealed = obj is not None and obj.judge == JudgeKind.PANEL and not obj.drop.is_completed
        return [name for name in names if not (is_sealed and name == "answer")]
