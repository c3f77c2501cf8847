"""A session that ends while somebody types costs them nothing: for every page that takes only what is sent."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.keys import create_key
from accounts.models import Notification, PushSubscription, User
from accounts.webhooks import endpoints
from core.http import takes_visits
from core.text import kept
from drops.models import Attachment, Report
from tests.addresses import is_sampled, names_in, pages, sample_of
from tests.browsers import signed_in
from tests.play import NOON, claim, open_drop, post_drop

pytestmark = pytest.mark.django_db
PASSWORD, SECRET = "a good password", "what nobody is shown"
TYPED = "The words I typed “before” <b>it</b> ended.\r\nSecond line."
# The last ones are no addresses at all.
ELSEWHERE = [
    "https://evil.example/board",
    "//evil.example/board",
    "http://[",
    "//[",
    "http://[::1",
    "http://testserver]/",
]
POST_ONLY = sorted(name for name, route in pages() if is_sampled(route) and not takes_visits(sample_of(route)))


@pytest.fixture
def member(db):
    return User.objects.create_user("member@example.com", PASSWORD)


@pytest.fixture
def rows(member, sender, settings):
    """The ids in addresses of this member's pages, by the names that they have there."""
    settings.WEBHOOKS_TO_PRIVATE = True
    key, _ = create_key(user=member, name="mine", scopes=["read"], now=NOON)
    endpoint, _ = endpoints.add_webhook(user=member, url="https://example.com/hook", now=NOON)
    browser = PushSubscription.objects.create(user=member, endpoint="https://push.example/", label="x", created_at=NOON)
    note = Notification.objects.create(user=member, kind="x", text="x", href="/", created_at=NOON)
    named = {
        "drop_id": open_drop(sender).pk,
        "public_id": key.public_id,
        "endpoint_id": endpoint.pk,
        "note_id": note.pk,
        "subscription_id": browser.pk,
        "alert_id": member.alerts.create(created_at=NOON).pk,
        "topup_id": uuid4(),
        "tour": "agent",
        "session_id": UserSession.objects.create(user=member, session_key="ended", ip="127.0.0.1", user_agent="x").pk,
    }
    return {**named, "attachment_id": Attachment(owner=member).pk}


def path_of(name, rows):
    (only,) = {route for named, route in pages() if named == name}
    return reverse(name, kwargs={each: rows[each] for each in names_in(only)})


def test_the_pages_that_take_only_what_is_sent_are_known():
    assert {"drop_claim", "drop_submit", "revoke_key", "withdraw", "card_portal", "read_notification"} <= set(POST_ONLY)


@pytest.mark.parametrize("name", POST_ONLY)
def test_a_visit_there_is_no_page(name, member, rows):
    assert signed_in(member).get(path_of(name, rows)).status_code == 405


@pytest.mark.turns(2)
@pytest.mark.parametrize("name", sorted({*POST_ONLY} - {"discard_form"}))
def test_what_was_sent_there_is_back_after_the_login_one_press_from_done(name, member, rows):
    browser, path = Client(), path_of(name, rows)
    away = browser.post(path, {"body": TYPED, "choice": "left", "token": "a-token-of-one-form", "password": SECRET})
    page = browser.post(away["Location"], {"login": member.email, "password": PASSWORD}, follow=True)
    shown = unescape(page.content.decode())
    assert page.status_code == 200 and path.startswith(page.request["PATH_INFO"])
    assert f'action="{path}"' in shown and TYPED.replace("\r\n", "\n") in shown.replace("\r\n", "\n")
    assert 'name="choice" value="left"' in shown and "a-token-of-one-form" in shown and SECRET not in shown
    assert "Choice" not in shown and "Send it now" not in shown
    answer = browser.post(path, {"body": TYPED})
    # Where we were at fault, or Stripe is away, or a rule refused it for now, it is still there.
    is_refused = "Nothing was changed, no money moved" in answer.content.decode() and answer.status_code != 404
    assert ("Not sent yet" in shown_on(browser)) == (answer.status_code >= 500 or is_refused)


