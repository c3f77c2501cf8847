"""Cookies of sessions as strangers, and broken browsers, send them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.machines import by_turns

pytestmark = pytest.mark.django_db
PATHS = ["/", "/board", "/me", "/accounts/login/", "/live/board", "/api/board", "/api/whoami", "/admin/"]
GARBLED = [
    '"\\000aaaaaaaa"',
    "a" * 5_000,
    "x",
    "",
    '"\\377\\376aaaaaaaa"',
    "' OR 1=1 --aaaaaaaa",
    "\xffaaaaaaaa",
    "A" * 32,
]


def asked(path, cookie):
    client = Client(raise_request_exception=False)
    return client.get(path, headers={"Cookie": f"sessionid={cookie}"}).status_code


@pytest.mark.parametrize("cookie", GARBLED, ids=lambda cookie: ascii(cookie[:20]))
@pytest.mark.parametrize("path", PATHS)
def test_a_garbled_session_cookie_is_nobodys(path, cookie):
    assert asked(path, cookie) == Client().get(path).status_code


@settings(max_examples=by_turns(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60))
@example("\x00aaaaaaaa")
def test_no_cookie_at_all_is_a_fault_of_ours(cookie):
    assert asked("/me", cookie) == 302


def test_a_session_that_is_one_still_is(agent, client):
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/me").status_code == 200


@pytest.mark.parametrize("is_over", [True, False])
def test_a_session_that_has_run_out_is_nobodys(agent, client, is_over):
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    hour = timedelta(hours=-1 if is_over else 1)
    Session.objects.filter(pk=client.cookies["sessionid"].value).update(expire_date=timezone.now() + hour)
    assert client.get("/me").status_code == (302 if is_over else 200)


def test_a_session_that_was_ended_elsewhere_is_nobodys(agent, client):
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/me").status_code == 200
    Session.objects.filter(pk=client.cookies["sessionid"].value).delete()
    assert client.get("/me").status_code == 302


def test_two_who_ask_in_turns_are_told_apart(agent, rival):
    browsers = {person: Client() for person in (agent, rival)}
    for person, browser in browsers.items():
        browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    for person in (agent, rival, agent):
        assert browsers[person].get("/me").wsgi_request.user == person
