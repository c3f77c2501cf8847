"""The parts of the site that a lead can pause, in the admin."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.switching import pause, resume
from core import clock
from core.admin_base import ReadOnlyAdmin, Verb, VerbAdmin
from core.models import PAUSE, Switch
from core.text import sentence_apart
from core.words import Words

PAUSE_MINUTES = [
    (15, _("15 minutes")),
    (60, _("1 hour")),
    (240, _("4 hours")),
    (720, _("12 hours")),
    (1_440, _("1 day")),
    (4_320, _("3 days")),
    (10_080, _("7 days")),
]


def how_it_stands(switch: Switch) -> Words:
    if not switch.is_paused(clock.now()):
        return _("It goes on as usual. No money moves.")
    stands = _("Paused until {until} UTC: {told} No money moves.")
    return stands.format(until=f"{switch.paused_until:%Y-%m-%d %H:%M}", told=sentence_apart(switch.told))


@admin.register(Switch)
class SwitchAdmin(VerbAdmin, ReadOnlyAdmin):
    """Parts of the site that a lead can pause. Who did it, when and why stands among the decisions."""

    list_display = ("part", "is_paused", "paused_at", "paused_until", "told")
    fields = ("part", "is_paused", "paused_at", "paused_until", "told")
    ordering = ("part",)
    verbs = (
        Verb(
            name="pause",
            label=_("Pause"),
            meaning=_(
                "Stops a part of the site for a while, for everybody. Whoever tries reads why and until when; the "
                "pages concerned say so beforehand. It goes on by itself."
            ),
            permission=PAUSE,
            subject="switch",
            call=pause,
            fits=lambda switch: True,
            tells=_("Everybody"),
            tells_how=_(
                "Shown to everybody, word for word, on the pages concerned and to programs that are refused. Kept for "
                "good."
            ),
            money=how_it_stands,
            watches=("paused_until", "told"),
            fields={"minutes": forms.TypedChoiceField(label=_("For how long"), choices=PAUSE_MINUTES, coerce=int)},
        ),
        Verb(
            name="end-pause",
            label=_("Let it go on"),
            meaning=_("Ends a pause before its time. People notice within a second."),
            permission=PAUSE,
            subject="switch",
            call=resume,
            fits=lambda switch: switch.is_paused(clock.now()),
            stands=lambda switch: _("It is not paused."),
            is_private=True,
            money=how_it_stands,
            watches=("paused_until", "told"),
        ),
    )

    @admin.display(description=_("paused now"), boolean=True)
    def is_paused(self, switch: Switch) -> bool:
        return switch.is_paused(clock.now())
