"""One case on one page: what is reported, of what, of whom, with what money; and the one form that decides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.admin_base import Verb
from core.forms import TextField
from core.text import REASON_CHARS_MAX, TOLD_CHARS_MAX
from core.words import Words
from drops.admin.case_words import feedback_in_words, heading_of, outcome_of, page_of, way_out_of
from drops.admin.mark_words import pointers, why
from drops.desk.canned import CANNED
from drops.desk.deciding import decisions_for
from drops.desk.ending import open_reports_of
from drops.desk.histories import REPORTER, History, decisions_about, earlier_cases, histories_of, people_of
from drops.desk.holding import history_of
from drops.desk.waiting import asked_about, is_waiting
from drops.models import Case, Report, RiskMark, Submission
from drops.packs import PACKS
from wallet.books import ledger
from wallet.models import Approval
from wallet.money import format_cents, net_cents


@dataclass(frozen=True)
class Option:
    """One decision as the form offers it; `money` says what it does to whose money, `tells` who reads what is told."""

    name: str
    label: Words
    meaning: Words
    money: Words
    tells: Words


def options_for(case: Case, staff: User) -> list[Option]:
    """Return the decisions that fit a case as it stands, and that `staff` may take."""
    options = []
    for decision, row in decisions_for(case):
        verb = _verb_of(row, decision.name)
        if verb.fits(row) and staff.has_perm(verb.permission):
            tells = "" if decision.name == "dismiss-case" and not open_reports_of(case).exists() else verb.tells
            options.append(Option(decision.name, verb.label, verb.meaning, verb.money(row), tells))
    return options


def _verb_of(row: Any, name: str) -> Verb:
    """Return the verb of this name on the row's own page: words and rights are the same wherever it is used."""
    page: Any = admin.site.get_model_admin(type(row))
    verb: Verb = next(verb for verb in page.verbs if verb.name == name)
    return verb


def _area(label: Words, chars_max: int, help_text: Words, *, required: bool = True) -> TextField:
    area = forms.Textarea(attrs={"rows": 3})
    return TextField(label=label, max_length=chars_max, widget=area, help_text=help_text, required=required)


class DecideForm(forms.Form):
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    canned = forms.ChoiceField(
        label=_("Ready text"),
        choices=[("", _("I write it myself")), *((name, label) for name, (label, _text) in CANNED.items())],
        required=False,
        help_text=_("Sent as “They are told” where you write nothing there."),
    )
    told = _area(
        _("They are told"),
        TOLD_CHARS_MAX,
        _("Word for word, to whom the decision names, and nobody else. Kept for good."),
        required=False,
    )
    reason = _area(
        _("Note for moderators"),
        REASON_CHARS_MAX,
        _("Kept for good, with your name and the time. Moderators alone ever read it."),
    )
    version = TextField(widget=forms.HiddenInput, required=False)

    def __init__(self, options: Sequence[Option], data: Any = None, *, version: str) -> None:
        super().__init__(data, initial={"version": version})
        self.options = {option.name: option for option in options}
        self.fields["decision"].choices = [(option.name, option.label) for option in options]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        canned = CANNED.get(cleaned.get("canned", ""))
        cleaned["told"] = cleaned.get("told") or (str(canned[1]) if canned else "")
        option = self.options.get(cleaned.get("decision", ""))
        if option is not None and option.tells and not cleaned["told"] and "told" not in self.errors:
            self.add_error("told", _("Write what they are told, or choose a ready text."))
        return cleaned


class NoteForm(forms.Form):
    reason = _area(_("Your note"), REASON_CHARS_MAX, _("Kept for good, with your name. Moderators alone read it."))


@dataclass
class CasePage:
    """All that the template of a case shows. `texts` are the entries that were read just now, by their ids."""

    case: Case
    staff: User
    now: datetime

    @cached_property
    def options(self) -> list[Option]:
        is_decided = not self.case.is_open or is_waiting(self.case, self.now)
        return [] if is_decided else options_for(self.case, self.staff)

    @property
    def version(self) -> str:
        """Return a digest of what is decided about: what is confirmed is what was looked at."""
        stands = [(option.name, str(option.money)) for option in self.options]
        return salted_hmac("case", repr((self.case.pk, self.case.closed_at, stands))).hexdigest()

    @cached_property
    def asked(self) -> list[Approval]:
        """Return what waits for a second person before the case can be decided, or is decided with it."""
        return list(asked_about(self.case, self.now)) if self.case.is_open else []

    @property
    def heading(self) -> str:
        return heading_of(self.case)

    @property
    def target_url(self) -> str:
        return page_of(self.case)

    @property
    def way_out(self) -> tuple[Words, str] | None:
        return way_out_of(self.case)

    @property
    def outcome(self) -> str:
        return outcome_of(self.case)

    @property
    def is_mine(self) -> bool:
        return self.case.is_held_by(self.staff, self.now)

    @property
    def is_held(self) -> bool:
        return self.case.is_held(self.now)

    @property
    def is_overdue(self) -> bool:
        return self.case.is_overdue(self.now)

    @cached_property
    def reports(self) -> list[tuple[Report, str]]:
        reports = self.case.reports.select_related("reporter", "feedback", "drop", "handled_by").order_by("pk")
        return [(report, self._feedback_of(report)) for report in reports]

    @staticmethod
    def _feedback_of(report: Report) -> str:
        return feedback_in_words(report.feedback, PACKS[report.drop.pack].chips) if report.feedback else ""

    @cached_property
    def marks(self) -> list[tuple[RiskMark, str, list[tuple[str, str]]]]:
        """Return the risk marks, each with why it stands and links to what it names."""
        return [(mark, why(mark), pointers(mark)) for mark in self.case.marks.order_by("pk")]

    @cached_property
    def entries(self) -> list[Submission]:
        """Return the entries of its contest; of one about an entry, that one."""
        if self.case.contest is None:
            return []
        entries = self.case.contest.submissions.select_related("claim", "user").order_by("claim__seat", "pk")
        return list(entries.filter(pk=self.case.submission.pk) if self.case.submission else entries)

    @cached_property
    def files(self) -> list[Any]:
        return list(self.case.contest.attachments.order_by("created_at", "pk")) if self.case.contest else []

    @cached_property
    def people(self) -> list[tuple[Words, User]]:
        return people_of(self.case)

    @cached_property
    def histories(self) -> list[History]:
        return histories_of(self.people)

    @property
    def decisions(self) -> Any:
        return decisions_about(self.people)

    @property
    def earlier(self) -> list[tuple[Case, str]]:
        return [(case, outcome_of(case)) for case in earlier_cases(self.case)]

    @property
    def notes(self) -> Any:
        return history_of(self.case)

    @cached_property
    def money(self) -> list[tuple[Words, str]]:
        """Return the strip of sums: what is at stake, what is held of it, and what everybody has."""
        strip: list[tuple[Words, str]] = [(_("At stake when it was opened"), format_cents(self.case.money_cents))]
        if contest := self.case.contest:
            strip.append((_("Price"), format_cents(contest.price_cents)))
            strip.append((_("A winner gets"), format_cents(net_cents(contest.price_cents))))
            strip.append((_("In escrow now"), format_cents(ledger.escrow_cents(contest.reference))))
        for role, user in (pair for pair in self.people if pair[0] is not REPORTER):
            strip.append((_("{role}'s wallet").format(role=role), format_cents(ledger.balance_cents(user))))
        return strip
