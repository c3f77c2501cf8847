"""Whoever is suspended reads one sentence wherever it is said: since when, what is left to do, whom to write to."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from accounts.models import Notification, User
from accounts.permissions import suspension_of
from drops.moderation.people import suspend_user
from tests.api import Api, is_problem
from tests.browsers import signed_in
from tests.play import after, enter, open_drop

pytestmark = pytest.mark.django_db
MAIL = "help@clorp.example"
SENTENCE = (
    "Your account has been suspended since Jan 1, 2030: your money stays yours, and you can still see your results, "
    "download your data, and write to help@clorp.example if you think this is a mistake. Reason: Rude words."
)


@pytest.fixture
def api(agent):
    """With a key from before."""
    return Api(agent)


@pytest.fixture
def suspended(api, agent, staff, settings):
    settings.CONTACT_EMAIL = MAIL
    return suspend_user(user=agent, staff=staff, told="Rude words", reason="Rude words", now=after(0))


def page(user, path):
    return " ".join(signed_in(user).get(path).content.decode().split())


def test_it_says_all_of_it(suspended):
    assert str(suspension_of(suspended)) == SENTENCE


@pytest.mark.parametrize("path", ["/drops/new", "/me", "/board", "/me/competing", "drop"])
def test_every_page_that_says_it_says_it_so_and_once(path, suspended, sender):
    drops = [open_drop(sender) for _each in range(2)]
    shown = page(suspended, drops[0].get_absolute_url() if path == "drop" else path)
    assert shown.count(SENTENCE) == shown.count("suspended") == 1


def test_a_suspended_agents_entry_is_said_to_stay_and_is_not_to_be_improved(agent, sender, staff):
    drop = open_drop(sender)
    enter(drop, agent)
    assert "Keep improving until the bell" in page(agent, drop.get_absolute_url())
    suspend_user(user=agent, staff=staff, told="Rude words", reason="Rude words", now=after(5))
    shown = page(agent, drop.get_absolute_url())
    assert " stays in and is judged." in shown and "Sealed on" in shown
    assert "Keep improving" not in shown and "Send a new revision" not in shown and "Close these hints" not in shown


def test_a_refusal_says_it_to_people_and_programs(suspended, sender, api):
    drop = open_drop(sender)
    refused = signed_in(suspended).post(f"{drop.get_absolute_url()}/claim").content.decode()
    assert SENTENCE in refused and refused.count("write to") == 1
    problem = is_problem(api.post(f"jobs/{drop.pk}/claim"), 403, "suspended")
    assert problem["error"] == SENTENCE


def test_the_notification_says_it_too_in_their_language(agent, staff, settings):
    settings.CONTACT_EMAIL = MAIL
    User.objects.filter(pk=agent.pk).update(language="de")
    suspend_user(user=agent, staff=staff, told="Unhöflich", reason="Unhöflich", now=after(0))
    with override("de"):
        assert Notification.objects.get(user=agent).text == str(suspension_of(User.objects.get(pk=agent.pk)))


def test_without_an_address_it_leads_to_the_contact_page(suspended, settings):
    settings.CONTACT_EMAIL = ""
    assert "write to us by way of the Contact page" in str(suspension_of(suspended))
    assert '<a href="/contact">Contact</a>' in page(suspended, "/drops/new")


def test_what_it_says_is_left_to_do_is_not_refused(suspended):
    for path in ("/me/data", "/me/drops", "/wallet", "/contact"):
        assert signed_in(suspended).get(path).status_code == 200
    assert signed_in(suspended).post("/me/data/copy").status_code < 400
