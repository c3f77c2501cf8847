"""The parts of a person's file: rows of one kind, newest first, each with what it links to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import ApiKey, AuditEvent, User
from core.admin_base import link_to
from core.words import Words
from drops.admin.causes import cause_of
from drops.desk.not_theirs import reports_about
from drops.models import Claim, Drop, Report
from wallet.books.statement import words_of
from wallet.models import Entry, Withdrawal
from wallet.money import format_cents

Cells = list[Any]


@dataclass(frozen=True)
class Part:
    """One list in a person's file; `cells` says what is shown of a row, `order` what it is sorted by, newest first, the
    last column unique."""

    name: str
    label: Words
    columns: tuple[Words, ...]
    rows: Callable[[User], QuerySet[Any]]
    cells: Callable[[Any], Cells]
    order: tuple[str, ...] = ("id",)


def minute(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at is not None else "-"


def _drop_cells(drop: Drop) -> Cells:
    return [minute(drop.created_at), link_to(drop), drop.get_status_display(), format_cents(drop.price_cents)]


def _seat_cells(claim: Claim) -> Cells:
    entry = getattr(claim, "submission", None)
    came = claim.get_end_reason_display() if claim.ended_at else _("held")
    entered = link_to(entry, str(entry.grade or _("entered"))) if entry is not None else "-"
    return [minute(claim.created_at), link_to(claim.drop), str(claim.seat), came, entered]


def _line_cells(entry: Entry) -> Cells:
    balance = format_cents(entry.balance_after) if entry.balance_after is not None else "-"
    return [minute(entry.created_at), words_of(entry), format_cents(entry.delta), balance, cause_of(entry)]


def _report_cells(report: Report) -> Cells:
    handled = _("handled") if report.handled_at else _("open")
    return [minute(report.created_at), link_to(report.reporter), link_to(report.drop), link_to(report), handled]


def _session_cells(session: UserSession) -> Cells:
    return [minute(session.created_at), minute(session.last_seen_at), session.user_agent[:80]]


def _key_cells(key: ApiKey) -> Cells:
    return [minute(key.created), key.name, ", ".join(key.scopes), minute(key.last_used_at), minute(key.expiry)]


def _decision_cells(event: AuditEvent) -> Cells:
    told = event.changes.get("told", ["", ""])[1]
    return [minute(event.created_at), event.actor.email, link_to(event, event.action), event.reason, told]


def _note_cells(note: Any) -> Cells:
    return [minute(note.created_at), note.author.email, note.text]


def _withdrawal_cells(row: Withdrawal) -> Cells:
    return [minute(row.created_at), link_to(row, format_cents(row.amount_cents)), row.status, minute(row.ended_at)]


def _reports_about(user: User) -> QuerySet[Any]:
    return reports_about({user.pk}).select_related("drop", "reporter")


WHEN = _("When (UTC)")
REPORTED = (WHEN, _("By"), _("Drop"), _("Report"), _("State"))
PARTS = {
    part.name: part
    for part in (
        Part(
            "notes",
            _("Notes of moderators"),
            (WHEN, _("By"), _("Note")),
            lambda user: user.notes_about.select_related("author"),  # type: ignore[attr-defined]
            _note_cells,
        ),
        Part(
            "decisions",
            _("Decisions about them"),
            (WHEN, _("By"), _("Act"), _("Note for moderators"), _("They were told")),
            lambda user: AuditEvent.objects.filter(target=f"user:{user.pk}").select_related("actor"),
            _decision_cells,
        ),
        Part("reports-about", _("Reports about them"), REPORTED, _reports_about, _report_cells),
        Part(
            "reports-by",
            _("Reports by them"),
            REPORTED,
            lambda user: Report.objects.filter(reporter=user).select_related("drop", "reporter"),
            _report_cells,
        ),
        Part(
            "drops",
            _("Drops"),
            (WHEN, _("Drop"), _("Status"), _("Price")),
            Drop.objects.sent_by,
            _drop_cells,
            order=("created_at", "id"),
        ),
        Part(
            "seats",
            _("Seats"),
            (WHEN, _("Drop"), _("Seat"), _("State"), _("Entry")),
            lambda user: Claim.objects.of(user).select_related("drop", "submission"),
            _seat_cells,
            order=("created_at", "id"),
        ),
        Part(
            "statement",
            _("Statement"),
            (WHEN, _("Line"), _("Amount"), _("Balance"), _("Cause")),
            Entry.objects.of_user,
            _line_cells,
        ),
        Part(
            "withdrawals",
            _("Withdrawals"),
            (WHEN, _("Withdrawal"), _("Status"), _("Ended")),
            lambda user: Withdrawal.objects.filter(user=user),
            _withdrawal_cells,
            order=("created_at", "id"),
        ),
        Part(
            "sessions",
            _("Sessions"),
            (_("Begun (UTC)"), _("Last seen"), pgettext_lazy("of a session", "Browser")),
            lambda user: UserSession.objects.filter(user=user),
            _session_cells,
        ),
        Part(
            "keys",
            _("API keys"),
            (_("Made (UTC)"), _("Name"), pgettext_lazy("of a key", "May"), _("Last used"), _("Ends")),
            lambda user: ApiKey.objects.filter(user=user),
            _key_cells,
            order=("created", "public_id"),
        ),
    )
}
