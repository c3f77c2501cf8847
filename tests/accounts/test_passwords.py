"""Passwords: what is kept of them takes long to guess from, and opens the account from any keyboard."""

from __future__ import annotations

import unicodedata
from contextlib import ExitStack

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.test import Client

from accounts.entrance import hashing
from accounts.models import User
from core.live.threads import THREADS_MAX

ROUNDS_MIN = 600_000
COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "Ünïcödé pass") for form in ("NFC", "NFD"))
FORMS = [COMPOSED, DECOMPOSED]


def test_a_password_is_kept_as_a_hash_that_takes_many_rounds(db, settings, production_hashers):
    settings.PASSWORD_HASHERS = production_hashers
    user = User.objects.create_user("ada@example.com", "a good password", name="Ada")
    algorithm, rounds, *_ = user.password.split("$")
    assert (algorithm, int(rounds) >= ROUNDS_MIN) == ("pbkdf2_sha256", True)
    assert user.check_password("a good password") and not user.check_password("A good password")


@pytest.mark.parametrize("way", ["login", "signup"])
def test_whoever_comes_while_many_sign_in_is_asked_to_wait(db, settings, production_hashers, monkeypatch, way):
    settings.PASSWORD_HASHERS = production_hashers
    monkeypatch.setattr(hashing, "WAIT_SECONDS_MAX", 0)
    with ExitStack() as others:
        for _ in range(hashing.AT_ONCE):
            others.enter_context(hashing.place())
        form = {"login": "ada@example.com", "email": "ada@example.com"}
        answer = Client().post(f"/accounts/{way}/", {**form, "password": "a word", "password1": "a good password"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert "Many people are signing in" in answer.content.decode() and not User.objects.exists()
    with hashing.place():
        assert not User(password="").check_password("a word")


def test_two_threads_are_left_for_all_else():
    assert 1 <= hashing.AT_ONCE <= max(1, THREADS_MAX - 2)


@pytest.mark.parametrize("typed", FORMS)
@pytest.mark.parametrize("was_set", FORMS)
def test_a_password_opens_the_account_from_any_keyboard(db, was_set, typed):
    user = User.objects.create_user("ada@example.com", was_set)
    assert user.check_password(typed) and not user.check_password("Unicode pass")


@pytest.mark.parametrize("typed", FORMS)
def test_a_password_set_before_that_still_does(db, typed):
    user = User(email="ada@example.com", password=hashers.make_password(DECOMPOSED))
    assert user.check_password(typed)


@pytest.mark.parametrize("typed", FORMS)
def test_every_page_takes_either_form(db, typed, without_mail):
    Client().post("/accounts/signup/", {"email": "ada@example.com", "password1": DECOMPOSED})
    EmailAddress.objects.update(verified=True)
    browser = Client()
    browser.post("/accounts/login/", {"login": "ada@example.com", "password": typed})
    new = {"oldpassword": typed, "password1": "a better password", "password2": "a better password"}
    assert browser.post("/accounts/password/change/", new).status_code == 302
    assert User.objects.get().check_password("a better password")


def test_the_length_of_a_password_is_counted_as_people_see_it(db, without_mail):
    page = Client().post("/accounts/signup/", {"email": "ada@example.com", "password1": "u\u0308" * 7})
    assert "too short" in page.content.decode() and not User.objects.exists()
