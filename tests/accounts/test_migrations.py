"""The data migrations of this room, on rows as they were before."""

from __future__ import annotations

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps as django_apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts.models import Preference, User
from tests.play import after

push = import_module("accounts.migrations.0011_push")
one_address = import_module("accounts.migrations.0008_one_address")

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def apps():
    """The models as the migration sees them."""
    return MigrationLoader(None).project_state([("accounts", "0008_one_address")]).apps


@pytest.fixture(autouse=True)
def rules_of_before(db):
    """Take the new rules off, for this test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user DROP CONSTRAINT user_email_is_canonical")
        cursor.execute("ALTER TABLE accounts_user DROP CONSTRAINT user_email_unique")
        cursor.execute("ALTER TABLE account_emailaddress DROP CONSTRAINT account_email_is_canonical")


def before(email, *, verified=False, seconds=0):
    """Return an account as the old code stored it."""
    user = User.objects.create_user(f"{seconds}@example.com", created_at=after(seconds))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET email = %s, email_as_written = '' WHERE id = %s", [email, user.pk])
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


@pytest.fixture
def migrated(apps):
    """`migrated(*users)` migrates, and returns the addresses that these accounts then have."""

    def migrate(*users):
        one_address.make_canonical(apps, None)
        for user in users:
            user.refresh_from_db()
        return [user.email for user in users]

    return migrate


def stand_in(user):
    return f"{user.pk.hex}@moved.invalid"


def test_a_lone_spelling_becomes_canonical_and_is_still_shown_as_written(migrated):
    user = before("ada@bücher.example", verified=True)
    assert migrated(user) == ["ada@xn--bcher-kva.example"]
    assert user.shown_email == "ada@bücher.example"
    assert EmailAddress.objects.get(user=user).email == user.email


def test_of_two_spellings_the_confirmed_one_keeps_the_address_else_the_older(migrated):
    late, early = before("eve@example.com", seconds=9), before("e\u200bve@example.com", seconds=5)
    proven, first = before("ada@exa\u200bmple.com", verified=True, seconds=8), before("ada@example.com", seconds=1)
    assert migrated(early, late) == ["eve@example.com", stand_in(late)]
    assert migrated(proven, first) == ["ada@example.com", stand_in(first)]
    assert EmailAddress.objects.filter(email="ada@example.com").get().user == proven


def test_what_can_be_no_address_gives_way_to_a_stand_in_that_is_named(migrated, caplog):
    user = before("\u017fam@example.com")
    assert migrated(user) == [stand_in(user)]
    assert [record.user for record in caplog.records] == [str(user.pk)]
    assert user.email_as_written == "\u017fam@example.com"


def test_two_rows_of_one_owner_become_one_that_keeps_what_either_had(migrated):
    user = before("ada@example.com")
    EmailAddress.objects.create(user=user, email="ada@example\u200e.com", verified=True)
    migrated(user)
    (row,) = EmailAddress.objects.filter(user=user)
    assert (row.email, row.primary, row.verified) == ("ada@example.com", True, True)


def test_going_back_gives_every_account_what_was_written(migrated, apps):
    user = before("ada@bücher.example")
    migrated(user)
    with connection.cursor() as cursor:
        one_address.as_written(apps, None)
        cursor.execute("SELECT email FROM accounts_user WHERE id = %s", [user.pk])
        assert cursor.fetchone() == ("ada@bücher.example",)


@pytest.mark.parametrize(("mail", "shown"), [("at-once", True), ("daily", False), ("never", False)])
def test_browsers_show_what_somebody_had_chosen_to_be_mailed_at_once(agent, mail, shown):
    row = Preference.objects.create(user=agent, topic="alerts", mail=mail)
    push.show_what_is_mailed_at_once(django_apps, None)
    row.refresh_from_db()
    assert row.push is shown