def shown_on(browser, path="/me"):
    return browser.get(path).content.decode()


def test_a_form_goes_back_to_the_page_it_stood_on(member, sender):
    drop = open_drop(sender)
    stood_on = f"http://testserver/drops/{drop.pk}"
    away = Client().post(f"/drops/{drop.pk}/claim", {}, headers={"Referer": stood_on})
    assert parse_qs(urlsplit(away["Location"]).query)["next"] == [f"/drops/{drop.pk}"]


@pytest.mark.parametrize("referer", [*ELSEWHERE, "http://testserver/drops/x/claim", "nonsense"])
def test_no_other_site_says_where_to(referer):
    away = Client().post("/me/notifications/1/read", {}, headers={"Referer": referer})
    assert parse_qs(urlsplit(away["Location"]).query)["next"] == ["/me/notifications"]


def test_an_entry_is_sent_with_one_press(member, sender):
    drop, browser = open_drop(sender), Client()
    claim(drop, member)
    away = browser.post(f"/drops/{drop.pk}/submit", {"body": TYPED})
    browser.post(away["Location"], {"login": member.email, "password": PASSWORD})
    assert "Not sent yet" in shown_on(browser)
    browser.post(f"/drops/{drop.pk}/submit", {"body": TYPED})
    assert "Not sent yet" not in shown_on(browser)


class Textarea(HTMLParser):
    """The `text` that a browser has in the page's one field named `body`: all but the line break that HTML drops."""

    def __init__(self, page):
        super().__init__()
        self.text, self.is_inside = "", False
        self.feed(page)
        self.text = self.text.removeprefix("\n")

    def handle_starttag(self, tag, attrs):
        self.is_inside = self.is_inside or (tag == "textarea" and ("name", "body") in attrs)

    def handle_endtag(self, tag):
        self.is_inside = self.is_inside and tag != "textarea"

    def handle_data(self, data):
        self.text += data if self.is_inside else ""


SENDABLE = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n\t<&>\"' \u200d\u0301א"), max_size=60
)


# Fewer than one address may leave with us in an hour.
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SENDABLE)
@example("\n\n  </textarea><b>é\u202e")
def test_whatever_was_typed_is_back_to_the_character(member, typed):
    browser = Client()
    browser.post("/me/notifications/1/read", {"body": typed})
    browser.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert Textarea(shown_on(browser)).text == kept(typed)


def test_the_button_says_what_it_does_in_the_reader_s_language(member, sender):
    User.objects.filter(pk=member.pk).update(language="de")
    browser, drop = Client(), open_drop(sender)
    for act, words in {"claim": "Sitz nehmen", "report": "Meldung senden", "release": "Sitz abgeben"}.items():
        browser.post(f"/drops/{drop.pk}/{act}", {"reason": TYPED})
        browser.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        shown = " ".join(shown_on(browser).split())
        assert f'<button class="button main">{words}</button>' in shown.replace("> ", ">").replace(" <", "<")
        assert "Grund</label>" in shown.replace(" <", "<")
        browser.logout()


def test_what_a_script_sends_by_itself_is_not_kept():
    browser = Client()
    browser.post("/preview", {"body": TYPED}, headers={"Sec-Fetch-Mode": "cors"})
    assert "form_kept" not in browser.session


def old_tab(member):
    """The browser of somebody who signed out and in again while another tab had a page open."""
    browser = signed_in(member)
    browser.handler.enforce_csrf_checks = True
    return browser


def test_a_form_from_before_another_login_is_kept_too(member, sender):
    drop, browser = open_drop(sender), old_tab(member)
    sent = {"csrfmiddlewaretoken": "x" * 64, "reason": TYPED}
    ours = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    away = browser.post(f"/drops/{drop.pk}/report", sent, headers=ours)
    assert (away.status_code, away["Location"]) == (302, f"/drops/{drop.pk}")
    shown = unescape(shown_on(browser, away["Location"]))
    assert "What you sent is still here" in shown and f'action="/drops/{drop.pk}/report"' in shown
    assert TYPED.replace("\r\n", "\n") in shown.replace("\r\n", "\n") and "x" * 64 not in shown
    assert not Report.objects.exists()


