"""Guesses at a code that arrive at the same moment: no more are looked at than one after the other."""

from __future__ import annotations

from functools import partial

import pytest
from allauth.account import forms
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth
from django.contrib.auth import hashers
from django.test import Client

from accounts.kept_texts import keep_text
from accounts.models import KeptText, User
from tests.browsers import signed_in
from tests.play import NOON
from tests.races.crowd import at_once

pytestmark = pytest.mark.usefixtures("ledger_db")
GUESSES = 24
PASSWORD = "a good password"


@pytest.fixture
def looked_at(monkeypatch):
    """The guesses that were compared with what is right."""
    seen = []
    by_code, by_factor, by_hash = forms.compare_user_code, auth.validate_totp_code, hashers.verify_password
    monkeypatch.setattr(forms, "compare_user_code", lambda **given: seen.append(given["actual"]) or by_code(**given))
    monkeypatch.setattr(auth, "validate_totp_code", lambda *given: seen.append(given[1]) or by_factor(*given))
    monkeypatch.setattr(
        hashers, "verify_password", lambda *given, **more: seen.append(given[0]) or by_hash(*given, **more)
    )
    return seen


@pytest.fixture
def ada(ledger_db):
    user = User.objects.create_user("ada@example.com", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def copies_of(client):
    """Return browsers that send the same cookies."""
    copies = [Client(raise_request_exception=False) for _ in range(GUESSES)]
    for copy in copies:
        copy.cookies.update(client.cookies)
    return copies


def guess_at_once(client, path):
    answers = at_once(
        [partial(copy.post, path, {"code": f"WRON{number:02}"}) for number, copy in enumerate(copies_of(client))]
    )
    assert {answer.status_code for answer in answers} <= {200, 302, 429}


def test_of_a_code_to_sign_in_three_are(ada, looked_at):
    client = Client()
    client.post("/accounts/login/code/", {"email": ada.email})
    guess_at_once(client, "/accounts/login/code/confirm/")
    assert len(looked_at) == 3


def test_of_a_code_for_an_address_three_are(looked_at, with_mail):
    client = Client()
    client.post("/accounts/signup/", {"email": "new@example.com", "password1": PASSWORD})
    guess_at_once(client, "/accounts/confirm-email/")
    assert len(looked_at) == 3


def test_of_a_code_that_confirms_three_are(ledger_db, looked_at):
    client = signed_in(User.objects.create_user("cyd@example.com"), lately=False)
    client.post("/me/confirm", {"send": "first"})
    guess_at_once(client, "/me/confirm")
    assert len(looked_at) == 3


def test_of_a_second_factor_no_more_than_allauth_allows(ada, looked_at):
    auth.TOTP.activate(ada, auth.generate_totp_secret())
    client = Client()
    client.post("/accounts/login/", {"login": ada.email, "password": PASSWORD})
    looked_at.clear()
    guess_at_once(client, "/accounts/2fa/authenticate/")
    assert 1 <= len(looked_at) <= 5


def test_of_texts_that_are_typed_at_once_no_more_are_kept_than_there_is_room_for(ledger_db, settings):
    settings.KEPT_TEXTS_MAX = 3
    keep = partial(keep_text, whose="ada", fields={"body": "x"}, seconds=60, now=NOON)
    assert sum(key is not None for key in at_once([keep] * GUESSES)) == KeptText.objects.count() == 3
