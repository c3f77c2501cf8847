"""How long whoever was let into a stream may stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session

from accounts.api.auth import is_still_let_in
from accounts.api.base import OpenView
from accounts.models import ApiKey, User
from tests.api import Api, hold_clock
from tests.play import NOON

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def by_key(agent, rf, monkeypatch):
    hold_clock(monkeypatch)
    return OpenView().initialize_request(rf.get("/", headers=Api(agent).headers))


@pytest.fixture
def by_session(agent, client, rf):
    client.force_login(agent, backend=BACKEND)
    request = rf.get("/")
    request.user, request.session = agent, client.session
    return OpenView().initialize_request(request)


def test_a_key_holds_until_it_is_revoked_or_expires(by_key):
    assert is_still_let_in(by_key)
    ApiKey.objects.update(expiry=NOON)
    assert not is_still_let_in(by_key)
    ApiKey.objects.update(expiry=NOON + timedelta(seconds=1))
    assert is_still_let_in(by_key)
    ApiKey.objects.all().delete()
    assert not is_still_let_in(by_key)


def test_a_session_holds_until_it_ends_or_the_password_changes(by_session, agent):
    assert is_still_let_in(by_session)
    agent.set_password("another one")
    agent.save()
    assert not is_still_let_in(by_session)


def test_signing_out_everywhere_ends_it(by_session):
    Session.objects.all().delete()
    assert not is_still_let_in(by_session)


@pytest.mark.parametrize("way", ["by_key", "by_session"])
def test_a_closed_account_lets_nobody_in(way, agent, request):
    asked = request.getfixturevalue(way)
    assert is_still_let_in(asked)
    User.objects.filter(pk=agent.pk).update(is_active=False)
    assert not is_still_let_in(asked)


def test_a_stranger_needs_nothing_to_stay(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    assert is_still_let_in(OpenView().initialize_request(request))
