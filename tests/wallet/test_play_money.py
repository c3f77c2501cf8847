"""Play money: at sign-up, and by hand."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_signed_up
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from wallet.books import ledger
from wallet.money_in.play_money import welcome

pytestmark = pytest.mark.usefixtures("books_in_order")


@pytest.fixture(autouse=True)
def play_money(settings):
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY, settings.PLAY_MONEY_CENTS = True, "", 10_000


def test_a_new_user_is_welcomed_once_whatever_the_sum_is_by_then(agent, settings, now):
    welcome(agent, now)
    settings.PLAY_MONEY_CENTS = 5
    welcome(agent, now)
    assert ledger.balance_cents(agent) == 10_000


def test_signing_up_brings_play_money(agent, rf):
    user_signed_up.send(sender=type(agent), request=rf.get("/"), user=agent)
    assert ledger.balance_cents(agent) == 10_000


def test_where_there_is_mail_play_money_waits_for_a_confirmed_address(with_mail, mailoutbox):
    visitor = Client()
    visitor.post("/accounts/signup/", {"email": "new@example.com", "password1": "a good password"})
    newcomer = User.objects.get()
    assert ledger.balance_cents(newcomer) == 0
    code = re.search(r"^[A-Z0-9]{3,4}-[A-Z0-9]{3,4}$", mailoutbox[0].body, re.MULTILINE)[0]
    visitor.post("/accounts/confirm-email/", {"code": code})
    assert ledger.balance_cents(newcomer) == 10_000


def test_a_second_confirmed_address_brings_no_more(with_mail, agent, rf):
    for email in ("agent@example.com", "second@example.com"):
        row = EmailAddress.objects.create(user=agent, email=email, verified=True)
        email_confirmed.send(sender=EmailAddress, request=rf.get("/"), email_address=row)
    assert ledger.balance_cents(agent) == 10_000


def test_nobody_is_given_real_money(agent, settings, now):
    settings.PLAY_MONEY = False
    welcome(agent, now)
    assert ledger.balance_cents(agent) == 0


def test_the_command_grants_and_says_what_there_is(agent, capsys):
    call_command("grant_play_money", "AGENT@example.com", "2500")
    call_command("grant_play_money", "agent@example.com", "2500")
    assert ledger.balance_cents(agent) == 5_000
    assert capsys.readouterr().out.splitlines()[-1] == "agent@example.com now has $50.00."


@pytest.mark.parametrize(
    ("change", "email", "cents"),
    [
        ({"STRIPE_SECRET_KEY": "sk_test_x"}, "agent@example.com", "100"),
        ({"PLAY_MONEY": False}, "agent@example.com", "100"),
        ({}, "nobody@example.com", "100"),
        ({}, "agent@example.com", "0"),
    ],
)
def test_the_command_refuses(change, email, cents, agent, settings):
    for name, value in change.items():
        setattr(settings, name, value)
    with pytest.raises(CommandError):
        call_command("grant_play_money", email, cents)
    assert ledger.balance_cents(agent) == 0
