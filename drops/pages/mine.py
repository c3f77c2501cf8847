"""My drops, the drops I compete on, and what I may take home: files, and the work that won."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.viewer import as_player, member_of, viewer_of
from core import clock
from core.words import Words
from drops.contest.attachments import named_for, serve_attachment
from drops.models import Attachment, Claim, Drop, Submission
from drops.models.takedown import in_sight
from drops.packs import PACKS, Pack
from drops.pages.shared import DropCard, cards_of, load_drop, winning_work

ROWS_MAX = 50
# Where a sender's drops stand, what waits for them first; each is in the first group that holds it.
GROUPS: tuple[tuple[Words, Callable[[DropCard], bool]], ...] = (
    (_("Your turn"), lambda card: card.awaits_sender),
    (_("Open"), lambda card: card.drop.is_open),
    (_("Being judged"), lambda card: card.drop.is_ranking),
    (_("Done"), lambda card: card.drop.is_completed),
    (_("Refunded"), lambda card: card.drop.was_refunded),
    (_("Discarded"), lambda card: True),
)


@dataclass(frozen=True)
class Played:
    """A seat of the viewer's with what became of it, in the questions that its line asks."""

    claim: Claim
    entry: Submission | None
    now: datetime

    @property
    def drop(self) -> Drop:
        return self.claim.drop

    @property
    def pack(self) -> Pack:
        return PACKS[self.drop.pack]

    @property
    def is_in_play(self) -> bool:
        return self.claim.is_active and self.drop.accepts_entries(self.now) and not self.has_lapsed

    @property
    def has_lapsed(self) -> bool:
        return self.claim.is_active and self.claim.has_lapsed(self.drop, self.now)

    @property
    def is_graded(self) -> bool:
        return self.entry is not None and bool(self.entry.grade)

    @property
    def has_won(self) -> bool:
        return self.entry is not None and self.entry.pk == self.drop.winning_submission_id

    @property
    def is_ungraded(self) -> bool:
        """Return whether the drop ended without a grade for the entry."""
        return self.entry is not None and not self.entry.grade and self.drop.is_ended


@login_required
@require_safe
def my_drops(request: HttpRequest) -> HttpResponse:
    viewer = member_of(request)
    drops = list(Drop.objects.sent_by(viewer).with_round().order_by("-created_at", "-id")[: ROWS_MAX + 1])
    # Nothing is offered here that asks what the viewer may do.
    cards = cards_of(drops[:ROWS_MAX], None, clock.now())
    context = {
        "groups": _in_groups(cards),
        "has_more": len(drops) > ROWS_MAX,
        "rows_max": ROWS_MAX,
    }
    return render(request, "drops/my_drops.html", context)


def _in_groups(cards: Iterable[DropCard]) -> list[tuple[str, list[DropCard]]]:
    """Return the groups that hold any, each with its cards."""
    groups: dict[str, list[DropCard]] = {str(words): [] for words, _holds in GROUPS}
    for card in cards:
        words = next(words for words, holds in GROUPS if holds(card))
        groups[str(words)].append(card)
    return [(words, those) for words, those in groups.items() if those]


@login_required
@require_safe
def competing(request: HttpRequest) -> HttpResponse:
    """Seats held now, and what became of earlier ones."""
    viewer = member_of(request)
    now = clock.now()
    seen = Claim.objects.of(viewer).filter(in_sight("drop", "drop")).select_related("drop", "submission")
    claims = seen.order_by("-created_at", "-id")[:ROWS_MAX]
    rows = [Played(claim, getattr(claim, "submission", None), now) for claim in claims]
    context = {
        "playing": [row for row in rows if row.is_in_play],
        "earlier": [row for row in rows if not row.is_in_play],
        "now": now,
    }
    return render(request, "drops/competing.html", context)


@require_safe
def download(request: HttpRequest, attachment_id: UUID) -> FileResponse:
    """A file, if the viewer may read it; always as a download."""
    readable = Attachment.objects.readable_by(as_player(viewer_of(request)))
    return serve_attachment(named_for(get_object_or_404(readable, pk=attachment_id), viewer_of(request)))


@require_safe
def work(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    """The text that won, as it was submitted, in a Markdown file; 404 for whom it is sealed to."""
    drop = load_drop(request, drop_id)
    winner = winning_work(drop, viewer_of(request))["winner"]
    if not isinstance(winner, Submission):
        raise Http404
    name = slugify(drop.heading)[:60] or "entry"
    headers = {"Content-Disposition": f'attachment; filename="{name}.md"'}
    return HttpResponse(winner.latest.body, content_type="text/markdown; charset=utf-8", headers=headers)
