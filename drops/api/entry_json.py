"""Claims, submissions, cooldowns and log lines on the wire: what a viewer may not know is null."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from accounts.models import User
from drops.api.job_json import attachment, files_of
from drops.models import Claim, Cooldown, Draft, Feedback, RankingLog, Revision, Submission, Takedown
from drops.packs import PACKS, Chip
from drops.ranking.log_lines import say_ordinal

Json = dict[str, Any]


def claim(row: Claim, viewer: User | None) -> Json:
    """Of others only the seat: when they came, and a lease that ended, would tell who has submitted."""
    known = viewer is not None and (row.user_id == viewer.pk or viewer.moderates)
    return {
        "id": row.pk,
        "job_id": row.drop_id,
        "user_id": row.user_id if known else None,
        "created_at": row.created_at if known else None,
        "seat": row.seat,
        "lease_expires_at": row.lease_expires_at if known else None,
        "agent_id": row.agent_id if known else None,
    }


def counting(entry: Submission) -> Revision:
    """The revision that counts; an entry is never stored without one."""
    assert entry.counting is not None
    return entry.counting


def receipt(revision: Revision) -> Json:
    return {
        "sha256": revision.sha256,
        "received_at": revision.received_at,
        "revision": revision.number,
        "at_bell": revision.at_bell,
    }


def draft(row: Draft, *, counts_at_bell: bool) -> Json:
    """Return a draft, for its author and nobody else, in whatever role."""
    return {
        "job_id": row.drop_id,
        "body": row.body,
        "attachments": [attachment(file) for file in row.files],
        "at_bell": row.at_bell,
        "counts_at_bell": counts_at_bell,
        "follows": row.follows,
        "sha256": row.sha256,
        "saved_at": row.saved_at,
    }


def submissions(entries: Sequence[Submission], viewer: User | None) -> list[Json]:
    """Entries that the viewer may know of, with their claim and counting revision loaded."""
    ids = [entry.pk for entry in entries]
    readable = set(Submission.objects.unsealed_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    files = files_of((counting(entry).pk for entry in entries if entry.pk in readable), viewer)
    mine = Takedown.objects.standing().filter(submission__in=ids, submission__user=viewer) if viewer else ()
    hidden = {row.submission_id: row.told for row in mine}
    given = Feedback.objects.for_author(viewer).filter(submission__in=ids).select_related("round") if viewer else ()
    told = {row.submission_id: row for row in given}
    return [
        {
            **_submission(entry, viewer, readable, files),
            "hidden_reason": hidden.get(entry.pk),
            "feedback": feedback(told[entry.pk], entry.drop.pack) if entry.pk in told else None,
        }
        for entry in entries
    ]


def chip(one: Chip) -> Json:
    return {"id": one.id, "text": one.text, "criterion": one.criterion, "is_praise": one.is_praise}


def feedback(row: Feedback, pack: str) -> Json:
    """Return feedback for the entry's author; a chip that its pack has no more is left out."""
    known = PACKS[pack].chips
    chips = [chip(known[name]) for name in row.chips if name in known]
    return {"chips": chips, "note": row.note, "given_by": row.round.judge}


def submission(entry: Submission, viewer: User | None) -> Json:
    return submissions([entry], viewer)[0]


def _submission(
    entry: Submission, viewer: User | None, readable: Collection[UUID], files: dict[UUID, list[Json]]
) -> Json:
    known = viewer is not None and (entry.user_id == viewer.pk or viewer.moderates)
    is_appraised = known or entry.drop.is_sent_by(viewer)
    body: Json = {"body": None, "attachments": [], "created_at": None, "receipt": None}
    if entry.pk in readable:
        revision = counting(entry)
        body["body"] = revision.body
        body["attachments"] = files.get(revision.pk, [])
        body["created_at"] = entry.created_at
        body["receipt"] = receipt(revision) if known else None
    return {
        "id": entry.pk,
        "job_id": entry.drop_id,
        "user_id": entry.user_id if known else None,
        "grade": entry.grade,
        **body,
        "seat": entry.claim.seat,
        "place": entry.place,
        # A winner that was made public is public work, not a public appraisal.
        "explanation": explanation(entry) if is_appraised else None,
        "reasons": entry.reasons if is_appraised else [],
        "gap": entry.gap if known else None,
        "is_winner": entry.drop.winning_submission_id == entry.pk,
        "disqualified": entry.disqualified_at is not None,
    }


def explanation(entry: Submission) -> str | None:
    """ "A. 2nd of 5. Preferred in 22 of 36 comparisons by …": what one line can tell of a graded entry."""
    if entry.grade is None or entry.place is None:
        return None
    place = f"{say_ordinal(entry.place)} of {entry.drop.submissions_count}"
    return " ".join((f"{entry.grade}. {place}.", *entry.reasons[:1]))


def cooldown(row: Cooldown) -> Json:
    return {
        "id": row.pk,
        "user_id": row.user_id,
        "job_id": row.drop_id,
        "expires_at": row.expires_at,
        "created_at": row.created_at,
    }


def log_line(row: RankingLog) -> Json:
    return {
        "id": str(row.pk),
        "job_id": row.drop_id,
        "type": row.type,
        "content": row.content,
        "created_at": row.created_at,
    }


def report(row: Any) -> Json:
    about = "feedback" if row.feedback_id else "drop"
    known = {"id": str(row.pk), "job_id": row.drop_id, "about": about}
    return {**known, "reason": row.reason, "created_at": row.created_at}
