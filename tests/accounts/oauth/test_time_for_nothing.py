"""Programs of strangers cost no more of our time than a page does: neither by their secrets nor by their documents."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.idp.oidc.models import Client as Known
from django.contrib.auth import hashers
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.entrance import client_secrets
from accounts.oauth import mending
from accounts.webhooks import http_post
from accounts.webhooks.http_post import Page
from tests.accounts.oauth.programs import register

pytestmark = pytest.mark.django_db
ADDRESS = "https://namer.example/client.json"
TIMES = 40
# As many as allauth's limits let one address try a password, or sign up, in a minute.
SLOW_MAX = 20


@pytest.fixture
def hashed(monkeypatch):
    """Every secret that was hashed slowly; in production each of them takes most of a second."""
    encode, all_of = hashers.MD5PasswordHasher.encode, []
    note = lambda self, password, salt: all_of.append(password) or encode(self, password, salt)  # noqa: E731
    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", note)
    return all_of


def a_secret_one(**told):
    return register(token_endpoint_auth_method="client_secret_post", grant_types=["refresh_token"], **told).json()


DOORS = {
    "token": "/identity/o/api/token",
    "revoke": "/identity/o/api/revoke",
    "device": "/identity/o/api/device/code",
    "login": "/accounts/login/",
    "signup": "/accounts/signup/",
}


@pytest.mark.parametrize("door", DOORS)
def test_no_door_of_strangers_hashes_slowly_beyond_a_limit(hashed, door):
    program = {**a_secret_one(), "client_secret": "wrong"}
    named = {name: program[name] for name in ("client_id", "client_secret")}
    for number in range(TIMES):
        token = {"grant_type": "refresh_token", "refresh_token": "x", "token": "x"}
        person = {"login": f"a{number}@example.com", "email": f"a{number}@example.com"}
        Client().post(DOORS[door], {**named, **token, **person, "password": "x" * 9, "password1": "a good one 9"})
    assert len(hashed) <= SLOW_MAX


def test_making_programs_known_hashes_nothing_slowly(hashed):
    assert {register().status_code for _ in range(TIMES)} >= {201, 429} and hashed == []


def test_a_programs_secret_opens_and_no_other_does():
    program = a_secret_one()
    client = Known.objects.get(pk=program["client_id"])
    assert client.check_secret(program["client_secret"]) and not client.check_secret("wrong")
    assert program["client_secret"] not in client.secret


def test_a_secret_of_an_older_version_opens_still_and_is_kept_anew(hashed):
    client = Known.objects.create(id="old", name="Old", secret=hashers.make_password("long ago"))
    assert not any(client.check_secret("wrong") for _ in range(TIMES))
    assert len(hashed) <= SLOW_MAX and not client.check_secret("long ago")


def test_whoever_comes_with_an_older_secret_is_let_in_at_once():
    client = Known.objects.create(id="old", name="Old", secret=hashers.make_password("long ago"))
    assert client.check_secret("long ago")
    client.refresh_from_db()
    assert client.secret == client_secrets.digest_of("long ago") and client.check_secret("long ago")


def test_of_documents_that_are_asked_for_at_once_so_many_hold_a_thread(monkeypatch):
    begun, go_on = threading.Semaphore(0), threading.Event()
    document = b'{"redirect_uris": ["http://localhost/callback"]}'
    slow = lambda url, **_limits: (begun.release(), go_on.wait(60), Page(200, document))[-1]  # noqa: E731
    monkeypatch.setattr(http_post, "get", slow)
    with ThreadPoolExecutor(mending.DOCUMENTS_AT_ONCE) as threads:
        first = [threads.submit(mending.cimd.fetch_metadata, ADDRESS) for _ in range(mending.DOCUMENTS_AT_ONCE)]
        for _each in first:
            assert begun.acquire(timeout=60)
        with pytest.raises(ValidationError, match="in a few seconds"):
            mending.cimd.fetch_metadata(ADDRESS)
        go_on.set()
        assert all(each.result()["redirect_uris"] for each in first)
    assert mending.cimd.fetch_metadata(ADDRESS)


def test_a_document_is_waited_for_no_longer_than_a_page_would_be(monkeypatch):
    asked = {}
    monkeypatch.setattr(http_post, "get", lambda url, **limits: asked.update(limits) or Page(404, b""))
    with pytest.raises(ValidationError):
        mending.fetch_document(ADDRESS)
    assert 0 < asked["seconds_max"] <= 2
