"""The forms of judging by hand: an answer, feedback that comes with it, and what staff write with the last one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms import TextField
from core.text import REASON_CHARS_MAX, TOLD_CHARS_MAX
from drops.judging.feedback import Remark, fault_in_chips, fault_in_note
from drops.judging.steps import Pick
from drops.models import Drop, Feedback
from drops.models.feedback import CHIPS_MAX
from drops.packs import PACKS, Pack

# The field that names the entries which a page shows boxes for.
ABOUT = "about"


class PickForm(forms.Form):
    """An answer to the question shown: a side with what is unusable, or a letter."""

    left = TextField(max_length=100)
    right = TextField(max_length=100, required=False)
    pick = forms.ChoiceField(choices=[(side, side) for side in ("left", "right", "equal")], required=False)
    unusable = forms.MultipleChoiceField(required=False)
    grade = TextField(max_length=1, required=False)
    confirmed = forms.BooleanField(required=False)
    pays_linked = forms.BooleanField(required=False)
    undo = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    keep = forms.BooleanField(required=False)
    # Sent by the page of the last look, which is shown again where only its feedback is kept.
    looking = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        sides = [str(data.get(name, "")) for name in ("left", "right")]
        self.fields["unusable"].choices = [(side, side) for side in sides]  # type: ignore[attr-defined]

    def pick_with(self, remarks: Sequence[Remark], reason: str = "", private_note: str = "") -> Pick:
        data = self.cleaned_data
        return Pick(
            left=data["left"],
            right=data["right"] or None,
            pick=data["pick"] or None,
            unusable=tuple(data["unusable"]),
            grade=data["grade"] or None,
            feedback=tuple(remarks),
            reason=reason,
            private_note=private_note,
            pays_linked=data["pays_linked"],
        )


class FeedbackForm(forms.Form):
    """Feedback for the author of the entry that its `prefix` names."""

    chips_max = CHIPS_MAX

    chips = forms.MultipleChoiceField(required=False)
    note = TextField(required=False, label=_("One line to its agent"))

    def __init__(self, entry: str, pack: Pack, data: QueryDict | None = None, initial: Any = None) -> None:
        super().__init__(data, prefix=entry, initial=initial)
        self.entry, self.pack = entry, pack
        self.fields["chips"].choices = [(chip.id, chip.text) for chip in pack.chips.values()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, fault in (
            ("chips", fault_in_chips(self.pack, cleaned.get("chips", []))),
            ("note", fault_in_note(cleaned.get("note", ""))),
        ):
            if fault and name not in self.errors:
                self.add_error(name, fault)
        return cleaned

    @property
    def remark(self) -> Remark:
        return Remark(self.entry, tuple(self.cleaned_data["chips"]), self.cleaned_data["note"])

    @property
    def groups(self) -> list[tuple[Any, list[tuple[str, str, bool]]]]:
        """Return the chips by whether they praise, each as (id, text, whether it is chosen)."""
        chosen = self["chips"].value() or []
        rows = [(chip.is_praise, (chip.id, chip.text, chip.id in chosen)) for chip in self.pack.chips.values()]
        return [(head, [row for is_praise, row in rows if is_praise == good]) for head, good in GROUPS]

    @property
    def is_open(self) -> bool:
        """Return whether it has something to show."""
        return bool(self.errors or self["chips"].value() or self["note"].value())


GROUPS = ((_("Strong"), True), (_("Weak"), False))


class ReasonForm(forms.Form):
    """The two texts of staff with the answer that ends a drop."""

    reason = TextField(
        label=_("Why, for the sender and the agents"),
        max_length=TOLD_CHARS_MAX - 1,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They alone read it, word for word. Kept for good."),
        error_messages={"required": _("Write why: the sender and the agents read it.")},
    )
    private_note = TextField(
        required=False,
        label=_("Note for moderators"),
        max_length=REASON_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept for good, with your name and the time. Moderators alone ever read it."),
    )


def feedback_forms(drop: Drop, entries: Sequence[str], data: QueryDict | None = None) -> dict[str, FeedbackForm]:
    """Return a form for each of `entries`: with what was sent for it, or else with what was given before."""
    rows = Feedback.objects.filter(round=drop.round, submission__in=[UUID(entry) for entry in entries])
    given = {str(row.submission_id): {"chips": row.chips, "note": row.note} for row in rows}
    sent = data.getlist(ABOUT) if data is not None else []
    return {
        entry: FeedbackForm(entry, PACKS[drop.pack], data if entry in sent else None, given.get(entry))
        for entry in entries
    }


def standing_entries(drop: Drop) -> list[str]:
    """Return the ids of the entries that take part, by seat: an order that says nothing."""
    rows = drop.submissions.standing().order_by("claim__seat").values_list("pk", flat=True)
    return [str(pk) for pk in rows]


def sent_forms(drop: Drop, data: QueryDict) -> dict[str, FeedbackForm]:
    """Return a form for each entry that a page sent feedback on, which may be empty. What is no entry is left out."""
    about = set(data.getlist(ABOUT))
    return feedback_forms(drop, [entry for entry in standing_entries(drop) if entry in about], data)
