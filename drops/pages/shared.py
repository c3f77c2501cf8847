"""The parts that several pages need: the drop as the viewer may see it, live parts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.viewer import as_player
from core.errors import Invalid
from drops.contest.actions import Actions, actions_for
from drops.contest.eligibility import Eligibility
from drops.judging.appointing import Appointment, appointments
from drops.models import Attachment, Drop, Submission, Takedown
from drops.models.rounds import JudgeKind
from drops.models.seen import seen_drop
from drops.models.takedown import OutOfSight, out_of_sight
from drops.packs import PACKS, Pack
from wallet.money import net_cents

# What changes with every rendering although nothing happened: masked CSRF tokens, the clock, the time left.
VOLATILE = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|data-server-now="[^"]*"|(?<=data-countdown>)[^<]*|data-left="[^"]*"'
)


class Face(NamedTuple):
    """All that a card of the board says of its drop to everybody, whatever the time."""

    pk: UUID
    heading: str
    net_cents: int
    seats_free: int
    sealed_count: int
    judge: JudgeKind


@dataclass(frozen=True)
class DropCard:
    """A drop in a list, with what the viewer may do with it."""

    drop: Drop
    pack: Pack
    in_window: bool
    actions: Actions
    appointment: Appointment
    # From when on its winner can take the prize to a bank, where a list tells that.
    prize_free_at: datetime | None = None

    @property
    def face(self) -> Face:
        drop = self.drop
        net = net_cents(drop.price_cents)
        return Face(drop.pk, drop.heading, net, drop.seats_free, drop.submissions_count, self.appointment.judge)

    @property
    def shows_grade(self) -> bool:
        """Return whether the grade is no secret to its sender any more."""
        return bool(self.drop.grade) and not self.drop.awaits_pull

    @property
    def has_pull(self) -> bool:
        return self.drop.is_ended and self.drop.closed_at is not None

    @property
    def is_judged_by_sender(self) -> bool:
        return self.drop.is_ranking and self.drop.judge == JudgeKind.SENDER

    @property
    def awaits_sender(self) -> bool:
        """Return whether its sender has the next move: to pay, to compare, or to pull."""
        return self.drop.is_pending or self.is_judged_by_sender or self.drop.awaits_pull


def require_shape(form: BaseForm) -> None:
    """Refuse what the form does not understand, naming the fields."""
    if not form.is_valid():
        errors = {name: " ".join(map(str, faults)) for name, faults in form.errors.items()}
        raise Invalid(errors, next_step=_("Go back, change it and send it again."))


def load_drop(request: HttpRequest, drop_id: UUID) -> Drop:
    """The drop, or 404 where the viewer may not know of it (any more)."""
    drop = seen_drop(drop_id, request.user)
    if drop is None:
        raise Http404
    return drop


def eligibility_of(viewer: User | None, drops: Iterable[Drop], now: datetime) -> Eligibility | None:
    return None if viewer is None else Eligibility.of(viewer, drops, now)


def cards_of(drops: list[Drop], viewer: User | None, now: datetime) -> list[DropCard]:
    """Cards for `drops`, with three queries for a viewer who is signed in, however many there are."""
    eligibility = eligibility_of(viewer, drops, now)
    judges = appointments(drops, now)
    return [
        DropCard(
            drop=drop,
            pack=PACKS[drop.pack],
            in_window=drop.accepts_entries(now),
            actions=actions_for(drop, eligibility) if eligibility else Actions(),
            appointment=judges[drop.pk],
        )
        for drop in drops
    ]


def files_for(viewer: User | None, files: Any) -> list[Attachment]:
    """Return those of `files` that the viewer is shown, by name."""
    return list(files.listed_for(viewer).order_by("name", "id"))


def winning_work(drop: Drop, viewer: User | None) -> dict[str, object]:
    """For a template: `winner`, the entry that won, and its `winner_files`, as far as the viewer may read them; and
    whether the `work_is_hidden` from whoever could read it."""
    readable = Submission.objects.readable_by(as_player(viewer)).filter(pk=drop.winning_submission_id)
    winner = readable.select_related("counting").first()
    may_read = drop.is_completed and (drop.public_result or drop.is_sent_by(viewer))
    hidden = may_read and winner is None and Takedown.objects.standing().filter(submission__won_drop=drop).exists()
    return {
        "winner": winner,
        "work_is_hidden": hidden,
        "winner_files": files_for(viewer, winner.counting.attachments.all()) if winner else [],
    }


def sight_of(drop: Drop) -> str:
    """Return what of `drop` is out of sight, and which verdict stands, as a page names it to find out whether that has
    changed."""
    return named_sight(out_of_sight(drop.pk), drop)


def named_sight(hidden: list[OutOfSight], drop: Drop) -> str:
    verdict = [f"v{drop.redecided_at.timestamp():.0f}"] if drop.redecided_at else []
    return "-".join([*(str(row.pk) for row in hidden), *verdict])


def render_live(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """A part that refreshes alone: an unchanged one is answered with 304 and nothing else."""
    response = render(request, template, context)
    steady = VOLATILE.sub("", response.content.decode())
    response["ETag"] = f'"{hashlib.sha256(steady.encode()).hexdigest()[:32]}"'
    response["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
