"""By which words a case is called, and where the thing is found that it is about."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import apart
from core.words import Words
from drops.models import Case
from drops.models.case import Category
from wallet.money import format_cents

OUTCOMES: dict[str, Words] = {
    "dismiss-case": gettext_lazy("dismissed"),
    "uphold-case": gettext_lazy("marks upheld"),
    "uphold-mark": gettext_lazy("marks upheld"),
    "dismiss-mark": gettext_lazy("marks dismissed"),
    "handle": gettext_lazy("reports handled"),
    "by-itself": gettext_lazy("settled by itself"),
    "decide": gettext_lazy("verdict given"),
    "remove": gettext_lazy("drop removed"),
    "stop": gettext_lazy("drop stopped"),
    "stopped_by_staff": gettext_lazy("drop stopped"),
    "hide-drop": gettext_lazy("drop out of sight"),
    "hide-work": gettext_lazy("work out of sight"),
    "hide-feedback": gettext_lazy("feedback out of sight"),
    "hide-profile": gettext_lazy("profile out of sight"),
    "judge-by-hand": gettext_lazy("judged by hand"),
    "suspend": gettext_lazy("account suspended"),
    "disqualify": gettext_lazy("entry disqualified"),
    "take-handle": gettext_lazy("handle taken"),
    "resume_withdrawal": gettext_lazy("withdrawal sent on"),
    "release_topup": gettext_lazy("payment credited"),
    "close_topup": gettext_lazy("closed without a credit"),
    "release_payout": gettext_lazy("prize released"),
    "return_payout": gettext_lazy("prize given back"),
}


def outcome_of(case: Case) -> str:
    return str(OUTCOMES.get(case.outcome, case.outcome.replace("_", " ")))


def heading_of(case: Case) -> str:
    """Return in a line what a case is about."""
    if case.submission:
        return _("Entry on “{drop}”").format(drop=apart(case.submission.drop.heading))
    if case.contest:
        return str(case.contest.heading)
    if case.person:
        return str(case.person.shown_email)
    row = case.withdrawal or case.topup or case.payout
    owner = row.payee if case.payout else row.user
    return f"{format_cents(row.amount_cents)} · {apart(owner.shown_email)}"


def page_of(case: Case) -> str:
    """Return the page of what a case is about."""
    options = case.target._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[case.target.pk])


def way_out_of(case: Case) -> tuple[Words, str] | None:
    """Return what else decides a case than its form: words and a link. None for most."""
    if case.category == Category.VERDICT and case.contest is not None:
        return _("Compare its entries"), reverse("drop_picks", args=[case.contest.pk])
    return None


def feedback_in_words(feedback: Any, chips: Any) -> str:
    """Return feedback on an entry as its reader has it, for the moderators who look into a report of it."""
    words = [chips[chip].text for chip in feedback.chips if chip in chips]
    state = _("out of sight") if feedback.hidden_at else ""
    return " · ".join(part for part in (*words, feedback.note, state) if part)
