"""Whoever asks for more pages than a person looks at is told to wait, and nobody else is."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.test import Client

from core.live.bodies import BodyTooLarge
from drops.pages import competing
from tests.admin_site import logged_in
from tests.api import hold_clock
from tests.play import after

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_pages_a_minute(settings, monkeypatch):
    settings.PAGES_PER_MINUTE = settings.PAGES_ANONYMOUS_PER_MINUTE = 2
    hold_clock(monkeypatch, after(50))


def statuses(client, path, times=3, **more):
    return [client.get(path, **more).status_code for _ in range(times)]


@pytest.mark.parametrize("path", ["/me/drops", "/wallet", "/board?q=x", "/admin/", "/drops/new"])
def test_one_page_too_many_is_refused_until_the_minute_is_over(path, sender, monkeypatch):
    client = logged_in(sender)
    assert 429 not in statuses(client, path, 2)
    refused = client.get(path)
    assert (refused.status_code, refused["Retry-After"]) == (429, "11")
    assert "Nothing was changed" in refused.content.decode()
    hold_clock(monkeypatch, after(60))
    assert 429 not in statuses(client, path, 2)


def test_strangers_are_counted_by_address_and_members_by_account(sender, agent):
    assert statuses(Client(), "/accounts/login/", 3) == [200, 200, 429]
    assert statuses(Client(), "/accounts/login/", 1, REMOTE_ADDR="203.0.113.7") == [200]
    assert statuses(logged_in(sender), "/wallet") == statuses(logged_in(agent), "/wallet") == [200, 200, 429]


def test_forms_are_counted_as_well(sender):
    client = logged_in(sender)
    answers = [client.post("/preview", {"body": "x"}).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


@pytest.mark.parametrize(
    "form",
    [{"data": "%e9" * 90_000, "content_type": "application/x-www-form-urlencoded"}, {"data": {"name": "e" * 270_000}}],
)
def test_a_long_form_counts_as_several_and_none_is_read_beyond(form, sender, settings):
    settings.PAGES_PER_MINUTE = 10
    client = logged_in(sender)
    sent = [client.post("/me", **form) for _ in range(2)]
    assert [answer.status_code == 429 for answer in sent] == [False, True]
    # What was refused is not counted: something short still goes.
    assert statuses(client, "/wallet", 1) == [200]


def test_previews_have_a_limit_of_their_own(sender, agent, monkeypatch, settings):
    settings.PAGES_PER_MINUTE = 10
    monkeypatch.setattr(competing, "PREVIEWS_PER_MINUTE", 2)
    client = logged_in(sender)
    *answers, refused = [client.post("/preview", {"body": "x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert refused.status_code == 429 and "too often" in refused.content.decode()
    assert logged_in(agent).post("/preview", {"body": "x"}).status_code == 200


def test_addresses_of_no_page_are_counted_too(sender):
    assert statuses(Client(), "/nowhere/at/all") == [404, 404, 429]
    assert statuses(logged_in(sender), "/nowhere/at/all") == [404, 404, 429]


@pytest.mark.parametrize("path", ["/accounts/login/", "/me/keys", "/nowhere"])
def test_forms_without_a_token_are_counted_and_none_is_read_beyond(path, sender):
    client = Client(enforce_csrf_checks=True)
    client.force_login(sender)
    sent = [client.post(path, {"login": "x"}) for _ in range(3)]
    assert [answer.status_code for answer in sent] == [sent[0].status_code] * 2 + [429]
    assert sent[0].status_code in (403, 404)


def test_what_is_refused_at_the_door_is_counted(monkeypatch):
    monkeypatch.setattr(HttpRequest, "refused_at_the_door", BodyTooLarge(), raising=False)
    assert statuses(Client(), "/accounts/login/") == [413, 413, 429]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_who_watches_the_house_may_ask_as_often_as_they_like(path):
    assert statuses(Client(), path, 5) == [200] * 5


@pytest.mark.parametrize("door", ["token", "device/code", "revoke", "clients"])
def test_programs_are_counted_by_themselves_and_refused_in_their_words(door, settings):
    settings.API_ANONYMOUS_PER_MINUTE = 2
    assert statuses(Client(), "/accounts/login/", 3)[-1] == 429
    answers = [Client().post(f"/identity/o/api/{door}") for _ in range(3)]
    refused = answers[-1]
    assert [answer.status_code == 429 for answer in answers] == [False, False, True]
    assert (refused["Content-Type"], refused.json()["error"], refused["Retry-After"]) == (
        "application/json",
        "slow_down",
        "11",
    )
