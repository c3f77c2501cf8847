"""allauth's pages in our words: one thing to do on each, what comes next, and the rules for a password as a list."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from tests.browsers import signed_in

OPEN = ["login", "signup", "login/code", "password/reset", "password/reset/done", "inactive", "confirm-email"]
OPEN += ["password/reset/key/1-x", "password/reset/key/done"]
OWN = ["email", "password/change", "logout", "2fa/totp/activate", "2fa/webauthn", "2fa/webauthn/add", "reauthenticate"]
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*(?:src=|application/json))", re.IGNORECASE)


def shown(browser, name):
    answer = browser.get(f"/accounts/{name}/", follow=True)
    assert answer.status_code == 200, name
    return answer.content.decode().partition("<main")[2].partition("</main>")[0]


def assert_one_thing_to_do(page):
    assert page.count("<h1") == 1
    assert page.count('class="button main"') <= 1
    assert not INLINE.search(page), INLINE.search(page)


@pytest.mark.parametrize("name", OPEN)
def test_a_strangers_page_has_one_thing_to_do(db, name):
    assert_one_thing_to_do(shown(Client(), name))


@pytest.mark.parametrize("name", OWN)
def test_a_members_page_has_one_thing_to_do(agent, name):
    agent.set_password("a good password")
    agent.save()
    assert_one_thing_to_do(shown(signed_in(agent), name))


def test_a_code_is_awaited_with_a_way_out(agent):
    browser = Client()
    page = browser.post("/accounts/login/code/", {"email": agent.email}, follow=True).content.decode()
    assert "Then you&#x27;re signed in." in page or "Then you're signed in." in page
    assert agent.email in page and "spam folder" in page and ">Cancel<" in page


@pytest.mark.parametrize("name", ["signup", "password/change"])
def test_the_rules_for_a_new_password_are_a_list_that_its_field_names(agent, name):
    agent.set_password("a good password")
    agent.save()
    page = shown(Client() if name == "signup" else signed_in(agent), name)
    rules = page.partition('class="rules')[2].partition("</ul>")[0]
    assert re.findall(r'data-rule="(\w+)"', rules) == ["length", "unlike"]
    assert "At least 8 characters" in rules and 'data-least="8"' in rules
    assert 'aria-describedby="id_password1_helptext"' in page and 'id="id_password1_helptext"' in page
    assert page.count('class="rules') == 1


def test_the_settings_say_how_one_signs_in(agent):
    agent.set_password("a good password")
    agent.save()
    TOTP.activate(agent, "SECRET")
    RecoveryCodes.activate(agent)
    page = signed_in(agent).get("/me").content.decode()
    for words in ("Change password", "Add a passkey", "Remove the app", "10 codes left", agent.email):
        assert words in page


def test_an_address_is_removed_after_a_question_only(agent):
    EmailAddress.objects.create(user=agent, email=agent.email, primary=True, verified=True)
    browser = signed_in(agent)
    browser.post("/accounts/email/", {"email": "second@example.com", "action_add": ""})
    page = shown(browser, "email")
    assert "Remove this address?" in page and page.count('name="action_remove"') == 1
    browser.post("/accounts/email/", {"email": "second@example.com", "action_remove": ""})
    assert [row.email for row in EmailAddress.objects.filter(user=agent)] == [agent.email]
