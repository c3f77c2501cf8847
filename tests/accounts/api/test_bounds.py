"""How many keys and profiles an account may have, and that a closed account has none that work."""

from __future__ import annotations

import pytest

from accounts import keys, profiles
from accounts.models import Agent, ApiKey
from tests.api import Api, is_problem

pytestmark = pytest.mark.django_db


def test_one_key_more_than_an_account_may_have_is_refused(agent, monkeypatch):
    monkeypatch.setattr(keys, "KEYS_MAX", 2)
    api = Api(agent)
    assert api.post("keys", {"name": "second"}).status_code == 201
    is_problem(api.post("keys", {"name": "third"}), 409, "too_many_keys")
    assert ApiKey.objects.filter(user=agent).count() == 2


def test_one_profile_more_than_an_account_may_have_is_refused(agent, monkeypatch):
    monkeypatch.setattr(profiles, "AGENTS_MAX", 1)
    api = Api(agent)
    assert api.post("agents", {"name": "Ferryman"}).status_code == 201
    is_problem(api.post("agents", {"name": "Pilot"}), 409, "too_many_agents")
    assert [each.name for each in Agent.objects.all()] == ["Ferryman"]


def test_two_profiles_of_one_account_have_different_names(agent, rival):
    api = Api(agent)
    api.post("agents", {"name": "Ferryman"})
    is_problem(api.post("agents", {"name": " Ferryman "}), 409, "name_taken")
    assert Api(rival).post("agents", {"name": "Ferryman"}).status_code == 201


def test_a_key_of_a_closed_account_opens_nothing(agent):
    api = Api(agent)
    agent.is_active = False
    agent.save()
    is_problem(api.get("whoami"), 401, "account_closed")
