"""Working from the queue, and reading what is sealed, as somebody with a role meets it: each act by every door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts import decisions_csv
from accounts.models import AuditEvent, User
from core.errors import Forbidden
from drops.desk import deciding, holding
from drops.models import Attachment, Case, Submission
from drops.moderation import decisions
from tests.admin_site import change_url
from tests.drops.admin.judging_doors import Waiting
from tests.drops.admin.verb_cases import TOLD, WHY
from tests.play import NOON, after

# By label, and by door: whether this door lets somebody do it to a case of reports, with what waits for a verdict.
Doors = dict[str, Callable[[Case, Waiting, User, Client], bool]]
DAYS = {"first": date(2030, 1, 1), "last": date(2030, 1, 2)}


def lets(act: Callable[[], Any]) -> bool:
    """Whether the verb itself lets it be done."""
    try:
        act()
    except Forbidden:
        return False
    return True


def leaves_record(act: Callable[[], Any]) -> bool:
    before = AuditEvent.objects.count()
    act()
    return AuditEvent.objects.count() > before


def address(name: str, *of: object) -> str:
    return reverse(f"admin:drops_case_{name}", args=of)


def held_by(staff: User, case: Case) -> Case:
    """Put the case into somebody's hands, whether they might have taken it or not."""
    Case.objects.filter(pk=case.pk).update(assignee=staff, lease_until=after(900))
    return Case.objects.get(pk=case.pk)


def gives_back_by_admin(case: Case, _w: Waiting, staff: User, client: Client) -> bool:
    held_by(staff, case)
    client.post(address("give-back", case.pk))
    return Case.objects.get(pk=case.pk).assignee is None


def read_by_verb(case: Case, _w: Waiting, staff: User, _client: Client) -> bool:
    entry = entry_of(case)
    return lets(lambda: decisions.read_entry(submission=entry, staff=staff, reason=WHY, now=after(60)))


def entry_of(case: Case) -> Submission:
    assert case.contest is not None
    return case.contest.submissions.get()


def file_by_verb(_case: Case, w: Waiting, staff: User, _client: Client) -> bool:
    file: Attachment = w.file
    return lets(lambda: decisions.read_file(attachment=file, staff=staff, reason=WHY, now=after(60)))


def file_by_api(_case: Case, w: Waiting, _staff: User, client: Client) -> bool:
    answer = client.get(f"/api/attachments/{w.file.pk}?reason=A+report")
    return answer.status_code == 200 and b"".join(answer) == b"North."


def decide_by_verb(case: Case, _w: Waiting, staff: User, _client: Client) -> bool:
    words = {"decision": "dismiss-case", "told": TOLD, "reason": WHY}
    return lets(lambda: deciding.decide_case(case=case, staff=staff, now=after(60), **words))


def decide_by_admin(case: Case, _w: Waiting, _staff: User, client: Client) -> bool:
    page = client.get(change_url(case), follow=True)
    form = page.context.get("form")
    version = form["version"].value() if form is not None and "version" in form.fields else ""
    sent = {"version": version, "decision": "dismiss-case", "told": TOLD, "reason": WHY}
    client.post(address("decide", case.pk), sent)
    return not Case.objects.get(pk=case.pk).is_open


def export_by_admin(_case: Case, _w: Waiting, _staff: User, client: Client) -> bool:
    return leaves_record(lambda: client.post(reverse("admin:accounts_auditevent_export"), {**DAYS, "reason": WHY}))


ACTS: dict[str, Doors] = {
    "Take the next case": {
        "verb": lambda case, w, staff, _: lets(lambda: holding.take_next(staff=staff, now=after(60))),
        "admin": lambda case, w, staff, client: leaves_record(lambda: client.post(address("next"))),
    },
    "Take a case of reports": {
        "verb": lambda case, w, staff, _: lets(lambda: holding.take_case(case=case, staff=staff, now=after(60))),
        "admin": lambda case, w, staff, client: leaves_record(lambda: client.post(address("take", case.pk))),
    },
    "Give a case back": {
        "verb": lambda case, w, staff, _: lets(
            lambda: holding.give_back(case=held_by(staff, case), staff=staff, now=after(60))
        ),
        "admin": gives_back_by_admin,
    },
    "Add a note to a case": {
        "verb": lambda case, w, staff, _: lets(
            lambda: holding.note_on_case(case=case, staff=staff, reason=WHY, now=after(60))
        ),
        "admin": lambda case, w, staff, client: leaves_record(
            lambda: client.post(address("note", case.pk), {"reason": WHY})
        ),
    },
    "Decide a case of reports": {"verb": decide_by_verb, "admin": decide_by_admin},
    "Read an entry of a case": {
        "verb": read_by_verb,
        "admin": lambda case, w, staff, client: leaves_record(
            lambda: client.post(address("read", case.pk, entry_of(case).pk))
        ),
    },
    "Read a file of an entry": {"verb": file_by_verb, "API": file_by_api},
    "Export decisions": {
        "verb": lambda case, w, staff, _: lets(
            lambda: decisions_csv.export_decisions(staff=staff, reason=WHY, now=NOON, **DAYS)
        ),
        "admin": export_by_admin,
    },
}
# The admin's addresses beside those of verbs and Django's own, by the act that each one is a door to.
ADDRESSES = {
    "drops_case_next": "Take the next case",
    "drops_case_take": "Take a case of reports",
    "drops_case_give-back": "Give a case back",
    "drops_case_note": "Add a note to a case",
    "drops_case_decide": "Decide a case of reports",
    "drops_case_read": "Read an entry of a case",
    "accounts_auditevent_export": "Export decisions",
}
# There nothing is done: what was found, more rows of a file, and the way from ticked rows to their confirmation.
SHOWN_ALONE = {"search", "accounts_user_part", "drops_case_chosen"}
# Verbs of staff that no verb of the admin calls, by the act that asks them.
VERBS = {
    "take_next": "Take the next case",
    "take_case": "Take a case of reports",
    "give_back": "Give a case back",
    "note_on_case": "Add a note to a case",
    "decide_case": "Decide a case of reports",
    "read_file": "Read a file of an entry",
    "export_decisions": "Export decisions",
}
