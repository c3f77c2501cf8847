"""No door tells who has an account: it answers alike and works alike, whether there is one or not."""

from __future__ import annotations

import re
from urllib.parse import quote_plus

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from tests.addresses import public_doors
from tests.browsers import signed_in
from tests.play import undone

pytestmark = pytest.mark.django_db
PASSWORD = "a good password"
MEMBER, STRANGER, CODE_ONLY, CLOSED = "ada@example.com", "bob@example.com", "cyd@example.com", "dan@example.com"
OTHER = "eve@example.com"
DOORS = {
    "sign-up": ("/accounts/signup/", {"email": None, "password1": "another good one"}),
    "password": ("/accounts/login/", {"login": None, "password": "a wrong password"}),
    "password with accents": ("/accounts/login/", {"login": None, "password": "a wrong pässword"}),
    "code": ("/accounts/login/code/", {"email": None}),
    "reset": ("/accounts/password/reset/", {"email": None}),
    "adding an address": ("/accounts/email/", {"email": None, "action_add": ""}),
}
# Where a stranger's address brings it a mail, so that what is sent is what these doors ask for.
MAILING = {"/accounts/signup/", "/accounts/login/code/", "/accounts/password/reset/"}
# For each thing that some door asks for beside an address, so that a new one is likely to be content with it.
BESIDE = {"password": "a wrong password", "password1": "another good one", "name": "Ann", "action_add": "", "on": "1"}


@pytest.fixture(autouse=True)
def people(db):
    for email in (MEMBER, CODE_ONLY, CLOSED):
        user = User.objects.create_user(email, PASSWORD if email != CODE_ONLY else None, is_active=email != CLOSED)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)


@pytest.fixture
def hashed(monkeypatch):
    """The passwords that were hashed, one item for each time."""
    times = []
    encode = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", lambda *given: times.append(given[1]) or encode(*given))
    return times


def page_of(response, email):
    """Return what a browser shows, without what differs between any two visits."""
    text = response.content.decode().replace(email, "EMAIL")
    return re.sub(r'(csrfmiddlewaretoken" value|server-now" content)="[^"]*"', "", text)


def answer(door, email, rival, hashed, mailoutbox):
    """Return what somebody who tries `door` sees, is sent, and makes us work."""
    path, form = DOORS[door]
    client, before = signed_in(rival) if door == "adding an address" else Client(), len(mailoutbox)
    hashed.clear()
    response = client.post(path, {name: email if value is None else value for name, value in form.items()})
    seen = [response.status_code, response.headers.get("Location"), page_of(response, email)]
    if response.status_code == 302:
        seen.append(page_of(client.get(response["Location"]), email))
        wrong = client.post(response["Location"], {"code": "WRONG1"})
        seen += [wrong.status_code, page_of(wrong, email)]
    return seen, len(hashed), [letter.to == [email] for letter in mailoutbox[before:]]


@pytest.mark.usefixtures("with_mail")
@pytest.mark.parametrize("email", [MEMBER, CODE_ONLY, CLOSED])
@pytest.mark.parametrize("door", DOORS)
def test_with_mail_every_door_is_silent(door, email, rival, hashed, mailoutbox):
    told = undone(answer, door, email, rival, hashed, mailoutbox)
    assert told == undone(answer, door, STRANGER, rival, hashed, mailoutbox)


@pytest.mark.usefixtures("without_mail")
@pytest.mark.parametrize("email", [MEMBER, CODE_ONLY, CLOSED])
@pytest.mark.parametrize("door", sorted(set(DOORS) - {"sign-up"}))
def test_without_mail_every_door_but_sign_up_is(door, email, rival, hashed, mailoutbox):
    told = undone(answer, door, email, rival, hashed, mailoutbox)
    assert told == undone(answer, door, STRANGER, rival, hashed, mailoutbox)


def test_without_mail_sign_up_says_so_with_a_way_on(without_mail):
    answer = Client().post("/accounts/signup/", {"email": "Ada@Example.com", "password1": "another good one"})
    assert "already an account with this address" in answer.content.decode()
    assert User.objects.count() == 3


def test_whoever_has_the_mailbox_is_told_there(with_mail, mailoutbox):
    Client().post("/accounts/signup/", {"email": MEMBER, "password1": "another good one"})
    (letter,) = mailoutbox
    assert letter.to == [MEMBER] and "already" in letter.body


def sent_to(path, email, user, hashed, mailoutbox):
    """Return what somebody, signed in or not, sees and makes us do who sends an address to `path`, whatever it is."""
    client, before = signed_in(user) if user else Client(), len(mailoutbox)
    client.raise_request_exception = False
    cache.clear(), hashed.clear()
    answer = client.post(path, {"email": email, "login": email, "address": email, **BESIDE})
    leads_to = answer.headers.get("Location", "").replace(quote_plus(email), "EMAIL")
    seen = [answer.status_code, leads_to, len(hashed), len(mailoutbox) - before]
    return [*seen, "" if answer.streaming else page_of(answer, email)]


@pytest.mark.usefixtures("with_mail")
# By night for members: it sends forms to every door of the site.
@pytest.mark.parametrize("is_member", [False, pytest.param(True, marks=pytest.mark.nightly)])
def test_no_door_at_all_tells_by_an_address_that_is_sent_to_it(is_member, rival, hashed, mailoutbox, settings):
    settings.PAGES_PER_MINUTE = settings.PAGES_ANONYMOUS_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 10_000
    user, paths, telling, heard = rival if is_member else None, sorted(set(public_doors())), set(), set()

    def told(path, email):
        return undone(sent_to, path, email, user, hashed, mailoutbox)

    for path in paths:
        known, unknown = told(path, MEMBER), told(path, STRANGER)
        # Of an answer that is never twice the same, what is always there.
        steady = -1 if known != unknown and told(path, OTHER)[-1] != unknown[-1] else None
        telling |= {path} if known[:steady] != unknown[:steady] else set()
        heard |= {path} if unknown[3] else set()
    assert telling == set() and len(paths) > 150
    assert heard >= ({"/accounts/email/"} if is_member else MAILING)