@pytest.mark.turns(2)
@pytest.mark.parametrize("name", sorted({*POST_ONLY} - {"discard_form"}))
def test_a_form_whose_sender_lost_all_cookies_is_kept_until_they_sign_in(name, member, rows):
    browser, path = Client(enforce_csrf_checks=True), path_of(name, rows)
    ours = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    away = browser.post(path, {"csrfmiddlewaretoken": "x" * 64, "body": TYPED}, headers=ours)
    assert away["Location"].startswith("/accounts/login/")
    browser.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    shown = unescape(shown_on(browser))
    assert "Not sent yet" in shown and f'action="{path}"' in shown
    assert TYPED.replace("\r\n", "\n") in shown.replace("\r\n", "\n") and "x" * 64 not in shown


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}], ids=str)
def test_of_a_stranger_nothing_from_anywhere_else_is_kept(sender, headers):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(f"/drops/{open_drop(sender).pk}/report", {"reason": TYPED}, headers=headers)
    assert answer.status_code == 403 and "form_kept" not in browser.session


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"},
        {"Origin": "https://evil.example"},
    ],
    ids=str,
)
def test_a_form_from_anywhere_else_is_refused_and_kept_nowhere(member, sender, headers):
    browser = old_tab(member)
    answer = browser.post(f"/drops/{open_drop(sender).pk}/report", {"reason": TYPED}, headers=headers)
    assert answer.status_code == 403 and "form_kept" not in browser.session
    assert Client(enforce_csrf_checks=True).post("/preview", {"text": "x"}).status_code == 403


def after_login(browser, away, person):
    """The page that is shown after somebody has signed in."""
    page = browser.post(away["Location"], {"login": person.email, "password": PASSWORD}, follow=True)
    return unescape(page.content.decode())


def test_whoever_blocks_cookies_is_told_so_and_keeps_what_they_typed():
    ours = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    answer = Client(enforce_csrf_checks=True).post("/drops/new", {"prompt": "typed <b>words</b>"}, headers=ours)
    shown = unescape(answer.content.decode())
    assert answer.status_code == 403 and "sent no cookies" in shown and "typed <b>words</b>" in shown


def test_a_browser_that_names_only_its_origin_is_believed(member, sender):
    drop, browser = open_drop(sender), old_tab(member)
    away = browser.post(f"/drops/{drop.pk}/report", {"reason": TYPED}, headers={"Origin": "http://testserver"})
    assert (away.status_code, away["Location"]) == (302, f"/drops/{drop.pk}")


def test_what_stands_behind_the_question_mark_comes_back_too(member):
    browser = Client()
    away = browser.post("/identity/o/device?code=ABCD-EFGH", {"action": "allow", "scopes": "read"})
    shown = after_login(browser, away, member)
    assert 'action="/identity/o/device?code=ABCD-EFGH"' in shown and "Send it now" in shown
    away = Client().post("/me/alerts", {}, headers={"Referer": "http://testserver/board?pack=code"})
    assert parse_qs(urlsplit(away["Location"]).query)["next"] == ["/board?pack=code"]


def test_it_can_be_discarded(member, sender):
    browser = Client()
    away = browser.post(f"/drops/{post_drop(sender).pk}/report", {"reason": TYPED})
    browser.post(away["Location"], {"login": member.email, "password": PASSWORD})
    assert browser.post("/me/discard-form").status_code == 302
    assert "Not sent yet" not in shown_on(browser)


def test_strangers_leave_so_many_forms_and_are_given_more_of_them_back():
    for _ in range(20):
        Client().post("/me/notifications/1/read", {"body": "x"})
    browser = Client()
    page = browser.post("/me/notifications/1/read", {"body": TYPED})
    shown = unescape(page.content.decode())
    assert page.status_code == 403 and "no room to keep" in shown and "form_kept" not in browser.session
    assert TYPED.replace("\r\n", "\n") in shown.replace("\r\n", "\n")
    assert browser.post("/me/notifications/1/read", {}).status_code == 302
