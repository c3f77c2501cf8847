"""Pulling the result."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.viewer import as_player, member_of, viewer_of
from core import clock
from core.form_tokens import new_token
from core.http import site_of
from drops.contest import finishing
from drops.contest.actions import actions_for
from drops.contest.eligibility import Eligibility
from drops.contest.rules import check_pull
from drops.models import Drop, Submission
from drops.models.statuses import Thanks
from drops.packs import PACKS
from drops.pages.appeals import appeal_box
from drops.pages.forms import ReportForm
from drops.pages.own_result import say_number, say_place
from drops.pages.shared import load_drop, winning_work
from wallet.books.statement import lines_about
from wallet.money_out.held_payouts import stays_in_escrow

# How many of the times that a drop was posted again its pull names.
REROLLS_SHOWN = 5


@dataclass(frozen=True)
class PullCard:
    """An entry as the sender sees it afterwards, one of `count`."""

    entry: Submission
    drop: Drop
    count: int

    @property
    def is_winner(self) -> bool:
        return self.entry.pk == self.drop.winning_submission_id

    @property
    def has_foil(self) -> bool:
        return self.is_winner and self.entry.grade == "S"

    @property
    def number(self) -> str:
        """Return its place as it stands on the card, such as "2nd"."""
        return say_number(self.entry.place) if self.entry.place else ""

    @property
    def rank(self) -> str:
        rank = say_place(self.entry.place, self.count)
        return _("{rank}: the winner").format(rank=rank) if self.is_winner and self.entry.place else rank

    @property
    def announcement(self) -> str:
        """Return the sentence that is read aloud when the card turns."""
        if not self.entry.grade:
            return f"{self.rank}."
        return _("{rank}, grade {grade}.").format(rank=self.rank, grade=self.entry.grade)


@login_required
@require_safe
def pull(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    """The reveal, for the sender: every entry's card from last to first, then the winner's work."""
    drop = load_drop(request, drop_id)
    sender, now = member_of(request), clock.now()
    check_pull(drop, Eligibility(user=sender, now=now))
    # Neither a program that only asks for the head nor a browser that looks ahead has seen anything.
    if request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        finishing.pull_drop(drop=drop, sender=sender, now=now)
    viewer = as_player(viewer_of(request))
    entries = list(Submission.objects.listed_for(viewer).filter(drop=drop).order_by("-place", "pk"))
    actions = actions_for(drop, Eligibility(user=sender, now=now))
    context = {
        "drop": drop,
        "pack": PACKS[drop.pack],
        "cards": [PullCard(entry, drop, drop.submissions_count) for entry in entries],
        **winning_work(drop, viewer),
        "ledger_lines": lines_about(viewer, drop.reference) if viewer else [],
        "payout_held": stays_in_escrow(drop.reference),
        "report_form": ReportForm(),
        "site": site_of(request),
        "token": new_token(),
        "actions": actions,
        "appeal_box": appeal_box(drop, sender, actions, now),
        "thanks_words": Thanks.choices,
        "rerolls": Drop.objects.visible_to(sender).filter(origin=drop).order_by("-created_at")[:REROLLS_SHOWN],
    }
    return render(request, "drops/pull.html", context)
