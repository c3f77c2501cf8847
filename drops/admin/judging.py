"""How drops were judged: append-only for moderators too."""

from __future__ import annotations

from django.contrib import admin

from clorp.adminkit import ReadOnlyAdmin
from drops.models import JudgeAnswer, RankingLog, Rating


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


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    list_display = ("user", "pack", "score", "drops", "wins", "last_ended_at")
    list_filter = ("pack",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__handle")
    ordering = ("-score", "id")
