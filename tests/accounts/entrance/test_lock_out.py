"""Wrong guesses shut out whoever makes them, not the owner on a device of theirs."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from accounts.entrance.devices import COOKIE
from accounts.models import User
from tests.clorp.site.test_admin_entrance import code_of, codes_that_last  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
PASSWORD, WRONG = "a good password", "a wrong password"
ADA = "ada@example.com"


@pytest.fixture
def ada(db):
    user = User.objects.create_user(ADA, PASSWORD)
    EmailAddress.objects.create(user=user, email=ADA, verified=True, primary=True)
    return user


@pytest.fixture
def device(ada):
    """A browser on which Ada has signed in, and out again."""
    client = Client(REMOTE_ADDR="192.0.2.1")
    client.post("/accounts/login/", {"login": ADA, "password": PASSWORD})
    client.post("/accounts/logout/")
    return client


def knows(client):
    return "_auth_user_id" in client.session


def guess(client, password=WRONG, email=ADA):
    return client.post("/accounts/login/", {"login": email, "password": password}).content.decode()


def strangers(number):
    return [Client(REMOTE_ADDR=f"198.51.100.{1 + each}") for each in range(number)]


def test_six_wrong_passwords_of_a_stranger_do_not_lock_the_owner_out(device):
    for stranger in strangers(6):
        guess(stranger)
    assert "Too many" in guess(strangers(9)[-1], PASSWORD)
    guess(device, PASSWORD)
    assert knows(device)


def test_a_stranger_stays_limited_by_account_wherever_they_come_from(ada):
    told = [guess(stranger, PASSWORD if number == 5 else "wrong") for number, stranger in enumerate(strangers(6))]
    assert ["Too many" in page for page in told] == [False] * 5 + [True]


def test_a_stranger_stays_limited_by_address_whomever_they_try(ada):
    (stranger,) = strangers(1)
    told = [guess(stranger, email=f"{number}@example.com") for number in range(11)]
    assert ["Too many" in page for page in told] == [False] * 10 + [True]


def test_a_known_device_is_limited_too(device):
    told = [guess(device) for _ in range(11)]
    assert ["Wait five minutes" in page for page in told] == [False] * 10 + [True]


def test_whoever_knows_the_password_may_come_and_go_as_often_as_they_like(device):
    for _ in range(11):
        guess(device, PASSWORD)
        assert knows(device)
        device.post("/accounts/logout/")


def test_a_device_is_known_for_its_own_account_alone(device):
    User.objects.create_user("bob@example.com", PASSWORD)
    for stranger in strangers(6):
        guess(stranger, email="bob@example.com")
    assert "Too many" in guess(device, PASSWORD, email="bob@example.com")


@pytest.mark.parametrize("cookie", ["", "garbage", "e30:1abc:xyz", "\xff"])
def test_a_forged_cookie_makes_no_device(ada, cookie):
    for stranger in strangers(6):
        guess(stranger)
    forger = Client()
    forger.cookies[COOKIE] = cookie
    assert "Too many" in guess(forger, PASSWORD)


def test_several_accounts_share_one_device(device):
    User.objects.create_user("bob@example.com", PASSWORD)
    guess(device, PASSWORD, email="bob@example.com")
    device.post("/accounts/logout/")
    for email in (ADA, "bob@example.com"):
        for stranger in strangers(6):
            guess(stranger, email=email)
        guess(device, PASSWORD, email=email)
        assert knows(device)
        device.post("/accounts/logout/")


def test_codes_that_strangers_asked_for_do_not_keep_the_owner_from_theirs(device, mailoutbox):
    for stranger in strangers(4):
        stranger.post("/accounts/login/code/", {"email": ADA})
    assert len(mailoutbox) == 3
    device.post("/accounts/login/code/", {"email": ADA})
    assert len(mailoutbox) == 4


def test_second_factors_that_strangers_guessed_do_not_either(ada, device, codes_that_last):  # noqa: F811
    factor = TOTP.activate(ada, generate_totp_secret())
    for stranger in strangers(6):
        guess(stranger, PASSWORD)
        told = stranger.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert "Too many" in told
    guess(device, PASSWORD)
    device.post("/accounts/2fa/authenticate/", {"code": code_of(factor)})
    assert knows(device)


def test_a_stranger_gets_five_guesses_at_a_second_factor(ada, codes_that_last):  # noqa: F811
    factor = TOTP.activate(ada, generate_totp_secret())
    (stranger,) = strangers(1)
    guess(stranger, PASSWORD)
    for _ in range(5):
        stranger.post("/accounts/2fa/authenticate/", {"code": "000000"})
    stranger.post("/accounts/2fa/authenticate/", {"code": code_of(factor)})
    assert not knows(stranger)


def test_the_owner_confirms_while_strangers_guess(ada):
    owner = Client()
    guess(owner, PASSWORD)
    for stranger in strangers(6):
        guess(stranger)
    answer = owner.post("/accounts/reauthenticate/?next=/me", {"password": PASSWORD})
    assert answer["Location"] == "/me"


def test_one_line_at_home_has_one_limit_however_many_addresses_it_has(db):
    codes = [
        Client(REMOTE_ADDR=f"2001:db8:1:2::{number:x}")
        .post("/accounts/login/", {"login": f"nobody{number}@example.com", "password": "guess"})
        .status_code
        for number in range(1, 33)
    ]
    assert codes == [200] * 30 + [429] * 2
