"""Cookies of sessions as strangers, and broken browsers, send them."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

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


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60))
@example("\x00aaaaaaaa")
def test_no_cookie_at_all_is_a_fault_of_ours(cookie):
    assert asked("/me", cookie) == 302


def test_a_session_that_is_one_still_is(agent, client):
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/me").status_code == 200
