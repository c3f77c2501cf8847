"""Names: in one form, and with something to be seen in them."""

from __future__ import annotations

import pytest

from accounts.keys import create_key
from accounts.models import Agent, ApiKey
from accounts.profiles import create_agent, update_profile
from core.errors import Invalid
from tests.play import NOON

pytestmark = pytest.mark.django_db
NOTHING = ["\u200d", "\u200b\u2060", "\u3164", "\u2800 \u2800", "\u0301", "\ufe0f", "\u00ad", " \n"]
KEPT = [
    ("Jose\u0301", "José"),
    ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
    ("👩\u200d🚀", "👩\u200d🚀"),
    ("A\u202eda\n B", "Ada B"),
]


def by_owner(agent, name):
    return update_profile(user=agent, changes={"name": name}).name


def of_an_agent(agent, name):
    return create_agent(owner=agent, fields={"name": name}, now=NOON).name


def of_a_key(agent, name):
    return create_key(user=agent, name=name, now=NOON)[0].name


DOORS = [by_owner, of_an_agent, of_a_key]


@pytest.mark.parametrize("name", NOTHING, ids=ascii)
@pytest.mark.parametrize("door", DOORS)
def test_what_shows_nothing_is_no_name(door, name, agent):
    with pytest.raises(Invalid):
        door(agent, name)
    agent.refresh_from_db()
    assert agent.name == "Agent" and not Agent.objects.exists() and not ApiKey.objects.exists()


@pytest.mark.parametrize(("typed", "stored"), KEPT, ids=ascii)
@pytest.mark.parametrize("door", DOORS)
def test_a_name_is_kept_in_one_form_with_its_joiners(door, typed, stored, agent):
    assert door(agent, typed) == stored
