"""Staff outside the admin, with and without their second factor."""

import time
from types import SimpleNamespace

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts import second_factor
from accounts.models import AuditEvent
from drops.judging import steps
from tests.api import Api, is_problem
from tests.clorp.site.test_admin_entrance import log_in
from tests.drops.pages_of_judging import opened
from tests.play import NOON, enter, open_drop, ring

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked_of_staff(settings):
    settings.STAFF_SECOND_FACTOR = True
    settings.JUDGE = "staff"


@pytest.fixture
def moderator(staff):
    staff.set_password("a good password")
    staff.save()
    return staff


@pytest.fixture
def ranked(sender, agent):
    drop = open_drop(sender)
    enter(drop, agent, "the sealed words")
    return ring(drop)


def test_without_it_staff_neither_judge_nor_read_over_the_pages(client, moderator, ranked):
    log_in(client, moderator.email)
    answer = client.get(f"/drops/{ranked.pk}/picks")
    assert answer.status_code == 403 and b"the sealed words" not in answer.content
    assert b"it asks for your second factor" in answer.content
    entry = ranked.submissions.get()
    assert client.get(f"/api/submissions/{entry.pk}?reason=curious").status_code == 404
    assert not AuditEvent.objects.exists()


def test_with_it_they_do(client, moderator, ranked):
    TOTP.activate(moderator, generate_totp_secret())
    client.force_login(moderator)
    session = client.session
    record_authentication(SimpleNamespace(session=session), moderator, "mfa", type="totp")
    session.save()
    assert b"the sealed words" in opened(ranked, client).content


def test_the_next_day_a_session_that_was_left_open_is_asked_again(client, moderator, ranked, settings, monkeypatch):
    TOTP.activate(moderator, generate_totp_secret())
    client.force_login(moderator)
    session = client.session
    record_authentication(SimpleNamespace(session=session), moderator, "mfa", type="totp")
    session.save()
    statuses = []
    for hours in (11.9, 12.1):
        later = time.time() + hours * 3600
        monkeypatch.setattr(second_factor, "time", SimpleNamespace(time=lambda later=later: later))
        statuses.append(client.get("/admin/").status_code)
        statuses.append(client.get(f"/drops/{ranked.pk}/picks").status_code)
    assert statuses == [200, 200, 302, 403]


def test_a_key_of_theirs_is_a_players(moderator, ranked):
    api = Api(moderator)
    is_problem(api.get(f"jobs/{ranked.pk}/picks"), 403, "not_yours_to_judge")
    is_problem(api.get(f"submissions/{ranked.submissions.get().pk}?reason=x"), 404, "not_found")


def test_where_the_setting_is_off_a_password_is_enough(client, moderator, ranked, settings):
    settings.STAFF_SECOND_FACTOR = False
    log_in(client, moderator.email)
    assert client.get(f"/drops/{ranked.pk}/picks").status_code == 200
    assert steps.question_for(drop=ranked, judge=moderator, now=NOON)
