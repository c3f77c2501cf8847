"""An act that could cost somebody their account or its money takes a login of the last minutes, and is told at once."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from accounts.adapter import AccountAdapter
from accounts.keys import create_key
from accounts.models import ApiKey, Notification, User
from accounts.tasks import deliver_notices
from tests.api import Api, api_of_browser, is_problem
from tests.browsers import signed_in
from tests.play import NOON
from wallet.models import PaymentProfile
from wallet.money_out.connect import start_onboarding
from wallet.money_out.withdrawals import request_withdrawal

pytestmark = pytest.mark.django_db
PASSWORD = "a good password"
MONEY_KEY = {"name": "till", "scopes": ["wallet"]}
SENSITIVE = {
    "/accounts/email/": {"email": "new@example.com", "action_add": ""},
    "/me/keys": MONEY_KEY,
    "/wallet/auto-topup": {"enabled": "on", "amount_cents": "500", "threshold_cents": "499"},
    "/wallet/payouts": {"country": "US"},
    "/wallet/withdrawals": {"amount_cents": "6"},
}


@pytest.fixture
def owner(db):
    user = User.objects.create_user("owner@example.com", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def touched(user):
    """Return what the sensitive pages may have changed."""
    return EmailAddress.objects.filter(user=user).count(), ApiKey.objects.filter(user=user).count()


@pytest.mark.parametrize("path", SENSITIVE)
def test_a_session_left_open_has_to_confirm_first(path, owner, play):
    before = touched(owner)
    answer = signed_in(owner, lately=False).post(path, SENSITIVE[path])
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=")
    assert touched(owner) == before and play.double.requests == []


def test_what_was_sent_is_done_once_the_password_is_given(owner):
    browser = signed_in(owner, lately=False)
    confirm = browser.post("/me/keys", MONEY_KEY)["Location"]
    assert "Incorrect password" in browser.post(confirm, {"password": "wrong"}).content.decode()
    assert not ApiKey.objects.exists()
    page = browser.post(confirm, {"password": PASSWORD}).content.decode()
    assert re.search(r"clorp_pat_\w{20,}", page) and ApiKey.objects.get(user=owner).scopes == ["wallet"]


def test_a_login_of_the_last_minutes_is_not_asked_again(owner):
    assert "Your new key" in signed_in(owner).post("/me/keys", MONEY_KEY).content.decode()


def test_neither_is_who_has_just_signed_up(without_mail):
    newcomer = Client()
    newcomer.post("/accounts/signup/", {"email": "new@example.com", "password1": PASSWORD})
    assert "Your new key" in newcomer.post("/me/keys", MONEY_KEY).content.decode()


@pytest.mark.parametrize("action", ["action_primary", "action_remove"])
def test_a_session_left_open_neither_makes_an_address_the_main_one_nor_removes_it(action, owner):
    EmailAddress.objects.create(user=owner, email="second@example.com", verified=True)
    answer = signed_in(owner, lately=False).post("/accounts/email/", {"email": "second@example.com", action: ""})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert EmailAddress.objects.filter(email="second@example.com", primary=False).exists()


def test_a_key_that_moves_no_money_needs_none(owner):
    answer = signed_in(owner, lately=False).post("/me/keys", {"name": "reader", "scopes": ["read", "compete"]})
    assert "Your new key" in answer.content.decode()


@pytest.mark.parametrize("path", SENSITIVE)
def test_who_has_no_password_confirms_by_a_mailed_code(path, agent, play, mailoutbox):
    browser = signed_in(agent, lately=False)
    confirm = browser.post(path, SENSITIVE[path])["Location"]
    assert confirm.startswith("/me/confirm?next=")
    browser.post(confirm, {"send": "first"})
    code = re.search(r"^[A-Z0-9]{3,4}-[A-Z0-9]{3,4}$", mailoutbox[0].body, re.MULTILINE)[0]
    assert browser.post(confirm, {"code": "WRONG1"}).status_code == 200
    assert browser.post(confirm, {"code": code}).status_code != 403
    assert signed_in_lately(browser)


def test_a_session_left_open_sets_no_first_password_and_keeps_none(agent):
    browser, page = signed_in(agent, lately=False), "/accounts/password/set/"
    answer = browser.post(page, {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert answer.redirect_chain == [(page, 302), (f"/me/confirm?next={quote(page, safe='')}", 302)]
    agent.refresh_from_db()
    assert not agent.has_usable_password() and PASSWORD not in str(dict(browser.session))
    signed_in(agent).post(page, {"password1": PASSWORD, "password2": PASSWORD})
    agent.refresh_from_db()
    assert agent.check_password(PASSWORD)


def signed_in_lately(browser):
    return "Your new key" in browser.post("/me/keys", MONEY_KEY).content.decode()


def test_after_three_wrong_codes_a_new_one_is_needed(agent, mailoutbox):
    browser = signed_in(agent, lately=False)
    confirm = browser.post("/me/keys", MONEY_KEY)["Location"]
    browser.post(confirm, {"send": "first"})
    code = re.search(r"^[A-Z0-9]{3,4}-[A-Z0-9]{3,4}$", mailoutbox[0].body, re.MULTILINE)[0]
    for _ in range(3):
        browser.post(confirm, {"code": "WRONG1"})
    browser.post(confirm, {"code": code})
    assert not signed_in_lately(browser)


AUTO = {"enabled": True, "amount_cents": 50_000, "threshold_cents": 49_900}


@pytest.mark.parametrize("path", ["keys", "stripe/connect", "wallet/withdraw", "wallet/auto-topup"])
def test_the_api_asks_browsers_for_it_too(path, owner, play):
    sent = {"keys": MONEY_KEY, "wallet/withdraw": {"amount_cents": 600}, "wallet/auto-topup": AUTO}.get(path)
    problem = is_problem(api_of_browser(owner, lately=False).post(path, sent), 403, "fresh_login_needed")
    assert "in your browser" in problem["next_step"] and not ApiKey.objects.exists()


def test_a_key_alone_cannot_say_where_money_goes_nor_make_one_that_moves_it(owner, play):
    api = Api(owner)
    is_problem(api.post("stripe/connect"), 403, "fresh_login_needed")
    is_problem(api.post("keys", MONEY_KEY), 403, "beyond_this_key")
    assert api.post("keys", {"name": "child"}).json()["scopes"] == ["read", "compete", "send"]
    assert play.double.requests == []


def test_a_key_that_may_move_money_is_told_by_mail_at_once(owner, mailoutbox):
    create_key(user=owner, name="reader", scopes=["read"], now=NOON)
    assert not Notification.objects.exists()
    create_key(user=owner, name="till", scopes=["wallet"], now=NOON)
    deliver_notices()
    (letter,) = mailoutbox
    assert "“till”" in letter.body and "set a new password" in letter.body


def test_an_added_address_is_told_to_the_one_before(owner, without_mail):
    signed_in(owner).post("/accounts/email/", SENSITIVE["/accounts/email/"])
    assert "new@example.com" in Notification.objects.get(user=owner, kind="email-changed").text


def test_where_winnings_go_is_told_when_it_is_opened(owner, play):
    signed_in(owner).post("/wallet/payouts", {"country": "US"})
    assert "where you say where your prizes go" in Notification.objects.get(user=owner, kind="payout_account").text


def test_a_withdrawal_is_told_when_it_is_asked_for_and_once(agent, play):
    play.earned(agent)
    play.connected(agent)
    for _ in range(2):
        signed_in(agent).post("/wallet/withdrawals", {"amount_cents": "6", "token": "a-token-of-one-form"})
    assert "$6.00" in Notification.objects.get(user=agent, kind="withdrawal_asked").text


def test_the_verbs_tell_of_it_themselves_whatever_door_asks_them(agent, play):
    play.earned(agent)
    play.connected(agent)
    Notification.objects.all().delete()
    for _ in range(2):
        request_withdrawal(user=agent, amount_cents=600, now=play.now, idempotency_key="twice")
    pages = dict.fromkeys(("refresh_url", "return_url"), "https://clorp.example/wallet")
    start_onboarding(user=agent, now=play.now, **pages)
    kinds = list(Notification.objects.filter(user=agent).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["withdrawal_asked", "payout_account"]


def test_a_new_password_leads_to_the_keys_that_still_work(owner):
    create_key(user=owner, name="old", scopes=["read"], now=NOON)
    browser = signed_in(owner)
    new = {"oldpassword": PASSWORD, "password1": "a better password", "password2": "a better password"}
    page = browser.post("/accounts/password/change/", new, follow=True).content.decode()
    assert "Your keys still work" in page
    assert "1 API key still opens it" in Notification.objects.get(kind="password-changed").text
    browser.post("/me/keys/revoke-all")
    assert not ApiKey.objects.exists()


def test_all_keys_are_only_ones_own(owner, rival):
    create_key(user=rival, name="theirs", scopes=["read"], now=NOON)
    signed_in(owner).post("/me/keys/revoke-all")
    assert ApiKey.objects.get().user == rival


def test_a_stranger_is_offered_nothing_to_confirm(rf):
    assert AccountAdapter(rf.get("/")).get_reauthentication_methods(AnonymousUser()) == []


def test_a_key_that_spends_money_takes_a_fresh_login_and_is_told_by_mail(owner, mailoutbox):
    sent = {"name": "spender", "scopes": ["send"]}
    assert "/reauthenticate/" in signed_in(owner, lately=False).post("/me/keys", sent)["Location"]
    assert "Your new key" in signed_in(owner).post("/me/keys", sent).content.decode()
    deliver_notices()
    assert "“spender”" in mailoutbox[0].body


def test_automatic_top_ups_are_lowered_and_ended_without_a_fresh_login(owner, play):
    PaymentProfile.objects.create(
        user=owner,
        auto_topup_enabled=True,
        auto_topup_amount_cents=5_000,
        auto_topup_threshold_cents=1_000,
        has_payment_method=True,
    )
    old = signed_in(owner, lately=False)
    more = {"enabled": "on", "amount_cents": "50", "threshold_cents": "11"}
    assert "/reauthenticate/" in old.post("/wallet/auto-topup", more)["Location"]
    assert "/reauthenticate/" not in old.post("/wallet/auto-topup", {}).headers.get("Location", "")
    assert not PaymentProfile.objects.get(user=owner).auto_topup_enabled
