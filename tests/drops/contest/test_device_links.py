"""Accounts that sign in on one device belong together, as those with one card do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.entrance.devices import COOKIE, signed_in_on
from accounts.models import User
from drops.contest import links
from drops.contest.links import linked_to
from drops.models import LinkEvidence
from tests.play import NOON, after, finished_drop, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a good password"


def with_password(name):
    user = User.objects.create_user(f"{name}@example.com", PASSWORD, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(browser, user):
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert browser.session["_auth_user_id"] == str(user.pk)
    browser.post("/accounts/logout/")


@pytest.fixture
def ann():
    return with_password("Ann")


@pytest.fixture
def ben():
    return with_password("Ben")


def test_two_who_sign_in_on_one_device_are_linked(ann, ben):
    tablet = Client()
    sign_in(tablet, ann), sign_in(tablet, ben)
    assert linked_to(ann) == linked_to(ben) == {ann.pk, ben.pk}


def test_two_on_devices_of_their_own_are_not(ann, ben):
    for user in (ann, ben):
        browser = Client()
        sign_in(browser, user), sign_in(browser, user)
    assert linked_to(ann) == {ann.pk} and LinkEvidence.objects.count() == 2


def test_what_the_browser_keeps_is_not_what_we_keep(ann):
    browser = Client()
    sign_in(browser, ann)
    assert LinkEvidence.objects.get().digest not in browser.cookies[COOKIE].value


def test_a_device_that_somebody_made_up_is_a_new_one(ann, ben):
    for user in (ann, ben):
        browser = Client()
        browser.cookies[COOKIE] = "eyJkZXZpY2UiOiJtaW5lIn0:1tAbCd:made-up"
        sign_in(browser, user)
    assert linked_to(ann) == {ann.pk}


def test_where_the_operator_takes_it_for_no_sign_nothing_is_kept(ann, ben, settings):
    settings.LINKS_BY_DEVICE = False
    tablet = Client()
    sign_in(tablet, ann), sign_in(tablet, ben)
    assert not LinkEvidence.objects.exists()


def on(device, user, now=NOON):
    signed_in_on.send(User, user=user, device=device, now=now)


def test_a_drop_between_them_counts_as_linked_once_that_is_seen(sender, agent):
    drop = finished_drop(sender, agent)
    on("tablet", sender, after(600)), on("tablet", agent, after(600))
    drop.refresh_from_db()
    assert drop.is_linked


def test_of_devices_that_nobody_shares_the_newest_are_kept_and_a_link_stays(monkeypatch):
    monkeypatch.setattr(links, "DEVICES_MAX", 3)
    farmer, second = make_user("farmer"), make_user("second")
    on("shared", farmer), on("shared", second)
    for number in range(9):
        on(f"window {number}", farmer, NOON + timedelta(minutes=number))
    assert LinkEvidence.objects.filter(user=farmer).count() == 4 and linked_to(farmer) == {farmer.pk, second.pk}
