"""Whoever is of the staff reads of themselves neither notes, nor who reported them, nor why others decided."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.decisions_csv import export_decisions
from accounts.models import AuditEvent, Note, Notification, User
from drops.contest.links import note_evidence
from drops.desk import holding
from drops.desk.deciding import decide_case
from drops.models import Case, Drop, Report
from drops.moderation import decisions, standing
from tests.admin_site import change_url, list_url, logged_in, verb_url
from tests.drops.appeals import court
from tests.play import NOON, after, finished_drop, make_user, open_drop, staff_as
from wallet import adjusting
from wallet.models import Approval

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("past_noon")]
SECRET = "Shouts at rivals."


@pytest.fixture
def mona(agent, staff):
    """A moderator whom another has noted, whose drop a player has reported."""
    mona = staff_as("moderator", "mona")
    standing.write_note(user=mona, staff=staff, reason=SECRET, now=NOON)
    decisions.report_drop(drop=open_drop(mona), reporter=agent, reason=SECRET, now=NOON)
    return mona


def texts(client, mona):
    """Return every page on which it could stand."""
    yield client.get(change_url(mona))
    for part in ("notes", "decisions", "reports-about"):
        yield client.get(reverse("admin:accounts_user_part", args=[mona.pk, part]))
    for row in (Note.objects.get(), *AuditEvent.objects.all(), Report.objects.get()):
        yield client.get(list_url(type(row)))
        yield client.get(change_url(row), follow=True)
    yield client.get(verb_url("handle", Report.objects.get()))


def test_nobody_reads_what_others_say_of_them(mona):
    assert not any(SECRET in page.content.decode() for page in texts(logged_in(mona), mona))


def test_nobody_reads_who_reported_them_in_the_file_of_whoever_did(mona, agent, staff):
    decisions.handle_report(report=Report.objects.get(), staff=staff, reason=SECRET, told=SECRET, now=NOON)
    browser = logged_in(mona)
    pages = [change_url(agent), reverse("admin:accounts_user_part", args=[agent.pk, "reports-by"])]
    pages += [list_url(Notification), f"{list_url(Notification)}?kind=report-handled"]
    assert not any(SECRET in browser.get(page).content.decode() for page in pages)
    assert SECRET in logged_in(staff).get(pages[1]).content.decode()


def test_nobody_reads_the_note_on_an_appeal_of_their_own(sender, agent, staff):
    mona = staff_as("lead", "mona")
    made = court.appeal(finished_drop(sender, agent, mona), mona)
    court.dismiss(made, staff, reason=SECRET)
    pages = [change_url(made), change_url(made.drop), list_url(AuditEvent)]
    assert not any(SECRET in logged_in(mona).get(page, follow=True).content.decode() for page in pages)
    assert SECRET in logged_in(staff).get(pages[0]).content.decode()


def test_every_other_moderator_reads_it(mona, staff):
    pages = [page.content.decode() for page in texts(logged_in(staff), mona)]
    assert all(SECRET in page for page in pages[:4]) and SECRET in pages[4] and SECRET in pages[6]


@pytest.fixture
def second(agent, staff):
    """A second account of a moderator, noted, corrected and reported as if it were a stranger's."""
    second = make_user("mona+2")
    for one in (staff_as("lead", "mona"), second):
        note_evidence(one, NOON)
    standing.write_note(user=second, staff=staff, reason=SECRET, now=NOON)
    fin, words = staff_as("finance", "fin"), {"told": "Paid.", "reason": SECRET, "now": NOON}
    adjusting.adjust_wallet(user=second, cents=9_900, staff=fin, **words)
    report = decisions.report_drop(drop=open_drop(second), reporter=agent, reason=SECRET, now=NOON)
    holding.note_on_case(case=report.case, staff=staff, reason=SECRET, now=NOON)
    decisions.handle_report(report=report, staff=staff, told="Thanks.", reason=SECRET, now=after(1))
    return second


def doors(client, reader):
    """Return the text of every page, and of the file, on which what is noted of a second account could stand."""
    for row in (Note.objects.get(), *AuditEvent.objects.all(), Approval.objects.get(), Case.objects.get()):
        yield client.get(list_url(type(row))).content.decode()
        yield client.get(change_url(row), follow=True).content.decode()
    yield client.get(change_url(Drop.objects.get())).content.decode()
    lines = export_decisions(staff=reader, first=NOON.date(), last=NOON.date(), reason="The audit.", now=after(9))
    yield "".join(lines)


def test_nobody_reads_what_others_say_of_a_second_account_of_theirs(second):
    mona = User.objects.get(email="mona@example.com")
    assert [text for text in doors(logged_in(mona), mona) if SECRET in text] == []


def test_others_read_all_of_it(second):
    lee = staff_as("lead", "lee")
    *pages, file = doors(logged_in(lee), lee)
    assert all(SECRET in page for page in pages[:10]) and SECRET in pages[-1] and file.count(SECRET) == 4


def test_what_was_asked_for_from_the_page_of_a_case_about_them_is_not_theirs_to_read(agent, staff, settings):
    settings.FOUR_EYES_REFUND_CENTS = 400
    mona, words = staff_as("lead", "mona"), {"told": "Gone.", "reason": SECRET, "now": after(60)}
    case = decisions.report_drop(drop=open_drop(mona), reporter=agent, reason="Spam.", now=NOON).case
    decide_case(case=case, decision="remove", staff=staff, **words)
    for user, is_shown in ((mona, False), (staff_as("lead", "lee"), True)):
        page = logged_in(user).get(change_url(Approval.objects.get()), follow=True).content.decode()
        assert (SECRET in page) is is_shown
