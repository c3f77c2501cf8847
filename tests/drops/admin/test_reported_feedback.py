"""Feedback that was reported: moderators read it on the report's page, and may take it out of its reader's sight."""

import pytest

from accounts.models import AuditEvent
from core.errors import Forbidden
from core.text import apart, sentence_apart
from drops.contest.rules import IllegalTransition
from drops.models import Feedback, Report
from drops.moderation import decisions
from drops.moderation.acts import AlreadyDone
from tests.admin_site import change_url, list_url, logged_in
from tests.drops.admin.verb_cases import reported_feedback
from tests.play import NOON, open_drop

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(sender, agent, settings):
    settings.STAFF_SECOND_FACTOR = False
    return reported_feedback(sender, agent)


def hide(report, staff):
    return decisions.hide_feedback(report=report, staff=staff, told="It was rude.", reason="Rude.", now=NOON)


def test_a_moderator_reads_what_was_reported_and_where_it_leads(report, staff):
    browser = logged_in(staff)
    page = browser.get(change_url(report)).content.decode()
    assert "Fish." in page and "Take the feedback out of sight" in page
    assert browser.get(list_url(Report)).status_code == 200


def test_a_report_of_a_drop_offers_nothing_about_feedback(report, rival, staff, sender):
    other = decisions.report_drop(drop=open_drop(sender), reporter=rival, reason="Damp.", now=NOON)
    assert "Take the feedback out of sight" not in logged_in(staff).get(change_url(other)).content.decode()
    with pytest.raises(IllegalTransition):
        hide(other, staff)
    assert Feedback.objects.get().hidden_at is None


def test_it_is_taken_out_of_sight_once_and_who_wrote_it_is_told(report, staff, sender, agent):
    hide(report, staff)
    assert not Feedback.objects.for_author(agent).exists()
    with pytest.raises(AlreadyDone):
        hide(report, staff)
    assert sender.notifications.filter(kind="feedback-hidden").count() == 1
    assert AuditEvent.objects.filter(action="hide-feedback").count() == 1


def test_what_is_told_keeps_a_title_and_a_reason_from_right_to_left_apart(report, staff, sender):
    report.drop.title = "סגור (א)"
    decisions.hide_feedback(report=report, staff=staff, told="גס (א)", reason="Rude.", now=NOON)
    told = sender.notifications.get(kind="feedback-hidden").text
    assert f"“{apart('סגור (א)')}”" in told and told.endswith(sentence_apart("גס (א)"))


def test_whoever_wrote_it_or_reported_it_does_not_decide_about_it(report, sender, agent):
    for user in (sender, agent):
        user.is_staff = user.is_superuser = True
        user.save()
        with pytest.raises(Forbidden):
            hide(report, user)
    assert Feedback.objects.get().hidden_at is None


def test_whoever_wrote_it_closes_no_report_of_it_whatever_they_are_to_the_contest(sender, agent, staff, settings):
    settings.JUDGE = "staff"
    report = reported_feedback(sender, agent, judged_by=staff)
    acts = AuditEvent.objects.count()
    with pytest.raises(Forbidden):
        decisions.handle_report(report=report, staff=staff, told="It was fair.", reason="Mine.", now=NOON)
    with pytest.raises(Forbidden):
        hide(report, staff)
    report.refresh_from_db()
    assert report.handled_at is None and AuditEvent.objects.count() == acts
