"""All settings on one page: what leads to its sections, what is said in them, and the sessions among them."""

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.keys import create_key
from tests.browsers import BACKEND, signed_in
from tests.play import NOON

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
OLD_ADDRESSES = {
    "/me/keys": "keys",
    "/me/webhooks": "webhooks",
    "/me/alerts": "alerts",
    "/me/notifications/settings": "notifications",
    "/accounts/sessions/": "sessions",
    "/accounts/2fa/": "sign-in",
}


def section_of(page, name):
    """Return the HTML of one section, up to where the next one begins."""
    begin = page.index(f'id="{name}"')
    rest = [page.find(f'id="{other}"', begin) for other in (*OLD_ADDRESSES.values(), "payouts") if other != name]
    return page[begin : min([place for place in rest if place > begin], default=len(page))]


def on(user, agent_string):
    """Return a browser of this kind in which the user has signed in, with a row of its session."""
    client = Client(headers={"user-agent": agent_string})
    client.force_login(user, backend=BACKEND)
    key = client.session.session_key
    UserSession.objects.update_or_create(
        session_key=key, defaults={"user": user, "ip": "203.0.113.9", "user_agent": agent_string}
    )
    return client


def rows():
    return {row.user_agent for row in UserSession.objects.all()}


@pytest.mark.parametrize("path", OLD_ADDRESSES)
def test_what_was_a_page_of_its_own_leads_to_its_section(agent, path):
    browser, name = signed_in(agent), OLD_ADDRESSES[path]
    assert browser.get(path)["Location"] == f"/me#{name}"
    page = browser.get("/me").content.decode()
    assert f'id="{name}"' in page and f'href="/me#{name}"' in page


def test_every_section_is_in_the_list_beside_them(agent, settings):
    settings.PLAY_MONEY = False
    page = signed_in(agent).get("/me").content.decode()
    linked = re.findall(r'href="/me#([\w-]+)"', page)
    assert linked == [
        "profile",
        "sign-in",
        "sessions",
        "notifications",
        "alerts",
        "keys",
        "webhooks",
        "payouts",
        "data",
    ]
    assert all(f'id="{name}"' in page for name in linked)


@pytest.mark.parametrize(
    ("path", "sent", "section", "fault"),
    [
        ("/me", {"handle": "a b!"}, "profile", "A handle has 3 to 30"),
        ("/me/keys", {"name": "", "scopes": ["read"]}, "keys", "Give it a name."),
        ("/me/webhooks", {"url": ""}, "webhooks", "Enter the URL."),
        ("/me/alerts", {"pack": "stew", "min_price": ""}, "alerts", "stew"),
    ],
)
def test_a_form_that_cannot_be_taken_is_shown_again_in_its_place(agent, path, sent, section, fault):
    answer = signed_in(agent).post(path, sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and fault in section_of(page, section)
    assert page.count('class="errorlist"') == 1 and f'action="{path}#{section}"' in page


def test_what_was_done_is_said_in_its_section(agent):
    browser = signed_in(agent)
    assert browser.post("/me", {"name": "Ada"})["Location"] == "/me#profile"
    page = browser.get("/me").content.decode()
    assert page.count("Profile saved.") == 1 and "Profile saved." in section_of(page, "profile")


def test_a_new_password_is_said_where_one_changes_it(agent):
    agent.set_password("a good password")
    agent.save()
    browser = signed_in(agent)
    new = {"oldpassword": "a good password", "password1": "a better password", "password2": "a better password"}
    page = browser.post("/accounts/password/change/", new, follow=True)
    assert page.redirect_chain[-1][0] == "/me#sign-in"
    assert "Password successfully changed" in section_of(page.content.decode(), "sign-in")


def test_sessions_are_told_in_words_and_this_one_is_marked(agent):
    here = on(agent, WINDOWS)
    on(agent, IPHONE)
    shown = section_of(here.get("/me").content.decode(), "sessions")
    assert shown.index("Chrome on Windows") < shown.index("In use now") < shown.index("Safari on iPhone")
    assert "Mozilla" not in shown and shown.count("In use now") == 1


def test_one_session_is_ended_by_its_owner_alone(agent, rival):
    here, there, theirs = on(agent, WINDOWS), on(agent, IPHONE), on(rival, IPHONE)
    of_rival = UserSession.objects.get(user=rival)
    assert here.post(f"/me/sessions/{of_rival.pk}/end").status_code == 404
    lost = UserSession.objects.get(user=agent, user_agent=IPHONE)
    assert here.post(f"/me/sessions/{lost.pk}/end")["Location"] == "/me#sessions"
    assert [each.get("/me").status_code for each in (here, there, theirs)] == [200, 302, 200]


def test_all_other_sessions_are_ended_at_once(agent, rival):
    here, there, theirs = on(agent, WINDOWS), on(agent, IPHONE), on(rival, IPHONE)
    here.post("/accounts/sessions/")
    assert [each.get("/me").status_code for each in (here, there, theirs)] == [200, 302, 200]


def test_a_session_that_opens_nothing_any_more_is_not_listed(agent):
    on(agent, IPHONE)
    agent.set_password("a better password")
    agent.save()
    shown = section_of(on(agent, WINDOWS).get("/me").content.decode(), "sessions")
    assert "Safari on iPhone" not in shown and rows() == {WINDOWS}


def test_more_rows_cost_no_more_questions(agent):
    browser = on(agent, WINDOWS)
    browser.get("/me")
    few = count_of(browser)
    for number in range(3):
        on(agent, IPHONE)
        create_key(user=agent, name=f"key {number}", now=NOON + timedelta(minutes=number))
    assert count_of(browser) == few


def count_of(browser):
    with CaptureQueriesContext(connection) as asked:
        browser.get("/me")
    # Requests are counted now and then, whatever the page.
    return sum("core_tally" not in (query["sql"] or "") for query in asked.captured_queries)


def test_payouts_are_named_only_where_money_is_real(sender, settings):
    settings.PLAY_MONEY = True
    assert "payouts" not in signed_in(sender).get("/me").content.decode()
    settings.PLAY_MONEY = False
    page = signed_in(sender).get("/me").content.decode()
    assert 'id="payouts"' in page and "#payouts" in page
