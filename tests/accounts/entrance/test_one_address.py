"""One address, one account, by every door: whatever spelling is typed there."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.keys import find_key
from accounts.models import User
from core.addresses import NotAnAddress, address_or_none
from tests.browsers import signed_in
from tests.core.test_addresses import NONE, SAME
from tests.play import NOON

PASSWORD = "a good password"
# What each example must not be taken for, and what some must.
OWNERS = ("ada@example.com", "sam@example.com", "kate@example.com", "sam@site.example", "ada@xn--bcher-kva.example")
# Of what is no address, here what could still be taken for one.
TYPED = [*(written for written, _ in SAME), *(text for text in NONE if not text.isascii() or "\x00" in text)]

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("typed", TYPED, ids=lambda typed: ascii(typed[:40]))]


@pytest.fixture(scope="module")
def owners(shared_db):
    with shared_db():
        people = {email: User.objects.create_user(email, PASSWORD) for email in OWNERS}
        for email, user in people.items():
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return people


def as_sent(typed):
    """Return what arrives of it: bytes that are no text come as such."""
    return typed.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def post(path, **typed):
    """Return a stranger's browser after a form, which was no fault of ours."""
    client = Client(raise_request_exception=False)
    sent = {name: as_sent(text) for name, text in typed.items()}
    assert client.post(f"/accounts/{path}/", sent).status_code in (200, 302)
    return client


def test_sign_up_makes_no_second_account(typed, owners, either_way):
    post("signup", email=typed, password1=PASSWORD)
    canonical = address_or_none(typed)
    assert User.objects.count() == len({*owners, canonical} - {None})


def test_a_password_opens_the_account_of_that_address_alone(typed, owners, either_way):
    client = post("login", login=typed, password=PASSWORD)
    owner = owners.get(address_or_none(typed))
    assert client.session.get("_auth_user_id") == (str(owner.pk) if owner else None)


@pytest.mark.turns(3)
@pytest.mark.parametrize("path", ["login/code", "password/reset"])
def test_codes_and_links_go_to_the_address_in_its_one_form(typed, path, owners, mailoutbox, either_way):
    post(path, email=typed)
    canonical = address_or_none(typed)
    assert [letter.to for letter in mailoutbox] == ([[canonical]] if canonical else [])
    assert all(letter.message().as_bytes() for letter in mailoutbox)


def test_an_address_is_added_in_its_one_form(typed, owners, rival, either_way, mailoutbox):
    client = signed_in(rival)
    assert client.post("/accounts/email/", {"email": as_sent(typed), "action_add": ""}).status_code in (200, 302)
    canonical = address_or_none(typed)
    assert [letter.to for letter in mailoutbox] == ([[canonical]] if canonical else [])


def test_the_commands_find_whose_address_it_is(typed, owners, capsys):
    canonical = address_or_none(typed)
    if canonical is None:
        with pytest.raises(CommandError):
            call_command("issue_token", typed)
        assert User.objects.count() == len(owners)
    else:
        call_command("issue_token", typed)
        assert find_key(capsys.readouterr().out.strip(), now=NOON).user.email == canonical


def test_the_database_and_the_model_know_one_form(typed, owners):
    canonical = address_or_none(typed)
    assert User.objects.filter(email=typed).first() == owners.get(canonical)
    if canonical is None:
        with pytest.raises(NotAnAddress):
            User.objects.create_user(typed)
    elif canonical in owners:
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user(typed)
