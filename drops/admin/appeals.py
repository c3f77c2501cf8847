"""The queue of appeals: what somebody says against a verdict, the entries it is about, and the answer."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import admin
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import clock
from core.admin_base import QueueFilter, Verb, VerbAdmin, link_to
from core.forms import TextField
from core.text import TOLD_CHARS_MAX
from core.words import Words, sentences
from drops.admin.own_contests import ContestAdmin
from drops.appeals import answering
from drops.appeals.ruling import LETTERS, Ruling
from drops.judging.second_look import is_above_limit
from drops.models import Appeal
from drops.models.claim import SEATS_MAX
from wallet import money
from wallet.models import Approval

CHANGE = "drops.change_appeal"
NOBODY = "nobody"
SEATS = range(1, SEATS_MAX + 1)
SEAT, GRADE_OF_SEAT = gettext_lazy("Seat {seat}"), gettext_lazy("Grade of Seat {seat}")
AS_IT_IS = ("", gettext_lazy("as it is"))


def verdict_in_words(appeal: Appeal) -> str:
    """Return each seat with its grade, from the first place on."""
    entries = appeal.drop.submissions.select_related("claim").order_by("place")
    return ", ".join(_("Seat {seat}: {grade}").format(seat=one.claim.seat, grade=one.grade) for one in entries)


def money_held(appeal: Appeal) -> Words:
    """Say what of the prize could move, and whose it is now."""
    drop = appeal.drop
    winner = drop.winning_submission
    if winner is None:
        return _("The sender has all of it back; nothing can move.")
    net = money.format_cents(drop.price_cents - money.fee_cents(drop.price_cents))
    held = _("{verdict}. {net} is held for Seat {seat}. Only while it is held does it move with the verdict.")
    told = held.format(verdict=verdict_in_words(appeal), net=net, seat=winner.claim.seat)
    return sentences(told, _("Another person must approve it.")) if is_above_limit(drop) else told


def no_money(_appeal: Appeal) -> Words:
    return _("No money moves. The prize is free again once no appeal is open and its own hold is over.")


def uphold(
    *, appeal: Appeal, staff: User, winner: str, verdict: str, told: str, reason: str, now: datetime, **seats: str
) -> Appeal | Approval:
    """Call the verb with what the form asked seat by seat."""
    letters = {int(name.removeprefix("seat_")): letter for name, letter in seats.items() if letter}
    ruling = Ruling(None if winner == NOBODY else int(winner), letters)
    return answering.uphold_appeal(
        appeal=appeal, staff=staff, ruling=ruling, verdict=verdict, told=told, reason=reason, now=now
    )


def _fields_of_ruling() -> dict[str, forms.Field]:
    winners = [("", "---"), *((str(seat), format_lazy(SEAT, seat=seat)) for seat in SEATS)]
    fields: dict[str, forms.Field] = {
        "winner": forms.ChoiceField(
            label=gettext_lazy("Who wins"), choices=[*winners, (NOBODY, gettext_lazy("no entry passes"))]
        )
    }
    for seat in SEATS:
        fields[f"seat_{seat}"] = forms.ChoiceField(
            label=format_lazy(GRADE_OF_SEAT, seat=seat),
            choices=[AS_IT_IS, *((letter, letter) for letter in LETTERS)],
            required=False,
        )
    fields["verdict"] = TextField(
        label=gettext_lazy("Why the verdict changes"),
        max_length=TOLD_CHARS_MAX - 1,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 70}),
        help_text=gettext_lazy("The sender and the agents read it, and on a public drop everybody, word for word."),
    )
    return fields


READ = Verb(
    name="read-appealed",
    label=gettext_lazy("Read the entries"),
    meaning=gettext_lazy("Shows every entry of the drop with its grade. That you read them is on record before."),
    permission=CHANGE,
    subject="appeal",
    call=answering.read_appealed,
    fits=lambda appeal: True,
    shows="admin/appealed_entries.html",
    rows_max=1,
)
DISMISS = Verb(
    name="dismiss-appeal",
    tells=gettext_lazy("Whoever appealed"),
    label=gettext_lazy("Dismiss: the verdict stands"),
    meaning=gettext_lazy("The verdict stands, and so does who has the prize. Your text is the answer in writing."),
    permission=CHANGE,
    subject="appeal",
    call=answering.dismiss_appeal,
    money=no_money,
    fits=lambda appeal: appeal.is_open,
    rows_max=1,
)
UPHOLD = Verb(
    name="uphold-appeal",
    tells=gettext_lazy("Whoever appealed"),
    label=gettext_lazy("Uphold: change the verdict"),
    meaning=gettext_lazy(
        "Another verdict takes the place of this one: who wins, and the grades that change. The old one stays on "
        "record. Nobody can undo it but another appeal."
    ),
    permission=CHANGE,
    subject="appeal",
    call=uphold,
    money=money_held,
    fields=_fields_of_ruling(),
    fits=lambda appeal: appeal.is_open and appeal.drop.is_completed,
    rows_max=1,
)


class AppealQueue(QueueFilter):
    queues = {
        "open": (gettext_lazy("open"), Appeal.objects.open),
        "overdue": (gettext_lazy("overdue"), lambda: Appeal.objects.overdue(clock.now())),
    }


@admin.register(Appeal)
class AppealAdmin(VerbAdmin, ContestAdmin):
    verbs = (READ, DISMISS, UPHOLD)
    list_display = ("drop", "role", "status", "due_at", "created_at", "decided_by")
    list_filter = (AppealQueue, "status")
    list_select_related = ("drop", "user", "decided_by")
    fields = (
        "drop_link",
        "user",
        "role",
        "reason",
        "status",
        "created_at",
        "due_at",
        "grades",
        "answer",
        "note",
        "decided_by",
        "decided_at",
        "before",
        "after",
    )
    readonly_fields = ("drop_link", "role", "grades")
    search_fields = ("=id", "=drop__id", "^user__email")
    ordering = ("due_at", "id")

    @admin.display(description=gettext_lazy("drop"))
    def drop_link(self, appeal: Appeal) -> str:
        return link_to(appeal.drop)

    @admin.display(description=gettext_lazy("as"))
    def role(self, appeal: Appeal) -> Words:
        return _("sender") if appeal.drop.is_sent_by(appeal.user) else _("agent")

    @admin.display(description=gettext_lazy("the verdict as it stands"))
    def grades(self, appeal: Appeal) -> str:
        return verdict_in_words(appeal)
