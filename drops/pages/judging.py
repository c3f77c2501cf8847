"""After the bell: comparing side by side, and pulling the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.viewer import as_player, member_of, viewer_of
from core import clock
from core.form_tokens import new_token
from core.http import site_of
from drops.contest import finishing
from drops.contest.actions import actions_for
from drops.contest.attachments import files_to_judge, serve_attachment
from drops.contest.eligibility import Eligibility
from drops.contest.rules import check_pull
from drops.judging.panel.held import held_by_panel
from drops.judging.steps import Pick, answer_question, question_for, slots_of
from drops.models import Attachment, Drop, Revision, Submission
from drops.models.rounds import JudgeKind
from drops.models.statuses import Grade, Thanks
from drops.models.submission import passing_grades
from drops.packs import PACKS
from drops.pages.forms import PickForm, ReportForm
from drops.pages.shared import load_drop, require_shape, sight_of, winning_work
from drops.ranking import Letter, Pair, Pending
from drops.ranking.log_lines import say_ordinal
from wallet.books.statement import lines_about
from wallet.money_out.held_payouts import stays_in_escrow

LETTER_WORDS = {
    "S": "stunning, better than hoped for",
    "A": "very good",
    "B": "good",
    "C": "does the job",
    "D": "barely passes",
    "F": "does not pass",
}
# How many of the times that a drop was posted again its pull names.
REROLLS_SHOWN = 5
# A drop has five seats.
PLACES = ("First", "Second", "Third", "Fourth", "Fifth")
COUNTS = ("one", "two", "three", "four", "five")


@dataclass(frozen=True)
class NamelessEntry:
    slot: str
    body: str
    files: list[Attachment]


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
        return say_ordinal(self.entry.place) if self.entry.place else ""

    @property
    def rank(self) -> str:
        if not self.entry.place:
            return "Not placed"
        rank = f"{PLACES[self.entry.place - 1]} of {COUNTS[self.count - 1]}" if self.count > 1 else "The only entry"
        return f"{rank}: the winner" if self.is_winner else rank

    @property
    def announcement(self) -> str:
        """Return the sentence that is read aloud when the card turns."""
        return f"{self.rank}, grade {self.entry.grade}." if self.entry.grade else f"{self.rank}."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def picks(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    if request.method == "POST":
        return _answer(request, drop)
    if drop.is_ended and drop.is_sent_by(viewer_of(request)):
        return redirect("drop_pull", drop.pk)
    if drop.is_ranking and drop.is_sent_by(viewer_of(request)) and drop.judge == "staff":
        # An old link, followed after the drop was handed on: its page says who judges now.
        return redirect(drop)
    pending = question_for(drop=drop, judge=member_of(request), now=clock.now())
    if pending is None:
        return redirect(drop)
    context = {
        "drop": drop,
        "pack": PACKS[drop.pack],
        "sight": sight_of(drop),
        "is_judged_by_sender": drop.judge == JudgeKind.SENDER,
        **_question(drop, pending, member_of(request)),
        **_held(drop, pending),
    }
    return render(request, "drops/picks.html", context)


def _answer(request: HttpRequest, drop: Drop) -> HttpResponse:
    form = PickForm(request.POST)
    require_shape(form)
    data = form.cleaned_data
    if data["grade"] in Grade.values and not data["confirmed"]:
        asked = _confirm_grade(request, drop, slot=data["left"], grade=data["grade"])
        if asked is not None:
            return asked
    pick = Pick(
        left=data["left"],
        right=data["right"] or None,
        pick=data["pick"] or None,
        unusable=tuple(data["unusable"]),
        grade=data["grade"] or None,
    )
    drop = answer_question(drop=drop, judge=member_of(request), pick=pick, now=clock.now())
    if drop.is_ended:
        messages.success(request, "Judged. Here is the result.")
        return redirect("drop_pull" if drop.is_sent_by(viewer_of(request)) else "drop", drop.pk)
    still_asked = Eligibility(user=member_of(request), now=clock.now())
    return redirect("drop_picks" if _may_judge(drop, still_asked) else "drop", drop.pk)


def _confirm_grade(request: HttpRequest, drop: Drop, *, slot: str, grade: str) -> HttpResponse | None:
    """Ask once more before the letter that ends the drop: what it pays to whom. Nothing has changed by then.

    None where no letter is asked for, or not that entry's: the verb then says so.
    """
    pending = question_for(drop=drop, judge=member_of(request), now=clock.now())
    if pending is None or slots_of(pending.question) != (slot,):
        return None
    pack = PACKS[drop.pack]
    context = {
        "drop": drop,
        "pack": pack,
        "slot": slot,
        "seat": Submission.objects.values_list("claim__seat", flat=True).get(drop=drop, pk=slot),
        "grade": grade,
        "passes": grade in passing_grades(pack),
        "is_judged_by_sender": drop.judge == JudgeKind.SENDER,
    }
    return render(request, "drops/confirm_grade.html", context)


def _may_judge(drop: Drop, eligibility: Eligibility) -> bool:
    """False once the drop was handed on to staff."""
    return drop.is_ranking and (drop.judge == "staff") == (not drop.is_sent_by(eligibility.user))


def _question(drop: Drop, pending: Pending, judge: User) -> dict[str, Any]:
    asked = pending.question
    if isinstance(asked, Pair):
        left, right = _entries(drop, slots_of(asked), judge)
        return {"pair": (("left", left), ("right", right)), "remaining": pending.remaining}
    (entry,) = _entries(drop, slots_of(asked), judge)
    letters = [(letter.value, LETTER_WORDS[letter.value]) for letter in Letter]
    return {"entry": entry, "letters": letters, "remaining": pending.remaining}


def _held(drop: Drop, pending: Pending) -> dict[str, Any]:
    """Return what a panel left for staff: why it did not decide, and its findings on the entries shown now."""
    held = held_by_panel(drop)
    if held is None:
        return {}
    asked = pending.question
    shown = (("Left", asked.left), ("Right", asked.right)) if isinstance(asked, Pair) else (("This one", asked.slot),)
    held_entries = [(side, entry) for side, slot in shown if (entry := held.of(slot)) is not None]
    return {"held_because": drop.round.held_reason, "held_entries": held_entries}


def _entries(drop: Drop, slots: Sequence[str], judge: User) -> list[NamelessEntry]:
    entries = Submission.objects.filter(drop=drop, pk__in=slots).select_related("counting")
    by_slot = {str(entry.pk): entry for entry in entries.prefetch_related("counting__attachments")}
    shown = [(slot, _counting(by_slot[slot])) for slot in slots]
    return [NamelessEntry(slot, revision.body, files_to_judge(revision, judge)) for slot, revision in shown]


def _counting(entry: Submission) -> Revision:
    """The revision that counts; an entry is stored together with its first one."""
    assert entry.counting is not None
    return entry.counting


@login_required
@require_safe
def picks_file(request: HttpRequest, drop_id: UUID, attachment_id: UUID) -> FileResponse:
    """A file of an entry that whoever judges the drop is asked about now; for staff that is put on record first."""
    drop = load_drop(request, drop_id)
    pending = question_for(drop=drop, judge=member_of(request), now=clock.now())
    shown = _entries(drop, slots_of(pending.question), member_of(request)) if pending is not None else []
    file = next((file for entry in shown for file in entry.files if file.pk == attachment_id), None)
    if file is None:
        raise Http404
    return serve_attachment(file)


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
        "actions": actions_for(drop, Eligibility(user=sender, now=now)),
        "thanks_words": Thanks.choices,
        "rerolls": Drop.objects.visible_to(sender).filter(origin=drop).order_by("-created_at")[:REROLLS_SHOWN],
    }
    return render(request, "drops/pull.html", context)
