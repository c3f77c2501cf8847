"""All that happened to one drop, in order: for moderators who must explain it. No text, name or size of an entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.not_theirs import events_for
from core.figures import grouped
from core.text import apart
from drops.models import Case, Drop, Revision
from wallet.models import Entry
from wallet.money import format_cents


@dataclass(frozen=True)
class Event:
    at: datetime
    kind: str
    text: str


def timeline_of(drop: Drop, viewer: User) -> list[Event]:
    """Moves, seats, revisions, moderation, log lines and ledger lines of `drop`, oldest first; not what was noted on
    cases and reports about whoever looks."""
    sources = (_moves(drop), _seats(drop), _revisions(drop), _audits(drop, viewer), _log(drop), _ledger(drop))
    return sorted((event for source in sources for event in source), key=lambda event: event.at)


def _moves(drop: Drop) -> Iterator[Event]:
    yield Event(drop.created_at, "move", _("Posted, unpaid."))
    if drop.paid_at:
        yield Event(
            drop.paid_at,
            "move",
            _("Paid: the window of {seconds} seconds began.").format(seconds=grouped(drop.window_seconds)),
        )
    if drop.closed_at:
        late = (drop.closed_at - drop.bell).total_seconds()
        yield Event(drop.closed_at, "move", _("Window closed ({late:+.1f} seconds from the bell).").format(late=late))
    if drop.ended_at:
        yield Event(
            drop.ended_at,
            "move",
            _("Ended, {status}: {reason}.").format(status=drop.status, reason=drop.get_outcome_reason_display()),
        )


def _seats(drop: Drop) -> Iterator[Event]:
    for claim in drop.claims.select_related("user"):
        yield Event(
            claim.created_at,
            "seat",
            _("Seat {seat} claimed by {email}.").format(seat=claim.seat, email=claim.user.email),
        )
        if claim.ended_at:
            yield Event(
                claim.ended_at,
                "seat",
                _("Seat {seat} came free: {reason}.").format(seat=claim.seat, reason=claim.get_end_reason_display()),
            )


def _revisions(drop: Drop) -> Iterator[Event]:
    revisions = Revision.objects.filter(submission__drop=drop).select_related("submission__claim")
    for revision in revisions.defer("body"):
        text = _("Revision {number} of Seat {seat} received.").format(
            number=revision.number, seat=revision.submission.claim.seat
        )
        yield Event(revision.received_at, "entry", text)


def _audits(drop: Drop, viewer: User) -> Iterator[Event]:
    targets = [f"drop:{drop.pk}"]
    targets += [f"submission:{pk}" for pk in drop.submissions.values_list("pk", flat=True)]
    targets += [f"report:{pk}" for pk in drop.reports.values_list("pk", flat=True)]
    targets += [f"appeal:{pk}" for pk in drop.appeals.values_list("pk", flat=True)]
    about = Q(drop=drop) | Q(verdict=drop) | Q(submission__drop=drop)
    targets += [f"case:{pk}" for pk in Case.objects.filter(about).values_list("pk", flat=True)]
    for event in events_for(viewer).filter(target__in=targets).select_related("actor").order_by("id"):
        text = f"{event.actor.email}: {event.action} {event.target} ({apart(event.reason)})"
        yield Event(event.created_at, "moderator", text)


def _log(drop: Drop) -> Iterator[Event]:
    for line in drop.ranking_logs.order_by("id"):
        yield Event(line.created_at, "log", line.content)


def _ledger(drop: Drop) -> Iterator[Event]:
    for entry in Entry.objects.filter(account__reference=drop.reference).order_by("id"):
        way = _("into escrow") if entry.delta > 0 else _("out of escrow")
        yield Event(entry.created_at, "money", f"{format_cents(abs(entry.delta))} {way} ({entry.reason}).")
