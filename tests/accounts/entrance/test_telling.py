"""No door tells who has an account: it answers alike and works alike, whether there is one or not."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.test import Client

from accounts.models import User
from tests.browsers import signed_in
from tests.play import undone

pytestmark = pytest.mark.django_db
PASSWORD = "a good password"
MEMBER, STRANGER, CODE_ONLY, CLOSED = "ada@example.com", "bob@example.com", "cyd@example.com", "dan@example.com"
DOORS = {
    "sign-up": ("/accounts/signup/", {"email": None, "password1": "another good one"}),
    "password": ("/accounts/login/", {"login": None, "password": "a wrong password"}),
    "password with accents": ("/accounts/login/", {"login": None, "password": "a wrong pässword"}),
    "code": ("/accounts/login/code/", {"email": None}),
    "reset": ("/accounts/password/reset/", {"email": None}),
    "adding an address": ("/accounts/email/", {"email": None, "action_add": ""}),
}


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
