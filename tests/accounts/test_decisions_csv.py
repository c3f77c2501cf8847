"""The file of all decisions: who may take it, that it is on record, and that a spreadsheet runs none of it."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest

from accounts.decisions_csv import COLUMNS, export_decisions
from accounts.models import AuditEvent, record_audit
from core.errors import Forbidden, Invalid
from tests.admin_site import grant, logged_in
from tests.play import NOON, after, make_user

pytestmark = pytest.mark.django_db
DAY = NOON.date()


def act(staff, **more):
    facts = {"action": "remove", "target": "drop:1", "reason": "Spam.", "now": NOON, "changes": {"told": ["", "Gone."]}}
    return record_audit(actor=staff, **{**facts, **more})


def lines(staff, first=DAY, last=DAY, reason="The yearly audit."):
    return list(csv.reader(export_decisions(staff=staff, first=first, last=last, reason=reason, now=after(9))))


def test_it_holds_the_days_asked_for_and_both_texts(staff):
    act(staff, now=NOON - timedelta(days=1))
    act(staff, changes={"told": ["", "Gone."], "name": ["a", "b"]})
    head, row, own = lines(staff)
    assert tuple(head) == COLUMNS
    assert row[:6] == ["2030-01-01T12:00:00Z", staff.email, "remove", "drop:1", "Spam.", "Gone."]
    assert row[6] == '{"name": ["a", "b"]}' and own[2] == "export-decisions"


def test_taking_it_is_on_record_before_a_line_is_given(staff):
    export_decisions(staff=staff, first=DAY, last=DAY, reason="The yearly audit.", now=after(9))
    event = AuditEvent.objects.get()
    assert (event.action, event.target, event.reason) == (
        "export-decisions",
        "decisions:2030-01-01..2030-01-01",
        "The yearly audit.",
    )


def test_no_cell_is_a_formula(staff):
    act(staff, reason='=HYPERLINK("https://x.test")', changes={"told": ["", "@SUM(1)"]})
    row = lines(staff)[1]
    assert row[4].startswith("'=") and row[5].startswith("'@")
    assert not any(cell[:1] in tuple("=+-@") for cell in row)


def test_the_last_day_of_the_calendar_is_one_that_can_be_asked_for(staff):
    assert len(lines(staff, first=date(9999, 12, 1), last=date.max)) == 1


def test_players_and_the_wrong_days_get_nothing(staff):
    with pytest.raises(Forbidden):
        lines(make_user("player"))
    for last in (date(2029, 12, 31), DAY + timedelta(days=366)):
        with pytest.raises(Invalid):
            lines(staff, last=last)
    with pytest.raises(Invalid):
        lines(staff, reason=" ")
    assert not AuditEvent.objects.exists()


def test_the_admin_asks_why_and_gives_the_file(staff):
    act(staff)
    client = logged_in(grant(staff, "accounts.view_auditevent"))
    assert "/admin/accounts/auditevent/export/" in client.get("/admin/accounts/auditevent/").content.decode()
    assert client.get("/admin/accounts/auditevent/export/").status_code == 200
    days = {"first": "2030-01-01", "last": "2030-01-01"}
    assert "required" in client.post("/admin/accounts/auditevent/export/", days).content.decode()
    answer = client.post("/admin/accounts/auditevent/export/", {**days, "reason": "The audit."})
    assert answer["Content-Type"] == "text/csv; charset=utf-8" and "no-store" in answer["Cache-Control"]
    assert b"drop:1" in b"".join(answer.streaming_content)
    assert AuditEvent.objects.filter(action="export-decisions").count() == 1
    assert logged_in(make_user("x", is_staff=False)).get("/admin/accounts/auditevent/export/").status_code in {302, 403}
