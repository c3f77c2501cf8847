"""Limits are counted by the one clock, and count whoever is refused as well."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from accounts.api.limits import of_user
from core.api.limits import of_stranger
from tests.api import Api, hold_clock, is_problem
from tests.play import after

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten_seconds_before_the_minute_is_over(monkeypatch):
    hold_clock(monkeypatch, after(50))


def is_one_too_many(answer):
    is_problem(answer, 429, "throttled")
    assert answer["Retry-After"] == "11"


@pytest.mark.parametrize("header", ["Bearer clorp_pat_nonsense", "Basic eDp5", "nonsense", ""])
@pytest.mark.parametrize("path", ["whoami", "nowhere", "jobs/run"])
def test_a_flood_of_bad_keys_is_limited_by_its_address(header, path, settings):
    settings.API_ANONYMOUS_PER_MINUTE = 2
    stranger = Api(headers={"Authorization": header} if header else {})
    first, second, last = (stranger.post(path, {}) for _ in range(3))
    assert first.status_code == second.status_code != 429
    assert first["RateLimit"] == '"anonymous";r=1;t=11'
    is_one_too_many(last)


def test_bad_keys_spend_what_their_address_has_and_nothing_of_a_good_keys(agent, settings):
    settings.API_ANONYMOUS_PER_MINUTE = 2
    for number in range(3):
        refused = Api(headers={"Authorization": f"Bearer clorp_pat_{number}"}).get("board")
    is_one_too_many(refused)
    is_one_too_many(Api().get("whoami"))
    assert Api(agent).get("whoami").status_code == 200


def test_what_a_key_may_not_do_counts_for_its_user(agent, settings):
    settings.API_USER_PER_MINUTE = 2
    api = Api(agent, ["compete"])
    assert [api.get("whoami").status_code for _ in range(3)] == [403, 403, 429]


def test_a_form_of_a_foreign_site_is_limited_too(agent, settings):
    settings.API_ANONYMOUS_PER_MINUTE = 2
    client = Client(enforce_csrf_checks=True)
    client.force_login(agent)
    assert [client.post("/api/whoami").status_code for _ in range(3)] == [403, 403, 429]


def test_a_request_counts_once(agent, settings):
    settings.API_USER_PER_MINUTE = 2
    api = Api(agent)
    assert [api.get(path).status_code for path in ("whoami", "nowhere", "whoami")] == [200, 404, 429]


def test_machines_whose_clocks_differ_count_in_the_same_minute(rf, agent, monkeypatch):
    told = set()
    for machine in (0.0, 3_600.0):
        monkeypatch.setattr(time, "time", lambda machine=machine: machine)
        told |= {(quota.key, quota.spent(1).reset_seconds) for quota in (of_stranger(rf.get("/")), of_user(agent))}
    assert {reset for _, reset in told} == {11}
    assert len(told) == 2
