"""A form that was shown to one account is never sent, or read, under another."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from accounts.entrance.form_owners import is_anothers
from drops.models import Report
from tests.accounts.entrance.test_kept_forms import PASSWORD, TYPED, after_login, member, old_tab, shown_on
from tests.browsers import signed_in
from tests.play import open_drop

__all__ = ["member"]
pytestmark = pytest.mark.django_db


def token_in(page):
    """The token that a page's form has in it."""
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]


def ended(member):
    """The browser of a member whose session has ended by itself, and what one of their forms has as its token."""
    browser = Client()
    login = {"login": member.email, "password": PASSWORD}
    browser.post("/accounts/login/", login)
    token = token_in(shown_on(browser))
    del browser.cookies["sessionid"]
    return browser, token


@pytest.mark.parametrize("before", ["", "o" * 32], ids=["no cookie", "an older one"])
def test_whoever_was_signed_in_before_there_were_marks_has_them_from_the_next_page_on(member, rival, before):
    browser = signed_in(member)
    if before:
        browser.cookies["csrftoken"] = before
    token = token_in(shown_on(browser))
    assert is_anothers(token, rival) and not is_anothers(token, member)
    secret = browser.cookies["csrftoken"].value
    shown_on(browser)
    assert browser.cookies["csrftoken"].value == secret != before


def test_what_a_stranger_is_shown_says_no_name_and_is_whoevers_they_turn_out_to_be(member):
    browser = Client()
    token = token_in(shown_on(browser, "/accounts/login/"))
    assert not is_anothers(token, member)


def test_an_open_page_of_before_is_kept_one_press_from_done(member, sender):
    path, browser = f"/drops/{open_drop(sender).pk}/report", Client(enforce_csrf_checks=True)
    browser.cookies["sessionid"], browser.cookies["csrftoken"] = signed_in(member).cookies["sessionid"].value, "o" * 32
    shown_on(browser)
    ours = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    away = browser.post(path, {"csrfmiddlewaretoken": "o" * 32, "reason": TYPED}, headers=ours)
    assert away.status_code == 302 and "Not sent yet" in shown_on(browser)


@pytest.mark.parametrize(("who", "is_back"), [("member", True), ("rival", False)])
def test_what_was_typed_is_back_for_whoever_typed_it_and_nobody_else(member, rival, sender, who, is_back):
    rival.set_password(PASSWORD)
    rival.save()
    person, (browser, token) = {"member": member, "rival": rival}[who], ended(member)
    path = f"/drops/{open_drop(sender).pk}/report"
    away = browser.post(path, {"reason": "typed by one", "csrfmiddlewaretoken": token})
    shown = after_login(browser, away, person)
    assert ("typed by one" in shown) is is_back and ("another account" in shown) is not is_back


def test_a_form_of_another_account_is_given_back_and_never_sent_under_this_name(member, rival, sender):
    path, (_, token) = f"/drops/{open_drop(sender).pk}/report", ended(member)
    browser = old_tab(rival)
    ours = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    answer = browser.post(path, {"csrfmiddlewaretoken": token, "reason": TYPED}, headers=ours)
    shown = unescape(answer.content.decode())
    assert answer.status_code == 403 and "another account" in shown
    assert TYPED.replace("\r\n", "\n") in shown.replace("\r\n", "\n")
    assert "form_kept" not in browser.session and not Report.objects.exists()


def test_whoever_finds_anothers_form_can_discard_it(member, rival, sender):
    rival.set_password(PASSWORD)
    rival.save()
    browser, token = ended(member)
    away = browser.post(f"/drops/{open_drop(sender).pk}/report", {"reason": TYPED, "csrfmiddlewaretoken": token})
    shown = after_login(browser, away, rival)
    assert 'action="/me/discard-form"' in shown and "It waits here for an hour." in shown
    # Its page may be one that only the other may see.
    assert browser.post("/me/discard-form")["Location"] == "/" and "another account" not in shown_on(browser)


def test_after_a_new_key_forms_of_the_old_one_still_say_whose_they_are(member, rival, settings):
    _, token = ended(member)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    assert is_anothers(token, rival) and not is_anothers(token, member)
