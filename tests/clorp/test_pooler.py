"""Behind a pooler that loses prepared statements nothing starts."""

from __future__ import annotations

from contextlib import contextmanager

import psycopg
import pytest
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from psycopg import errors

from clorp import pooler


@pytest.fixture
def prepares(monkeypatch):
    """The site is set to prepare its statements."""
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "prepare_threshold", 5)


class Pool:
    """Two clients share servers, of which each knows what was prepared on it; a transaction holds one of them."""

    def __init__(self, carries=False):
        self.carries, self.servers, self.clients = carries, [set(), set()], 0

    @contextmanager
    def connect(self):
        self.clients += 1
        yield Client(self)


class Client:
    def __init__(self, pool):
        self.pool, self.is_prepared, self.number = pool, False, pool.clients

    @contextmanager
    def transaction(self):
        self.pool.servers.reverse()
        yield

    def execute(self, statement, prepare):
        server = self.pool.servers[0]
        if self.is_prepared and self.number not in server and not self.pool.carries:
            raise errors.InvalidSqlStatementName
        self.is_prepared = True
        server.add(self.number)


def test_a_pooler_that_loses_statements_is_told_from_one_that_carries_them():
    assert not pooler.carries_statements(Pool().connect)
    assert pooler.carries_statements(Pool(carries=True).connect)


@pytest.mark.django_db
def test_the_database_itself_keeps_them(prepares):
    pooler.require_carried_statements()
    given = connection.get_connection_params()
    address = {name: given[name] for name in ("host", "port", "dbname", "user") if name in given}
    assert pooler.carries_statements(lambda: psycopg.connect(autocommit=True, **address))


def test_nothing_starts_behind_one_that_loses_them(prepares, monkeypatch):
    monkeypatch.setattr(pooler, "carries_statements", lambda connect: False)
    with pytest.raises(ImproperlyConfigured, match="PREPARED_STATEMENTS=0"):
        pooler.require_carried_statements()


def test_who_prepares_none_asks_nothing(monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "prepare_threshold", None)
    monkeypatch.setattr(pooler, "carries_statements", lambda connect: 1 / 0)
    pooler.require_carried_statements()


def test_a_database_that_is_away_is_waited_for(prepares, monkeypatch):
    def away(connect):
        raise psycopg.OperationalError

    monkeypatch.setattr(pooler, "carries_statements", away)
    pooler.require_carried_statements()


def test_no_worker_goes_on_behind_such_a_pooler_though_celery_forgives_what_else_is_raised(prepares, monkeypatch):
    monkeypatch.setattr(pooler, "carries_statements", lambda connect: False)
    with pytest.raises(SystemExit, match="PREPARED_STATEMENTS=0"):
        worker_init.send(sender=None)
