"""A drop's page: countdown, seats, stages, log, workroom, and afterwards the result as far as the viewer may see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.viewer import as_player, viewer_of
from core import clock
from core.form_tokens import new_token
from core.http import site_of
from drops.contest.actions import Actions, actions_for
from drops.contest.drafts import counts_at_bell, find_draft
from drops.contest.funding import bill_for
from drops.contest.prize_times import prizes_free_at
from drops.contest.terms import env_var_warning
from drops.judging.appointing import appointment_of
from drops.judging.progress import judging_steps
from drops.live_marks import news_of
from drops.models import Claim, Draft, Drop, RankingLog, Revision, Submission
from drops.models.seen import listed_inputs
from drops.models.takedown import OutOfSight, out_of_sight
from drops.packs import PACKS
from drops.pages.appeals import appeal_box
from drops.pages.drop_view import DropView, Stage
from drops.pages.forms import EntryForm, ReportForm
from drops.pages.own_result import own_result
from drops.pages.shared import eligibility_of, load_drop, named_sight, render_live, sight_of, winning_work
from drops.standings.senders import record_of
from wallet.books.statement import lines_about
from wallet.models import PaymentProfile
from wallet.money_out.held_payouts import stays_in_escrow


@require_safe
def show_drop(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    now = clock.now()
    viewer = viewer_of(request)
    context = live_context(drop, viewer, now)
    work = _work(drop, viewer, context["claim"])
    drop_view = replace(context["drop_view"], entry=work["entry"])
    context |= {**work, **_result(drop_view, viewer, now), "drop_view": drop_view}
    context["own"] = own_result(drop, viewer, work["entry"], context.get("winner"))
    if drop_view.is_payable and viewer is not None:
        context |= {"bill": bill_for(drop), "profile": PaymentProfile.of(viewer)}
    hidden = out_of_sight(drop.pk)
    context |= {
        "appointment": appointment_of(drop, now),
        "mark": _mark(drop, viewer, drop_view.log),
        "input_files": listed_inputs(drop, viewer),
        "sight": named_sight(hidden, drop),
        # Whoever is typing in the workroom keeps their page: a reload would take the text away.
        "was": "" if drop_view.claim else drop_view.phase,
        "hidden_reasons": _hidden_reasons(hidden, viewer),
        "report_form": ReportForm(),
        "feedback_report_form": ReportForm.about_feedback(),
        "env_var_warning": env_var_warning(drop.env_vars, drop.agents) if drop_view.is_sender else "",
        "sender_record": record_of(drop.sender_id) if drop.paid_at else None,
        "may_report": viewer is not None and (drop.is_ended or not drop_view.is_sender),
        "token": new_token(),
        # Where no script shows it beside the text.
        "looks": "look" in request.GET,
        "revisions_max": settings.REVISIONS_MAX,
        "site": site_of(request),
        "origin": Drop.objects.visible_to(request.user).filter(pk=drop.origin_id).first() if drop.origin_id else None,
        "invites_stranger": viewer is None and "invited" in request.GET and drop_view.in_window and not drop.is_full,
    }
    return render(request, "drops/drop.html", context)


@require_safe
def show_live_drop(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    """The part that refreshes by itself; once the drop has moved on, the whole page is asked to reload.

    So is the page of a drop that its viewer may not see any more, or of which they may see something else than before.
    """
    try:
        drop = load_drop(request, drop_id)
    except Http404:
        # Asked again it is a page that says so, shows nothing and asks for nothing.
        return HttpResponse(status=404, headers={"HX-Refresh": "true"})
    viewer = viewer_of(request)
    context = live_context(drop, viewer, clock.now(), is_part=True)
    response = render_live(request, "drops/live.html", context)
    moved_on = request.GET.get("was") not in (None, context["drop_view"].phase)
    handed_on = request.GET.get("judge") not in (None, drop.judge)
    if moved_on or handed_on or request.GET.get("sight") not in (None, sight_of(drop)):
        response["HX-Refresh"] = "true"
    return response


def _hidden_reasons(hidden: list[OutOfSight], viewer: User | None) -> dict[str, str]:
    """Return what the viewer was told when their drop, or the work of theirs that won it, was taken out of sight."""
    if viewer is None:
        return {}
    own = [row for row in hidden if viewer.pk in (row.sender_id, row.agent_id)]
    return {"drop" if row.sender_id else "work": row.told for row in own}


def live_context(drop: Drop, viewer: User | None, now: datetime, *, is_part: bool = False) -> dict[str, Any]:
    drop_view = _view_of(drop, viewer, now, is_part=is_part)
    # Beside the button that claims a seat; once there is none, the whole page tells it, and no part of it.
    tells_date = drop_view.may_offer_seat or not is_part
    return {
        "drop": drop,
        "pack": PACKS[drop.pack],
        "now": now,
        "drop_view": drop_view,
        "in_window": drop_view.in_window,
        "is_sender": drop_view.is_sender,
        "claim": drop_view.claim,
        "actions": drop_view.actions,
        "prize_free_at": prizes_free_at([drop], viewer, now).get(drop.pk) if tells_date else None,
    }


def _view_of(drop: Drop, viewer: User | None, now: datetime, *, is_part: bool) -> DropView:
    eligibility = eligibility_of(viewer, [drop], now)
    claim = eligibility.claims.get(drop.pk) if eligibility else None
    in_window = drop.accepts_entries(now)
    is_sender = drop.is_sent_by(viewer)
    actions = actions_for(drop, eligibility) if eligibility else Actions()
    return DropView(
        drop=drop,
        in_window=in_window,
        is_late=drop.is_ranking and drop.current_round is not None and drop.round.is_late(now),
        is_sender=is_sender,
        claim=None if claim is None or claim.has_lapsed(drop, now) else claim,
        actions=actions,
        cooldown_factor=eligibility.cooldown_factor if eligibility and actions.allows("release") else 1,
        stages=_steps(drop) if drop.is_ranking and is_sender else _stages(drop, in_window),
        log=_log(drop, viewer),
        is_part=is_part,
    )


def _log(drop: Drop, viewer: User | None) -> list[RankingLog]:
    """Return what the viewer may read of the log; its last line gives the result away, so it too waits for the pull."""
    if drop.current_round_id is None or (drop.is_sent_by(viewer) and drop.awaits_pull):
        return []
    return list(RankingLog.objects.readable_by(as_player(viewer), drop).filter(drop=drop).order_by("id"))


def _mark(drop: Drop, viewer: User | None, log: list[RankingLog]) -> str:
    """Where a stream goes on from what this page shows; a sender reads the whole log once the drop is not open."""
    news = news_of(drop, last_line=log[-1].pk if log else None)
    return news.private if drop.is_sent_by(viewer) else news.public


def _stages(drop: Drop, in_window: bool) -> list[Stage]:
    """Return what it went through; an ended drop may have skipped some."""
    words = [_("Posted"), pgettext("a drop", "Open"), _("Judging"), _("Done")]
    if drop.is_ended:
        been = [True, drop.paid_at is not None, drop.closed_at is not None, True]
        return [Stage(word, is_done=done, is_current=False) for word, done in zip(words, been, strict=True)]
    current = 2 if drop.is_ranking or (drop.is_open and not in_window) else int(drop.is_open)
    return [Stage(word, is_done=index < current, is_current=index == current) for index, word in enumerate(words)]


def _steps(drop: Drop) -> list[Stage]:
    """How the judging goes on; only the sender reads its log, and by the log alone these steps can be told."""
    steps = judging_steps(drop)
    current = next(index for index, (_word, is_done) in enumerate(steps) if not is_done)
    return [Stage(word, is_done=done, is_current=index == current) for index, (word, done) in enumerate(steps)]


def _work(drop: Drop, viewer: User | None, claim: Claim | None) -> dict[str, Any]:
    """The viewer's own entry: its revisions with their receipts, and the form for the next one."""
    if viewer is None:
        return {"entry": None}
    is_player = not drop.is_sent_by(viewer)
    own = Submission.objects.select_related("counting")
    entry = own.filter(drop=drop, user=viewer).first() if is_player else None
    revisions = list(entry.revisions.order_by("-number").defer("body").prefetch_related("attachments")) if entry else []
    draft = find_draft(drop=drop, reader=viewer) if is_player else None
    newest = draft if draft is not None and _is_news(draft, revisions) else None
    body = newest.body if newest else entry.latest.body if entry else ""
    files = newest.files if newest else revisions[0].attachments.all() if revisions else []
    # What was ticked on a seat that was lost is ticked no more.
    at_bell = draft is not None and draft.at_bell and claim is not None and draft.claim_id == claim.pk
    counts = newest is not None and counts_at_bell(newest)
    return {
        "entry": entry,
        "revisions": revisions,
        "kept_draft": newest,
        "draft_counts": counts,
        "unsent": None if counts else newest,
        "entry_form": EntryForm(pack=drop.pack, initial={"body": body, "at_bell": at_bell}) if claim else None,
        # Two who compete for one drop may share a browser.
        "draft": f"work-{viewer.pk}-{drop.pk}-{len(revisions)}",
        "last_draft": f"work-{viewer.pk}-{drop.pk}-{len(revisions) - 1}",
        "kept_files": list(files),
    }


def _is_news(draft: Draft, revisions: list[Revision]) -> bool:
    """Return whether a draft was saved after the last of the revisions, and says something else."""
    return draft.follows == len(revisions) and (not revisions or draft.sha256 != revisions[0].sha256)


def _result(drop_view: DropView, viewer: User | None, now: datetime) -> dict[str, Any]:
    """The winning work for those who may read it, what the viewer may say to the verdict, and what the drop moved in
    their wallet."""
    drop = drop_view.drop
    if not drop.is_ended:
        return {}
    return {
        **winning_work(drop, viewer),
        "appeal_box": None if drop_view.hides_result else appeal_box(drop, viewer, drop_view.actions, now),
        "ledger_lines": lines_about(viewer, drop.reference) if viewer else [],
        "payout_held": stays_in_escrow(drop.reference),
    }
