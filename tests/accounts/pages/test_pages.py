"""The account pages: profile, notes, keys, and the outbox of a developer's machine."""

import re

import pytest
from allauth.core.context import request_context
from django.core.mail import send_mail
from django.test import Client
from django.utils.html import strip_tags

from accounts.adapter import AccountAdapter
from accounts.models import ApiKey, Notification, User
from accounts.notifications.notify import notify
from accounts.pages.forms import ProfileForm
from accounts.tasks import deliver_notices
from tests import play

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def browser(agent):
    client = Client()
    client.force_login(agent, backend=BACKEND)
    return client


def test_a_new_key_is_shown_once_and_stored_nowhere(browser, agent):
    page = browser.post("/me/keys", {"name": "laptop", "scopes": ["read"]}).content.decode()
    secret = re.search(r"clorp_pat_\w{20,}", page)[0]
    key = ApiKey.objects.get(user=agent)
    assert (key.name, key.scopes) == ("laptop", ["read"])
    assert secret not in browser.get("/me").content.decode()
    assert secret not in key.digest


def test_a_new_key_may_read_and_compete_unless_more_is_ticked(browser):
    ticked = re.findall(r'name="scopes" value="(\w+)"[^>]* checked', browser.get("/me").content.decode())
    assert ticked == ["read", "compete"]


def test_a_key_without_scopes_is_refused_beside_the_field(browser):
    answer = browser.post("/me/keys", {"name": "laptop"})
    assert answer.status_code == 422 and "Tick at least one" in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_only_ones_own_key_can_be_revoked(browser, agent, rival):
    mine, _ = ApiKey.objects.create(agent, name="mine")
    theirs, _ = ApiKey.objects.create(rival, name="theirs")
    assert browser.post(f"/me/keys/{theirs.public_id}/revoke").status_code == 404
    assert browser.post(f"/me/keys/{mine.public_id}/revoke").status_code == 302
    assert list(ApiKey.objects.all()) == [theirs]


def test_notes_are_counted_in_the_header_until_they_are_read(browser, agent, rival):
    notify([agent, rival], kind="x", text="Your <b>entry</b> won", href="/board", now=play.NOON)
    page = browser.get("/me/notifications").content.decode()
    assert "Your &lt;b&gt;entry&lt;/b&gt; won" in page
    assert re.search(r'>\s*1<span class="visually-hidden"> new', page)
    browser.post("/me/notifications")
    assert list(Notification.objects.filter(read_at=None)) == list(Notification.objects.filter(user=rival))


def test_a_name_can_be_changed_and_nothing_else(browser, agent):
    browser.post("/me", {"name": "Ada", "is_staff": "on", "email": "x@example.com"})
    agent.refresh_from_db()
    assert (agent.name, agent.is_staff, agent.email) == ("Ada", False, "agent@example.com")


@pytest.mark.parametrize("handle", ["a b!", "x", "admin"])
def test_a_handle_that_cannot_be_is_refused_beside_the_field(browser, agent, handle):
    answer = browser.post("/me", {"name": "", "handle": handle})
    assert answer.status_code == 422 and "errorlist" in answer.content.decode()
    agent.refresh_from_db()
    assert agent.handle != handle


def test_allauths_titles_and_buttons_are_written_like_ours(db):
    for path, words in (("signup", "Sign up"), ("login", "Sign in"), ("password/reset", "Reset your password")):
        page = strip_tags(Client().get(f"/accounts/{path}/").content.decode())
        assert words in page and words.title() not in page


def test_a_wrong_password_is_said_in_a_few_words(agent):
    page = Client().post("/accounts/login/", {"login": agent.email, "password": "not this one"}).content.decode()
    assert "password don&#x27;t match. Check both." in page


def test_a_mail_to_confirm_an_address_says_what_to_do_and_names_no_machine(db, mailoutbox):
    Client().post("/accounts/signup/", {"email": "ada@example.com", "password1": "a good password"})
    (letter,) = mailoutbox
    assert letter.subject == "Confirm your email address"
    assert "Ignore this mail." in letter.body and "given your email address" not in letter.body


