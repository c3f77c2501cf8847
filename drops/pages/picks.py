"""Judging by hand: one screen for each question, taking answers back, and a last look before anybody is paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.viewer import member_of, viewer_of
from core import clock
from drops.contest import rules
from drops.contest.attachments import files_to_judge, serve_attachment
from drops.contest.eligibility import Eligibility
from drops.judging import second_look
from drops.judging.by_hand import foresee, last_answer, take_back_answer
from drops.judging.feedback import Remark, give_feedback
from drops.judging.linked import warns_of_link
from drops.judging.panel.held import held_by_panel
from drops.judging.snapshots import PICTURES, freeze_entries
from drops.judging.steps import NotOpened, answer_question, question_for, slots_of
from drops.models import Attachment, Drop, FrozenEntry, Revision, Submission
from drops.models.rounds import JudgeKind
from drops.packs import PACKS
from drops.pages.last_look import LastLook
from drops.pages.pick_forms import FeedbackForm, PickForm, ReasonForm, feedback_forms, sent_forms, standing_entries
from drops.pages.shared import load_drop, require_shape, sight_of
from drops.ranking import Grade, Letter, Pair, Pending, Step

LETTER_WORDS = {
    "S": gettext_lazy("stunning, better than hoped for"),
    "A": gettext_lazy("very good"),
    "B": gettext_lazy("good"),
    "C": gettext_lazy("does the job"),
    "D": gettext_lazy("barely passes"),
    "F": gettext_lazy("does not pass"),
}


@dataclass(frozen=True)
class ShownFile:
    """A file of an entry as the page shows it: a picture, a text with its words, or neither."""

    file: Attachment
    text: str = ""

    @property
    def is_picture(self) -> bool:
        return self.file.content_type in PICTURES


@dataclass(frozen=True)
class NamelessEntry:
    slot: str
    body: str
    files: list[ShownFile]
    feedback: FeedbackForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def picks(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    if request.method == "POST":
        return _open(request, drop) if "open" in request.POST else _take(request, drop)
    if drop.is_ended and drop.is_sent_by(viewer_of(request)):
        return redirect("drop_pull", drop.pk)
    if drop.is_ranking and drop.is_sent_by(viewer_of(request)) and drop.judge == "staff":
        # An old link, followed after the drop was handed on: its page says who judges now.
        return redirect(drop)
    return _show_question(request, drop)


def _show_question(request: HttpRequest, drop: Drop, status: int = 200) -> HttpResponse:
    """The question asked now. Where feedback was sent that does not fit, it is shown as it was typed."""
    judge = member_of(request)
    try:
        pending = question_for(drop=drop, judge=judge, now=clock.now(), opens=False)
    except NotOpened:
        return render(request, "drops/picks_closed.html", {"drop": drop, "pack": PACKS[drop.pack]})
    if pending is None:
        return redirect(drop)
    last = last_answer(drop)
    answered = drop.round.answers.standing().count()
    context = {
        "drop": drop,
        "pack": PACKS[drop.pack],
        "sight": sight_of(drop),
        "is_judged_by_sender": drop.judge == JudgeKind.SENDER,
        "number": answered + 1,
        "count": answered + pending.remaining,
        "undo": last.pk if last else None,
        "is_linked": isinstance(pending.question, Grade) and warns_of_link(drop, pending.question, clock.now()),
        **_question(drop, pending, judge, request),
        **_held(drop, pending),
    }
    return render(request, "drops/picks.html", context, status=status)


def _open(request: HttpRequest, drop: Drop) -> HttpResponse:
    """Put on record that staff read the entries of the question, and go to it."""
    question_for(drop=drop, judge=member_of(request), now=clock.now())
    return redirect("drop_picks", drop.pk)


def _take(request: HttpRequest, drop: Drop) -> HttpResponse:
    """Take what a page of judging sends: an answer, feedback, or that the last answer is taken back."""
    form = PickForm(request.POST)
    require_shape(form)
    judge, now = member_of(request), clock.now()
    rules.check_judge(drop, Eligibility(user=judge, now=now))
    boxes = sent_forms(drop, request.POST)
    if not all(box.is_valid() for box in boxes.values()):
        return _show_again(request, drop, form)
    remarks = [box.remark for box in boxes.values()]
    if form.cleaned_data["undo"] or (form.cleaned_data["keep"] and not form.cleaned_data["looking"]):
        give_feedback(drop=drop, judge=judge, feedback=remarks, now=now)
        if form.cleaned_data["undo"]:
            take_back_answer(drop=drop, judge=judge, answer_id=form.cleaned_data["undo"], now=now)
        messages.success(request, _("Taken back.") if form.cleaned_data["undo"] else _("Feedback saved."))
        return redirect("drop_picks", drop.pk)
    return _answer(request, drop, form, remarks)


def _show_again(request: HttpRequest, drop: Drop, form: PickForm) -> HttpResponse:
    """The page that sent feedback which does not fit, with all that was typed on it."""
    if form.cleaned_data["looking"]:
        step = foresee(drop=drop, judge=member_of(request), pick=form.pick_with([]), now=clock.now())
        if not isinstance(step, Pending):
            return _ask_once_more(request, drop, step, form, has_faults=True)
    return _show_question(request, drop, status=422)


def _answer(request: HttpRequest, drop: Drop, form: PickForm, remarks: list[Remark]) -> HttpResponse:
    """Give the answer; one that ends the judging is asked for once more before."""
    judge, now = member_of(request), clock.now()
    step = foresee(drop=drop, judge=judge, pick=form.pick_with(remarks), now=now)
    is_last, is_confirmed = not isinstance(step, Pending), form.cleaned_data["confirmed"]
    written = _reason_form(request, drop, form) if is_last else None
    is_unsaid = is_last and not form.cleaned_data["pays_linked"] and warns_of_link(drop, step, now)
    if is_last and (not is_confirmed or is_unsaid or (written is not None and not written.is_valid())):
        give_feedback(drop=drop, judge=judge, feedback=remarks, now=now)
        if form.cleaned_data["keep"]:
            messages.success(request, _("Feedback saved."))
        return _ask_once_more(request, drop, step, form)
    words = written.cleaned_data if written is not None else {}
    drop = answer_question(drop=drop, judge=judge, pick=form.pick_with(remarks, **words), now=now)
    if drop.is_ended:
        messages.success(request, _("Judged. Here is the result."))
        return redirect("drop_pull" if drop.is_sent_by(viewer_of(request)) else "drop", drop.pk)
    if second_look.is_waiting(drop, now):
        messages.info(request, _("Your verdict waits for a second person. Moderators find it under Approvals."))
        return redirect("drop", drop.pk)
    if not _may_judge(drop, Eligibility(user=judge, now=now)):
        return redirect("drop", drop.pk)
    # Whoever answers reads on.
    return _open(request, drop)


def _reason_form(request: HttpRequest, drop: Drop, form: PickForm) -> ReasonForm | None:
    """Return the form for what staff write with the last answer; before they confirm, what they typed is no fault."""
    if drop.judge != JudgeKind.STAFF:
        return None
    if form.cleaned_data["confirmed"]:
        return ReasonForm(request.POST)
    # As it was typed, and not judged yet.
    typed = ReasonForm(request.POST)
    return ReasonForm(initial={name: typed[name].value() for name in typed.fields})


def _ask_once_more(
    request: HttpRequest, drop: Drop, step: Step, form: PickForm, *, has_faults: bool = False
) -> HttpResponse:
    """Show what the answer would do, with a way back. Nothing has changed by then but feedback, if that fits."""
    look, last = LastLook(drop=drop, step=step, grade=form.cleaned_data["grade"]), last_answer(drop)
    written = _reason_form(request, drop, form)
    boxes = feedback_forms(drop, standing_entries(drop), request.POST if has_faults else None)
    context = {
        "drop": drop,
        "pack": PACKS[drop.pack],
        "look": look,
        "pick": form.cleaned_data,
        "boxes": [(look.seats[entry], box) for entry, box in boxes.items()],
        "undo": last.pk if last else None,
        "reason_form": written,
        "is_linked": warns_of_link(drop, step, clock.now()),
        "is_unsaid": form.cleaned_data["confirmed"] and not form.cleaned_data["pays_linked"],
    }
    is_unsaid = context["is_linked"] and context["is_unsaid"]
    is_refused = has_faults or is_unsaid or (written is not None and bool(written.errors))
    return render(request, "drops/confirm_grade.html", context, status=422 if is_refused else 200)


def _may_judge(drop: Drop, eligibility: Eligibility) -> bool:
    """False once the drop was handed on to staff."""
    return drop.is_ranking and (drop.judge == "staff") == (not drop.is_sent_by(eligibility.user))


def _question(drop: Drop, pending: Pending, judge: User, request: HttpRequest) -> dict[str, Any]:
    asked = pending.question
    sent = request.POST if request.method == "POST" else None
    boxes = feedback_forms(drop, slots_of(asked), sent)
    if isinstance(asked, Pair):
        left, right = _entries(drop, slots_of(asked), judge, boxes)
        return {"sides": (("left", left), ("right", right)), "is_pair": True}
    (entry,) = _entries(drop, slots_of(asked), judge, boxes)
    letters = [(letter.value, LETTER_WORDS[letter.value]) for letter in Letter]
    return {"sides": (("best", entry),), "is_pair": False, "letters": letters}


def _held(drop: Drop, pending: Pending) -> dict[str, Any]:
    """Return what a panel left for staff: why it did not decide, and its findings on the entries shown now."""
    held = held_by_panel(drop)
    if held is None:
        return {}
    asked = pending.question
    sides = [_("Left"), _("Right")] if isinstance(asked, Pair) else [_("This one")]
    shown = zip(sides, slots_of(asked), strict=True)
    held_entries = [(side, entry) for side, slot in shown if (entry := held.of(slot)) is not None]
    return {"held_because": drop.round.held_reason, "held_entries": held_entries}


def _entries(drop: Drop, slots: Sequence[str], judge: User, boxes: dict[str, FeedbackForm]) -> list[NamelessEntry]:
    entries = Submission.objects.filter(drop=drop, pk__in=slots).select_related("counting")
    by_slot = {str(entry.pk): entry for entry in entries.prefetch_related("counting__attachments")}
    frozen = freeze_entries(drop)
    shown = [(slot, _counting(by_slot[slot])) for slot in slots]
    return [
        NamelessEntry(slot, revision.body, _files(revision, judge, frozen[revision.pk]), boxes[slot])
        for slot, revision in shown
    ]


def _files(revision: Revision, judge: User, frozen: FrozenEntry) -> list[ShownFile]:
    """Return the files, those that are text with their words as they were frozen, without a word of who wrote them."""
    words = {file["name"]: file["text"] for file in frozen.files}
    return [ShownFile(file, words.get(file.name, "")) for file in files_to_judge(revision, judge)]


def _counting(entry: Submission) -> Revision:
    """The revision that counts; an entry is stored together with its first one."""
    assert entry.counting is not None
    return entry.counting


@login_required
@require_safe
def picks_file(request: HttpRequest, drop_id: UUID, attachment_id: UUID) -> FileResponse:
    """A file of an entry that whoever judges the drop is asked about now; for staff that is put on record first."""
    drop = load_drop(request, drop_id)
    judge = member_of(request)
    pending = question_for(drop=drop, judge=judge, now=clock.now(), opens=False)
    slots = slots_of(pending.question) if pending is not None else ()
    entries = Submission.objects.filter(drop=drop, pk__in=slots).select_related("counting")
    files = [file for entry in entries for file in files_to_judge(_counting(entry), judge)]
    file = next((file for file in files if file.pk == attachment_id), None)
    if file is None:
        raise Http404
    return serve_attachment(file)
