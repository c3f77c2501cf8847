"""A round of judging: on its drop's page, and on those of what hangs from it. Its seed is shown nowhere."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin_base import ReadOnlyInline, link_to
from drops.admin.own_contests import ContestAdmin
from drops.models import JudgingRound


class RoundInline(ReadOnlyInline):
    model = JudgingRound
    fk_name = "drop"
    # As many as a phone shows without scrolling; the round's own page has all.
    fields = ("number", "judge", "is_open", "deadline_at", "held_reason")
    ordering = ("number",)
    verbose_name_plural = _("rounds of judging")


@admin.register(JudgingRound)
class JudgingRoundAdmin(ContestAdmin):
    list_display = ("id", "drop", "number", "judge", "is_open", "deadline_at", "held_reason")
    list_filter = ("judge", "is_open")
    list_select_related = ("drop",)
    search_fields = ("=drop__id",)
    ordering = ("-id",)
    exclude = ("seed",)


class OfRound:
    """Columns of a row that hangs from a round."""

    @admin.display(description=_("drop"))
    def drop(self, row: Any) -> str:
        return link_to(row.round.drop)

    @admin.display(description=_("judge"), ordering="round__judge")
    def judge(self, row: Any) -> str:
        return str(row.round.get_judge_display())

    @admin.display(description=_("round"), ordering="round__number")
    def number(self, row: Any) -> int:
        return int(row.round.number)
