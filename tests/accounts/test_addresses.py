"""Addresses of accounts: as written and as compared; found by staff and commands; set by an operator."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client

from accounts.entrance.forms import SignupForm
from accounts.models import Notification, User
from accounts.profiles import AddressTaken
from tests.admin_site import list_url, logged_in
from tests.api import Api
from tests.browsers import signed_in

pytestmark = pytest.mark.django_db
TYPED, CANONICAL = "Ada@Bücher.example", "ada@xn--bcher-kva.example"


def test_an_address_is_shown_as_it_was_written_and_stored_as_it_is_compared(without_mail):
    client = Client()
    client.post("/accounts/signup/", {"email": TYPED, "password1": "a good password"})
    user = User.objects.get()
    assert (user.email, user.shown_email) == (CANONICAL, TYPED)
    assert TYPED in client.get("/me").content.decode()
    assert Api(user).get(f"users/{user.pk}").json()["email"] == TYPED


def test_a_browser_that_sends_the_domain_in_ascii_shows_it_in_no_other_way(without_mail):
    client = Client()
    page = client.post("/accounts/signup/", {"email": CANONICAL, "password1": "a good password"}, follow=True)
    shown = page.content.decode() + client.get("/me").content.decode() + client.get("/accounts/email/").content.decode()
    assert "ada@bücher.example" in shown and "<bdi>ada@xn--" not in shown and "as ada@xn--" not in shown


def test_what_was_written_is_not_shown_of_another_address():
    user = User.objects.create_user(TYPED)
    user.email = "ada@example.com"
    user.save()
    assert user.shown_email == "ada@example.com"


@pytest.mark.parametrize("email", ["Ada@example.com", "ada@bücher.example", "ada", "\u017fam@example.com", ""])
def test_the_database_takes_no_other_form(agent, email):
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET email = %s WHERE id = %s", [email, agent.pk])


def test_the_database_takes_no_other_form_of_an_added_address_either(agent):
    with pytest.raises(IntegrityError):
        EmailAddress.objects.create(user=agent, email="Ada@example.com")


@pytest.mark.parametrize("spelling", [TYPED, CANONICAL, "bcher"])
def test_moderators_find_an_address_in_any_spelling(spelling):
    chief = logged_in(User.objects.create_superuser("chief@example.com"))
    user = User.objects.create_user(TYPED)
    page = chief.get(list_url(User), {"q": spelling})
    assert list(page.context["cl"].result_list) == [user]


def test_an_operator_gives_an_account_another_address_and_its_owner_hears_of_it(agent, capsys):
    call_command("set_address", str(agent.pk), TYPED)
    agent.refresh_from_db()
    assert (agent.email, agent.shown_email) == (CANONICAL, TYPED)
    assert EmailAddress.objects.get(user=agent, primary=True).verified
    assert Notification.objects.get(user=agent).kind == "email-changed"


@pytest.mark.parametrize("address", ["rival\u200b@example.com", "no address"])
def test_an_operator_cannot_give_what_another_has_or_nobody_can_have(agent, rival, address):
    with pytest.raises(CommandError):
        call_command("set_address", str(agent.pk), address)
    agent.refresh_from_db()
    assert agent.email == "agent@example.com"


def test_a_superuser_is_made_and_found_in_any_spelling(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a good password")
    call_command("createsuperuser", email=TYPED, interactive=False)
    assert User.objects.get_by_natural_key(f"{TYPED}.").is_superuser
    with pytest.raises(CommandError):
        call_command("createsuperuser", email="no address", interactive=False)
    with pytest.raises((CommandError, IntegrityError)):
        call_command("createsuperuser", email=CANONICAL, interactive=False)


def test_commands_find_an_account_by_an_address_it_has_confirmed(agent, capsys):
    EmailAddress.objects.create(user=agent, email="second@example.com", verified=True)
    call_command("issue_token", "Second@example.com")
    assert User.objects.count() == 1 and agent.auth_token_set.count() == 1


def test_an_address_of_another_account_does_not_become_the_main_one(agent, rival, without_mail):
    browser = signed_in(agent)
    browser.post("/accounts/email/", {"email": rival.email, "action_add": ""})
    answer = browser.post("/accounts/email/", {"email": rival.email, "action_primary": ""})
    agent.refresh_from_db()
    assert (answer.status_code, agent.email) == (409, "agent@example.com")


def form_overtaken_by_another(rf):
    form = SignupForm({"email": "new@example.com", "password1": "a good password"})
    assert form.is_valid()
    User.objects.create_user("new@example.com")
    return form


def test_of_two_who_sign_up_at_once_the_second_hears_so_kindly(rf, without_mail):
    with pytest.raises(AddressTaken):
        form_overtaken_by_another(rf).save(rf.post("/accounts/signup/"))
    assert User.objects.count() == 1
