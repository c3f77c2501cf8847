"""The button that opens a case, on the pages of drops, entries and people."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin_base import Verb
from core.words import Words
from drops.desk.asking import ask_for_a_look, open_case_about
from drops.desk.deciders import WORK


def opens_case_about(what: str, label: Words) -> Verb:
    return Verb(
        name=f"open-{what}-case",
        label=label,
        meaning=gettext_lazy("Puts it into the queue for all of you. Why is the case's first note."),
        permission=WORK,
        subject="row",
        call=ask_for_a_look,
        fits=lambda row: open_case_about(row) is None,
        stands=lambda row: _("It has an open case."),
        link=_link_to_case,
    )


def _link_to_case(row: Any) -> tuple[str, str]:
    case = open_case_about(row)
    where = reverse("admin:drops_case_change", args=[case.pk]) if case else reverse("admin:drops_case_changelist")
    return _("To the case"), where


OPEN_DROP_CASE = opens_case_about("drop", gettext_lazy("Open a case about the drop"))
OPEN_ENTRY_CASE = opens_case_about("entry", gettext_lazy("Open a case about the entry"))
OPEN_PERSON_CASE = opens_case_about("person", gettext_lazy("Open a case about the person"))
