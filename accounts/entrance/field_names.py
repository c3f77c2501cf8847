"""Names of fields for whoever sees a form again that was kept: what they are sent under is no word of any language."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAMES: dict[str, Promise] = {
    "canned": gettext_lazy("Ready text"),
    "cents": gettext_lazy("By how many cents"),
    "days": gettext_lazy("For how many days"),
    "email": gettext_lazy("Email"),
    "handle": gettext_lazy("Handle"),
    "minutes": gettext_lazy("For how long"),
    "most_cents": gettext_lazy("Highest price in cents"),
    "name": gettext_lazy("Name"),
    "pack": gettext_lazy("Pack"),
    "role": gettext_lazy("Role"),
    "seconds": gettext_lazy("By how many seconds"),
    "title": gettext_lazy("Title"),
    "to": gettext_lazy("To"),
    "url": gettext_lazy("Your URL"),
    "verdict": gettext_lazy("Why the verdict changes"),
    "what": gettext_lazy("Limit"),
    "winner": gettext_lazy("Who wins"),
}
GRADE_OF_SEAT = re.compile(r"seat_(\d+)")


def field_name(name: str) -> str:
    """Return what a field is called that is sent as `name`; nothing where nobody has said it."""
    if of_seat := GRADE_OF_SEAT.fullmatch(name):
        return _("Grade of Seat {seat}").format(seat=of_seat[1])
    return str(NAMES.get(name, ""))
