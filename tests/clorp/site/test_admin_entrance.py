"""How moderators get in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal import auth
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from accounts.models import User
from tests.admin_site import logged_in

pytestmark = pytest.mark.django_db
POLICY = "Content-Security-Policy"


@pytest.fixture(autouse=True)
def second_factor(settings):
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture(autouse=True)
def codes_that_last(monkeypatch):
    """A code is good for half a minute, which may be over by the time that the page has read it."""
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: 1_900_000_000.0))


@pytest.fixture
def chief(db):
    return User.objects.create_superuser("chief@example.com", "a good password")


def log_in(client, email, **second):
    """By password at the login page, and with a code where one is given."""
    client.post("/accounts/login/", {"login": email, "password": "a good password"})
    if second:
        client.post("/accounts/2fa/authenticate/", second)
    return client


def code_of(factor):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(factor.instance.data["secret"], counter))


def test_the_admins_login_is_everybodys_login(client: Client):
    response = client.get("/admin/login/?next=/admin/drops/drop/")
    assert response["Location"] == "/accounts/login/?next=%2Fadmin%2Fdrops%2Fdrop%2F"
    assert client.post("/admin/login/", {"username": "chief@example.com"}).status_code == 302


def test_whoever_is_no_moderator_is_not_let_in(agent):
    assert logged_in(agent).get("/admin/", follow=True).status_code == 403


def test_without_a_second_factor_a_moderator_is_sent_to_set_one_up(chief):
    response = logged_in(chief).get("/admin/drops/drop/")
    assert response["Location"] == "/accounts/2fa/"


def test_a_session_from_before_the_second_factor_is_asked_for_it(client, chief):
    log_in(client, chief.email)
    TOTP.activate(chief, generate_totp_secret())
    response = client.get("/admin/drops/drop/?q=1")
    assert response["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2Fdrops%2Fdrop%2F%3Fq%3D1"


def test_whoever_logged_in_with_the_second_factor_is_let_in(client, chief):
    factor = TOTP.activate(chief, generate_totp_secret())
    log_in(client, chief.email)
    assert client.get("/admin/drops/drop/").status_code == 302
    log_in(client, chief.email, code=code_of(factor))
    assert client.get("/admin/drops/drop/").status_code == 200


def test_logging_out_needs_no_second_factor(chief):
    client = logged_in(chief)
    client.post("/admin/logout/")
    assert "_auth_user_id" not in client.session


def test_where_the_setting_is_off_a_password_is_enough(chief, settings):
    settings.STAFF_SECOND_FACTOR = False
    assert logged_in(chief).get("/admin/").status_code == 200


def test_the_secret_of_a_second_factor_is_on_no_page(chief, settings):
    settings.STAFF_SECOND_FACTOR = False
    factor = TOTP.activate(chief, "JBSWY3DPEHPK3PXP").instance
    page = logged_in(chief).get(f"/admin/mfa/authenticator/{factor.pk}/change/").content.decode()
    assert factor.data["secret"] not in page and "JBSWY3DPEHPK3PXP" not in page


def test_the_admin_sends_the_same_strict_policy_as_every_page(chief, settings):
    settings.STAFF_SECOND_FACTOR = False
    response = logged_in(chief).get("/admin/")
    assert "unsafe" not in response[POLICY]
    assert "script-src 'self'" in response[POLICY] and "style-src 'self'" in response[POLICY]


def test_the_demos_moderator_alone_is_spared(chief, settings):
    settings.STAFF_SPARED = "chief@example.com"
    assert logged_in(chief).get("/admin/").status_code == 200
    other = User.objects.create_superuser("other@example.com", "a good password")
    assert logged_in(other).get("/admin/")["Location"] == "/accounts/2fa/"
