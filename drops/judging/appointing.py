"""Who judges a drop, and by when: said before anybody spends money or time, and kept once it was paid for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from core.switches import Part, pause_of
from drops.judging.panel import sessions
from drops.models import Drop
from drops.models.rounds import JudgeKind


@dataclass(frozen=True)
class Appointment:
    """Who judges a drop, within how many seconds of its bell, and until when; `by` is None before payment and after
    the end."""

    judge: JudgeKind
    seconds: int
    by: datetime | None


def judge_today(now: datetime) -> JudgeKind:
    """Return who judges what is paid for now: the panel where one is configured and may settle money, else people."""
    return JudgeKind.PANEL if sessions.panel_is_fit(now) else people_today()


def people_today() -> JudgeKind:
    """Return the sender where only play money is at stake or the operator says so; else staff."""
    by_sender = settings.JUDGE == "sender" or (settings.JUDGE in {"auto", "panel"} and settings.PLAY_MONEY)
    return JudgeKind.SENDER if by_sender else JudgeKind.STAFF


def judge_for(drop: Drop, now: datetime) -> JudgeKind:
    """Return who judges `drop` when its bell has rung: whoever was said to at payment, unless they can't."""
    appointed = JudgeKind(drop.appointed_judge or judge_today(now))
    if appointed == JudgeKind.PANEL and not sessions.panel_is_fit(now):
        return people_for(drop)
    return JudgeKind.STAFF if appointed == JudgeKind.SENDER and drop.sender.is_suspended else appointed


def people_for(drop: Drop) -> JudgeKind:
    """Return which people judge `drop`, where no panel does."""
    return JudgeKind.STAFF if drop.sender.is_suspended else people_today()


def seconds_for(judge: JudgeKind) -> int:
    """Return within how many seconds that judge decides. A panel's time runs from when a worker first asks it."""
    return {
        JudgeKind.PANEL: settings.JUDGE_DROP_SECONDS_MAX,
        JudgeKind.SENDER: settings.PICKS_DEADLINE_SECONDS,
        JudgeKind.STAFF: settings.JUDGE_HELD_SECONDS_MAX,
    }[judge]


def appointments(drops: Iterable[Drop], now: datetime) -> dict[UUID, Appointment]:
    """Return who judges each of the drops; loads nothing where all of them were paid for."""
    drops = list(drops)
    today = "" if all(drop.judge or drop.appointed_judge for drop in drops) else judge_today(now)
    return {drop.pk: _appointment(drop, today, now) for drop in drops}


def appointment_of(drop: Drop, now: datetime) -> Appointment:
    return appointments([drop], now)[drop.pk]


def appointment_today(now: datetime) -> Appointment:
    """Return who would judge what is posted now."""
    judge = judge_today(now)
    return Appointment(judge, seconds_for(judge), None)


def _appointment(drop: Drop, today: str, now: datetime) -> Appointment:
    judge = JudgeKind(drop.judge or drop.appointed_judge or today)
    seconds = seconds_for(judge)
    return Appointment(judge, seconds, _by(drop, seconds, now))


def _by(drop: Drop, seconds: int, now: datetime) -> datetime | None:
    if drop.is_ended or drop.window_closes_at is None:
        return None
    if drop.current_round is not None and drop.current_round.deadline_at is not None:
        return drop.current_round.deadline_at
    begins_at = drop.closed_at or drop.window_closes_at
    if drop.closed_at is None and (pause := pause_of(Part.CLOSING, now)) is not None:
        begins_at = max(begins_at, pause.until)
    return begins_at + timedelta(seconds=seconds)
