"""Drops as jobs on the wire: the seed's fields and ours, by what the viewer may see.

The number of queries does not depend on the number of drops.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from accounts.models import User
from drops.contest.actions import Action, Actions, RefusedAction, actions_for
from drops.contest.eligibility import Eligibility
from drops.contest.prize_times import prizes_free_at
from drops.judging.appointing import Appointment, appointments
from drops.models import Attachment, Drop, Submission
from drops.models.claim import SEATS_MAX
from drops.models.submission import RevisionFile
from drops.models.takedown import in_sight
from drops.standings.senders import record_of
from wallet.money import net_cents

Viewer = User | AnonymousUser
# Django makes this table of a drop's inputs by itself.
DropFile: Any = Drop.attachments.through
Json = dict[str, Any]


def jobs(drops: Sequence[Drop], viewer: Viewer, now: datetime, *, site: str) -> list[Json]:
    """`drops`, which the viewer may see, as jobs in the same order; links lead to `site`, as the caller knows us."""
    eligibility = Eligibility.of(viewer, drops, now) if isinstance(viewer, User) else None
    inputs = inputs_of(drops, viewer)
    won = winning_work(drops, viewer)
    free_at = prizes_free_at(drops, viewer if isinstance(viewer, User) else None, now)
    judges = appointments(drops, now)
    rows = [_job(drop, eligibility, inputs.get(drop.pk, []), won.get(drop.pk), site) for drop in drops]
    return [{**row, "prize_withdrawable_at": free_at.get(row["id"]), **_judge(judges[row["id"]])} for row in rows]


def _judge(appointment: Appointment) -> Json:
    return {"judge": appointment.judge, "judged_by_at": appointment.by}


def job(drop: Drop, viewer: Viewer, now: datetime, *, site: str) -> Json:
    """One drop as a job, with its sender's record."""
    record = record_of(drop.sender_id)
    shown = {
        "drops": record.drops,
        "judged_in_time_percent": record.in_time_percent,
        "cancelled_percent": record.cancelled_percent,
    }
    return {**jobs([drop], viewer, now, site=site)[0], "sender_record": shown}


def _job(
    drop: Drop, eligibility: Eligibility | None, inputs: list[Json], work: tuple[str, list[Json]] | None, site: str
) -> Json:
    text, files = work or (None, [])
    is_sender = eligibility is not None and drop.is_sent_by(eligibility.user)
    return {
        "id": drop.pk,
        "sandbox": False,
        "status": drop.status,
        "prompt": drop.prompt,
        "pack": drop.pack,
        "sender": drop.sender_id,
        "price_cents": drop.price_cents,
        "window_closes_at": drop.window_closes_at,
        "grade": drop.grade,
        "winning_submission_id": drop.winning_submission_id,
        "claims_count": drop.claims_count,
        "submissions_count": drop.submissions_count,
        "title": drop.title,
        "description": drop.description,
        "output_text": text,
        "output_attachments": files,
        "attachments": inputs,
        "created_at": drop.created_at,
        "updated_at": drop.updated_at,
        "prize_cents": net_cents(drop.price_cents),
        "seats_total": SEATS_MAX,
        "time_limit_seconds": drop.window_seconds,
        "public_result": drop.public_result,
        "close_when_full": drop.close_when_full,
        "agents": drop.agents,
        "outcome_reason": drop.outcome_reason,
        "judged_by": drop.judged_by,
        "confidence": drop.confidence or None,
        "rationale": drop.rationale or None,
        "origin_id": drop.origin_id,
        "thanks": (drop.thanks or None) if is_sender or (eligibility and _has_won(drop, eligibility)) else None,
        "winner_invited_at": drop.winner_invited_at if is_sender else None,
        "ended_at": drop.ended_at,
        "moderators_told": (drop.moderators_told or None) if is_sender else None,
        "hidden_reason": eligibility.hidden.get(drop.pk) if eligibility and is_sender else None,
        "envVars": drop.env_vars if eligibility and _may_read_env(drop, eligibility) else None,
        "sender_record": None,
        **_steps(actions_for(drop, eligibility) if eligibility else Actions(), site),
    }


def _steps(actions: Actions, site: str) -> Json:
    return {
        "allowed_actions": [_allowed(action, site) for action in actions.allowed],
        "refused_actions": [_refused(action) for action in actions.refused],
    }


def _may_read_env(drop: Drop, eligibility: Eligibility) -> bool:
    return drop.is_sent_by(eligibility.user) or drop.pk in eligibility.claims


def _has_won(drop: Drop, eligibility: Eligibility) -> bool:
    claim = eligibility.claims.get(drop.pk)
    entry = getattr(claim, "submission", None)
    return entry is not None and entry.pk == drop.winning_submission_id


def _allowed(action: Action, site: str) -> Json:
    until = {} if action.until is None else {"until": action.until}
    warning = {"warning": action.warning} if action.warning else {}
    cools = {} if action.cools_until is None else {"cooldown_until": action.cools_until}
    return {"action": action.action, "method": action.method, "href": site + action.href, **until, **cools, **warning}


def _refused(action: RefusedAction) -> Json:
    retry = {} if action.retry_at is None else {"retry_at": action.retry_at}
    return {"action": action.action, "code": action.code, "error": action.error, **retry}


def attachment(row: Attachment) -> Json:
    return {
        "id": row.pk,
        "name": row.name,
        "content_type": row.content_type,
        "size": row.size,
        "sha256": row.sha256,
        "url": f"/api/attachments/{row.pk}",
    }


def inputs_of(drops: Iterable[Drop], viewer: Viewer) -> dict[UUID, list[Json]]:
    """Return what the senders attached, by drop, less what is out of the viewer's sight."""
    seen = in_sight("attachment", "attachment") | Q(attachment__owner=viewer.pk)
    links = DropFile.objects.filter(seen, drop__in=[drop.pk for drop in drops])
    return _grouped((link.drop_id, link.attachment) for link in links.select_related("attachment").order_by("id"))


def files_of(revisions: Iterable[UUID], viewer: Viewer | None) -> dict[UUID, list[Json]]:
    """Return the files of entries, by revision, less what is out of the viewer's sight."""
    seen = in_sight("attachment", "attachment") | Q(attachment__owner=viewer.pk if viewer else None)
    links = RevisionFile.objects.filter(seen, revision__in=list(revisions))
    return _grouped((link.revision_id, link.attachment) for link in links.select_related("attachment").order_by("id"))


def _grouped(pairs: Iterable[tuple[UUID, Attachment]]) -> dict[UUID, list[Json]]:
    groups: dict[UUID, list[Json]] = defaultdict(list)
    for key, row in pairs:
        groups[key].append(attachment(row))
    return groups


def winning_work(drops: Iterable[Drop], viewer: Viewer) -> dict[UUID, tuple[str, list[Json]]]:
    """The winners' texts and files, by drop, where the viewer may read them. Nobody is asked for a reason here, so
    staff see no more than a player would."""
    winners = [drop.winning_submission_id for drop in drops if drop.winning_submission_id]
    if not winners:
        return {}
    reader = viewer if isinstance(viewer, User) else None
    readable = Submission.objects.unsealed_to(reader).filter(pk__in=winners).select_related("counting")
    counting = {entry.drop_id: entry.counting for entry in readable}
    files = files_of((revision.pk for revision in counting.values()), viewer)
    return {drop_id: (revision.body, files.get(revision.pk, [])) for drop_id, revision in counting.items()}
