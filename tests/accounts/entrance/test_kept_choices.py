"""Nothing of a kept form goes out unseen, and none is forgotten before it was looked at."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.entrance.field_names import field_name
from core.http import typed_in
from tests.accounts.entrance.test_kept_forms import PASSWORD, TYPED, after_login, member, shown_on
from tests.play import claim, open_drop

__all__ = ["member"]
pytestmark = pytest.mark.django_db


def test_an_act_of_staff_is_back_on_its_page_one_press_from_done(staff, member, settings):
    settings.STAFF_SECOND_FACTOR = False
    staff.set_password(PASSWORD)
    staff.save()
    browser, path = Client(), f"/admin/accounts/user/act/note/?ids={member.pk}"
    away = browser.post(path, {"reason": "Typed for long.", "version": "x"})
    shown = after_login(browser, away, staff)
    assert f'action="{path}"' in shown and "Typed for long." in shown and "Send it now" in shown
    assert f'<code>note</code> was not carried out. <a href="{path}">' in shown and "<code>version</code>" not in shown
    away = Client().post("/admin/drops/case/next/", {})
    assert "/admin/drops/case/" in after_login(Client(), away, staff)


def test_staff_see_what_others_are_told_and_all_that_they_chose(staff, member):
    staff.set_password(PASSWORD)
    staff.save()
    path, sent = f"/admin/accounts/user/act/note/?ids={member.pk}", {"told": "You may stay.", "days": "30"}
    browser = Client()
    shown = " ".join(after_login(browser, browser.post(path, sent), staff).split())
    assert (
        ">They are told</label>" in shown.replace("> ", ">").replace(" <", "<") and "You may stay.</textarea>" in shown
    )
    assert "For how many days: <bdi>30</bdi>" in shown


def test_a_profile_is_sent_with_what_it_says_in_sight(member):
    browser = Client()
    shown = after_login(browser, browser.post("/me", {"name": "Ada Ö", "handle": ""}), member)
    assert "Name: <bdi>Ada Ö</bdi>" in shown and "Handle: <bdi>" not in shown
    assert field_name("seat_3") == "Grade of Seat 3" and field_name("token") == ""


@pytest.mark.parametrize(
    ("path", "sent", "says"),
    [
        ("/me", {"name": "Ada"}, "Save profile"),
        ("/me/notifications/settings", {"wins-mail": "at_once"}, "Save notifications"),
        ("/me/notifications", {}, "Mark all as read"),
        ("/me/alerts", {"pack": "roast"}, "Follow"),
        ("/me/keys", {"name": "laptop"}, "Create the key"),
        ("/me/webhooks", {"url": "https://example.com/clorp"}, "Add webhook"),
        ("/accounts/sessions/", {}, "Sign out everywhere else"),
        ("/accounts/email/", {"email": "ada@example.org", "action_add": ""}, "Change my addresses"),
    ],
)
def test_a_form_of_the_settings_says_what_its_button_does(member, path, sent, says):
    browser = Client()
    shown = after_login(browser, browser.post(path, sent), member).partition('aria-labelledby="kept"')[2]
    kept = " ".join(shown.partition("</section>")[0].split())
    assert f'<button class="button main"> {says} </button>' in kept
    assert "Email: <bdi>ada@example.org</bdi>" in kept or "email" not in sent


def test_a_form_that_is_refused_is_kept_until_it_is_done_or_discarded(member, sender):
    browser, drop = Client(), open_drop(sender)
    path, sent = f"/drops/{drop.pk}/submit", {"body": TYPED}
    after_login(browser, browser.post(path, sent), member)
    refused = browser.post(path, sent)
    page = refused.content.decode()
    assert refused.status_code in (403, 409) and page.count("Second line.") == 1
    assert "Not sent yet" in shown_on(browser)
    claim(drop, member)
    browser.post(path, sent)
    assert "Not sent yet" not in shown_on(browser)


SUMS = {"amount_cents": "25.01", "threshold_cents": "5.02"}


@pytest.mark.parametrize(("more", "state"), [({"enabled": "on"}, "on"), ({}, "off")])
def test_automatic_top_up_is_sent_with_both_sums_and_its_state_in_sight(member, more, state):
    browser = Client()
    shown = " ".join(after_login(browser, browser.post(reverse("auto_topup"), {**SUMS, **more}), member).split())
    assert "Amount in dollars: <bdi>25.01</bdi>" in shown
    assert "When less than this is left, in dollars: <bdi>5.02</bdi>" in shown
    assert f"Automatic top-up: {state}" in shown


@pytest.mark.parametrize("name", ["gives_up_cents", "whatever_cents", "price"])
def test_no_sum_is_hidden(member, name):
    browser = Client()
    away = browser.post("/me/notifications/1/read", {name: "7.03"})
    assert "<bdi>7.03</bdi>" in after_login(browser, away, member)


def test_a_form_that_comes_too_often_is_kept_for_the_next_minute(member, sender, settings):
    browser, path = Client(), f"/drops/{open_drop(sender).pk}/report"
    after_login(browser, browser.post(path, {"reason": TYPED}), member)
    settings.PAGES_PER_MINUTE = 0
    assert browser.post(path, {"reason": TYPED}).status_code == 429
    settings.PAGES_PER_MINUTE = 1_000
    assert "Not sent yet" in shown_on(browser)


def test_no_page_gives_back_a_secret_whatever_it_is_called(rf):
    request = rf.post("/", {"old_password_of_mine": "s" * 50, "code": "s" * 50, "text": "t" * 50})
    assert typed_in(request) == {"text": "t" * 50}