def test_a_changed_password_is_told_and_mailed_by_the_queue(browser, agent, mailoutbox):
    agent.set_password("a good password")
    agent.save()
    browser.force_login(agent, backend=BACKEND)
    new = {"oldpassword": "a good password", "password1": "a better password", "password2": "a better password"}
    assert browser.post("/accounts/password/change/", new).status_code == 302
    assert mailoutbox == [] and "If that was not you" in Notification.objects.get(kind="password-changed").text
    deliver_notices()
    assert [letter.subject for letter in mailoutbox] == ["Your password was changed"]


def test_a_changed_address_is_told_to_the_old_one_as_well(agent, mailoutbox, rf):
    from_to = {"from_email": "agent@example.com", "to_email": "new@example.com"}
    agent.email = "new@example.com"
    agent.save()
    with request_context(rf.get("/")):
        AccountAdapter(rf.get("/")).send_notification_mail(
            "account/email/email_changed", agent, context=from_to, email="agent@example.com"
        )
    assert [letter.to for letter in mailoutbox] == [["agent@example.com"]]
    assert "now new@example.com" in Notification.objects.get(user=agent, kind="email-changed").text


def test_account_pages_ask_for_a_login(db):
    mine = ("", "/keys", "/notifications", "/notifications/settings", "/webhooks", "/drops", "/competing")
    for path in ("/wallet", *(f"/me{page}" for page in mine)):
        assert Client().get(path)["Location"].startswith("/accounts/login/?next="), path


def test_a_login_code_comes_as_text_and_in_the_look_of_our_mails(agent, mailoutbox):
    Client().post("/accounts/login/code/", {"email": agent.email})
    (mail,) = mailoutbox
    ((sheet, kind),) = mail.alternatives
    code = re.search(r"^[A-Z0-9]{3,4}-[A-Z0-9]{3,4}$", mail.body, re.MULTILINE)[0]
    assert (kind, code in sheet, 'class="brand"' in sheet) == ("text/html", True, True)


def test_a_developer_reads_the_login_code_in_the_outbox(agent, outbox_page):
    visitor = Client()
    visitor.post("/accounts/login/code/", {"email": agent.email})
    assert "/dev/outbox" in visitor.get("/accounts/login/code/confirm/").content.decode()
    page = visitor.get("/dev/outbox").content.decode()
    assert f"to {agent.email}" in page
    assert "Sign-In Code" in page or "code" in page.lower()


def test_the_outbox_does_not_exist_outside_development(db, settings):
    settings.DEBUG = False
    assert Client().get("/dev/outbox").status_code == 404


def test_a_name_is_one_line_of_what_can_be_seen(browser, agent):
    browser.post("/me", {"name": "Ada\u202e\nstaff\u200b"})
    agent.refresh_from_db()
    assert agent.name == "Ada staff"
    # What shows nothing is as good as an empty box, which takes the name away.
    browser.post("/me", {"name": "\u2060"})
    agent.refresh_from_db()
    assert agent.name is None


def test_saving_a_name_undoes_no_suspension_that_came_meanwhile(browser, agent, monkeypatch):
    def suspend_then_answer(form):
        User.objects.filter(pk=agent.pk).update(suspended_at=play.NOON, suspended_reason="spam")
        return form_is_valid(form)

    form_is_valid = ProfileForm.is_valid
    monkeypatch.setattr(ProfileForm, "is_valid", suspend_then_answer)
    browser.post("/me", {"name": "Ada"})
    agent.refresh_from_db()
    assert (agent.name, agent.is_suspended) == ("Ada", True)


def test_the_outbox_shows_a_mail_as_it_was_written(db, outbox_page):
    send_mail("“Naïve”", "You won “Döner”.", "clorp@example.com", ["ada@example.com"])
    page = Client().get("/dev/outbox").content.decode()
    assert "“Naïve”" in page and "You won “Döner”." in page
