"""A drop's page: countdown, seats, stages, log, workroom, and afterwards the result as far as the viewer may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.viewer import as_player, viewer_of
from core import clock
from drops.contest.actions import Actions, actions_for
from drops.contest.funding import bill_for
from drops.judging.progress import judging_steps
from drops.live_marks import news_of
from drops.models import Claim, Drop, RankingLog, Submission
from drops.models.claim import SEATS_MAX
from drops.packs import PACKS
from drops.pages.forms import EntryForm, ReportForm
from drops.pages.shared import load_drop, new_token, render_live, standing_of, winning_work
from wallet.books.statement import lines_about
from wallet.models import PaymentProfile


@dataclass(frozen=True)
class Stage:
    word: str
    is_done: bool
    is_current: bool


@require_safe
def show_drop(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    now = clock.now()
    viewer = viewer_of(request)
    context = live_context(drop, viewer, now)
    context |= _work(drop, viewer, context["claim"])
    context |= _result(drop, viewer)
    if context["is_sender"] and drop.is_pending and viewer is not None:
        context |= {"bill": bill_for(drop), "profile": PaymentProfile.of(viewer)}
    context |= {
        "mark": _mark(drop, viewer, context["log"]),
        "input_files": list(drop.attachments.order_by("name", "id")),
        "report_form": ReportForm(),
        "token": new_token(),
        "revisions_max": settings.REVISIONS_MAX,
        "site": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "drops/drop.html", context)


@require_safe
def show_live_drop(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    """The part that refreshes by itself; once the drop has moved on, the whole page is asked to reload."""
    drop = load_drop(request, drop_id)
    viewer = viewer_of(request)
    context = live_context(drop, viewer, clock.now())
    response = render_live(request, "drops/live.html", {**context, "is_part": True})
    # Whoever is typing in the workroom keeps their page: a reload would take the text away.
    moved_on = request.GET.get("was") not in (None, context["phase"])
    handed_on = request.GET.get("judge") not in (None, drop.judge)
    if moved_on or handed_on:
        response["HX-Refresh"] = "true"
    return response


def live_context(drop: Drop, viewer: User | None, now: datetime) -> dict[str, Any]:
    standing = standing_of(viewer, [drop], now)
    claim = standing.claims.get(drop.pk) if standing else None
    if claim is not None and claim.lease_is_over(now):
        claim = None
    in_window = drop.accepts_entries(now)
    return {
        "drop": drop,
        "pack": PACKS[drop.pack],
        "now": now,
        "in_window": in_window,
        "phase": _phase(drop, in_window),
        "is_sender": drop.is_sent_by(viewer),
        "actions": actions_for(drop, standing) if standing else Actions(),
        "claim": claim,
        "lease_seconds": _lease_seconds(claim),
        "seats": _seats(drop),
        "stages": _steps(drop) if drop.is_ranking and drop.is_sent_by(viewer) else _stages(drop, in_window),
        "log": _log(drop, viewer),
        "said": _said(drop, in_window),
        "is_late": drop.is_ranking and drop.current_round is not None and drop.round.is_late(now),
        "judged_by_viewer": bool(standing and actions_for(drop, standing).allows("picks")),
    }


def _phase(drop: Drop, in_window: bool) -> str:
    if drop.is_open:
        return "open" if in_window else "ringing"
    return "ranking" if drop.is_ranking else "still"


def _said(drop: Drop, in_window: bool) -> str:
    """The sentence that is read aloud when it becomes another one."""
    if not in_window:
        return f"This drop is {drop.get_status_display()}." if not drop.is_open else "The bell has rung."
    entries = "1 sealed entry" if drop.submissions_count == 1 else f"{drop.submissions_count} sealed entries"
    return f"{drop.seats_free} of {SEATS_MAX} seats free, {entries}."


def _log(drop: Drop, viewer: User | None) -> list[RankingLog]:
    """What the viewer may read of the log; its last line gives the result away, so it too waits for the pull."""
    if drop.is_sent_by(viewer) and drop.awaits_pull:
        return []
    return list(RankingLog.objects.readable_by(as_player(viewer), drop).filter(drop=drop).order_by("id"))


def _mark(drop: Drop, viewer: User | None, log: list[RankingLog]) -> str:
    """Where a stream goes on from what this page shows; a sender reads the whole log once the drop is not open."""
    news = news_of(drop, last_line=log[-1].pk if log else None)
    return news.private if drop.is_sent_by(viewer) else news.public


def _lease_seconds(claim: Claim | None) -> float | None:
    return (
        None
        if claim is None or claim.lease_expires_at is None
        else (claim.lease_expires_at - claim.created_at).total_seconds()
    )


def _seats(drop: Drop) -> list[str]:
    """By counts alone, sealed ones first: which seat has submitted is nobody's business before the end."""
    sealed, taken = drop.submissions_count, drop.claims_count - drop.submissions_count
    return ["sealed"] * sealed + ["taken"] * taken + ["free"] * (SEATS_MAX - sealed - taken)


def _stages(drop: Drop, in_window: bool) -> list[Stage]:
    """What it went through; an ended drop may have skipped some."""
    words = ["Posted", "Open", "Judging", "Done"]
    if drop.is_ended:
        been = [True, drop.paid_at is not None, drop.closed_at is not None, True]
        return [Stage(word, is_done=done, is_current=False) for word, done in zip(words, been, strict=True)]
    current = 2 if drop.is_ranking or (drop.is_open and not in_window) else int(drop.is_open)
    return [Stage(word, is_done=index < current, is_current=index == current) for index, word in enumerate(words)]


def _steps(drop: Drop) -> list[Stage]:
    """How the judging goes on; only the sender reads its log, and by the log alone these steps can be told."""
    steps = judging_steps(drop)
    current = next(index for index, (_, is_done) in enumerate(steps) if not is_done)
    return [Stage(word, is_done=done, is_current=index == current) for index, (word, done) in enumerate(steps)]


def _work(drop: Drop, viewer: User | None, claim: Claim | None) -> dict[str, Any]:
    """The viewer's own entry: its revisions with their receipts, and the form for the next one."""
    if viewer is None:
        return {"entry": None}
    entry = Submission.objects.filter(drop=drop, user=viewer).select_related("counting").first()
    revisions = list(entry.revisions.order_by("-number").prefetch_related("attachments")) if entry else []
    body = revisions[0].body if revisions else ""
    return {
        "entry": entry,
        "revisions": revisions,
        "entry_form": EntryForm(initial={"body": body}) if claim else None,
        # Two who compete for one drop may share a browser.
        "draft": f"work-{viewer.pk}-{drop.pk}-{len(revisions)}",
        "last_draft": f"work-{viewer.pk}-{drop.pk}-{len(revisions) - 1}",
        "kept_files": list(revisions[0].attachments.all()) if revisions else [],
    }


def _result(drop: Drop, viewer: User | None) -> dict[str, Any]:
    """The winning work for those who may read it, and what the drop moved in the viewer's wallet."""
    if not drop.is_ended:
        return {}
    return {
        **winning_work(drop, viewer),
        "ledger_lines": lines_about(viewer, drop.reference) if viewer else [],
        "prize_free_at": drop.end + timedelta(seconds=settings.PRIZE_HOLD_SECONDS),
    }
