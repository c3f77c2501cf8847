"""Fixtures for every test: a small cast, money for it, and a database that can be emptied.

The cast is `sender`, `agent`, `rival` and `staff`; `funded(user, cents)` fills a wallet.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core.management.commands import flush
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import override_settings
from django.urls import clear_url_caches, path, set_urlconf
from django.utils import timezone
from psycopg.errors import DeadlockDetected, ForeignKeyViolation
from pytest_socket import socket_allow_hosts

from accounts.models import User
from accounts.pages import account
from clorp import urls
from core import clock, switches
from tests.play import make_user
from wallet.books import invariants, ledger


def pytest_runtest_setup() -> None:
    """No test talks to anything but this machine."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True, scope="session")
def production_hashers() -> Iterator[list[str]]:
    """Give what hashes passwords in production; here that is done cheaply, since it would take most of the time."""
    with_care = site_settings.PASSWORD_HASHERS
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield with_care


@pytest.fixture(autouse=True, scope="session")
def staff_by_password_alone() -> Iterator[None]:
    """Staff need no second factor, but where a test is about it."""
    with override_settings(STAFF_SECOND_FACTOR=False, STAFF_SPARED=""):
        yield


@pytest.fixture(autouse=True, scope="session")
def files_found_when_asked_for() -> Iterator[None]:
    """WhiteNoise would list all static files anew for every test client, which takes longer than its requests."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(autouse=True)
def fresh_cache(settings: Any) -> None:
    """A cache of the test's own, shared by its threads, so that no limit outlives a test."""
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {name: {"BACKEND": memory, "LOCATION": uuid.uuid4().hex} for name in settings.CACHES}


@pytest.fixture(autouse=True)
def steady_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No query for the database's time in the middle of a test that counts queries."""
    monkeypatch.setattr(clock, "ask_database", lambda: None)


@pytest.fixture(autouse=True)
def nothing_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No query for what is paused in the middle of a test that counts queries. What a verb pauses is seen at once."""
    monkeypatch.setattr(switches, "READ_AGAIN_AFTER_SECONDS", math.inf)
    monkeypatch.setattr(switches, "reader", switches.Reader(known={}))


@pytest.fixture
def sender(db: None) -> User:
    return User.objects.create_user("sender@example.com", name="Sender")


@pytest.fixture
def agent(db: None) -> User:
    return User.objects.create_user("agent@example.com", name="Agent")


@pytest.fixture
def rival(db: None) -> User:
    return User.objects.create_user("rival@example.com", name="Rival")


@pytest.fixture
def staff(db: None) -> User:
    """A moderator, with the rights that moderators are appointed with and no more."""
    return make_user("Staff", is_staff=True)


@pytest.fixture
def funded(db: None) -> Callable[[User, int], User]:
    """`funded(user, cents)` puts so much into the user's wallet and returns the user."""

    def fund(user: User, cents: int) -> User:
        ledger.post_transfer(
            debit=ledger.Party(ledger.Kind.PLAY_CLEARING),
            credit=ledger.wallet_of(user),
            amount_cents=cents,
            reason=f"topup:play_{uuid.uuid4().hex}",
            now=timezone.now(),
        )
        return user

    return fund


@pytest.fixture
def outbox_page(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A developer's machine, on which mails become files with a page of their own."""
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    page = path("dev/outbox", account.outbox, name="outbox")
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, page])
    clear_url_caches()
    set_urlconf(None)
    yield
    clear_url_caches()


@pytest.fixture
def ledger_db(transactional_db: None) -> Iterator[None]:
    """A database with real commits, for tests with threads; the books must be in order at the end."""
    yield
    assert invariants.broken() == []


# Migrating fills these, with the same rows each time.
STANDING = ["django_migrations", "django_content_type", "auth_permission"]
TABLES = """
SELECT format('SELECT %%L WHERE EXISTS (SELECT FROM %%1$I)', relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL (%s)
"""
DELETE_TRIGGERS = """
SELECT format('ALTER TABLE %%s DISABLE TRIGGER %%I', tgrelid::regclass, tgname),
    format('ALTER TABLE %%s ENABLE %%s TRIGGER %%I', tgrelid::regclass,
        CASE tgenabled WHEN 'A' THEN 'ALWAYS' END, tgname)
FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 8 <> 0 AND tgenabled <> 'D' AND tgrelid = ANY (%s::regclass[])
"""
MET_IN_THE_MIDDLE = (DeadlockDetected, ForeignKeyViolation)


def empty_database(*_: Any, **__: Any) -> None:
    """Empty it, again where a last request of a page that was left has met it in the middle.

    Such a request locks rows in another order, or commits a row of a table that was already emptied.
    """
    for _try in range(9):
        try:
            return delete_all()
        except (IntegrityError, OperationalError) as fault:
            if not isinstance(fault.__cause__, MET_IN_THE_MIDDLE):
                raise
    return delete_all()


def delete_all() -> None:
    """Delete what a test has committed, where Django would truncate every table and make its standing rows anew.

    Append-only tables refuse it: their triggers are lifted meanwhile and put back in the same transaction, so that
    every test meets them.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TABLES, [STANDING])
        cursor.execute(" UNION ALL ".join(ask for (ask,) in cursor.fetchall()))
        filled = [name for (name,) in cursor.fetchall()]
        cursor.execute(DELETE_TRIGGERS, [filled])
        triggers = cursor.fetchall()
        for lift, _put_back in triggers:
            cursor.execute(lift)
        for name in filled:
            cursor.execute(f"DELETE FROM {name}")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for _lift, put_back in triggers:
            cursor.execute(put_back)


@pytest.fixture(autouse=True, scope="session")
def flush_deletes() -> Iterator[None]:
    """After each test with real commits, Django's test case calls the command `flush`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", empty_database)
        yield


@pytest.fixture
def with_mail(settings: Any) -> None:
    """Addresses have to be confirmed, as wherever EMAIL_URL is set."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True


@pytest.fixture
def without_mail(settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = False


@pytest.fixture(params=["with_mail", "without_mail"])
def either_way(request: Any) -> str:
    request.getfixturevalue(request.param)
    return request.param
