"""Whether a judge may settle money: only once it has been checked against contests whose winner is known."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from drops.judging.panel.judges import PanelJudge
from drops.models import SeatCheck
from drops.packs import rubric_versions
from drops.ranking import PROMPTS_VERSION


def qualified(judge: PanelJudge, now: datetime) -> bool:
    """Whether `judge` may judge for money: its newest check was passed, in today's words, and is not too old.

    JUDGE_UNCHECKED lets all of them judge, for play money and tests alone.
    """
    return bool(settings.JUDGE_UNCHECKED) or has_passed(newest_check(judge), now)


def newest_check(judge: PanelJudge) -> SeatCheck | None:
    """The last check of just this model at just this address."""
    check: SeatCheck | None = SeatCheck.objects.of(judge.name, judge.model, judge.base_url).order_by("-id").first()
    return check


def has_passed(check: SeatCheck | None, now: datetime) -> bool:
    """Whether `check` still speaks for its judge."""
    if check is None or not check.passed:
        return False
    return in_today_s_words(check) and check.checked_at > now - timedelta(days=settings.JUDGE_CHECK_DAYS_MAX)


def in_today_s_words(check: SeatCheck) -> bool:
    """Whether a judge was asked then what it would be asked now."""
    return bool(check.prompts_version == PROMPTS_VERSION and check.rubrics == rubric_versions())
