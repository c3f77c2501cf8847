"""Long lists are read a part at a time, each row once, and without a cursor that outlives its query."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from clorp.dev.environment import ROOT
from core.db import walking
from core.db.walking import walk
from tests import play


@pytest.fixture
def people(db, monkeypatch):
    monkeypatch.setattr(walking, "ROWS_AT_ONCE", 2)
    return sorted(play.make_user(f"walker{number}").pk for number in range(5))


def test_each_row_comes_once_and_in_order(people):
    assert [user.pk for user in walk(User.objects.all())] == people
    assert [user.pk for user in walk(User.objects.all(), newest_first=True)] == people[::-1]


def test_so_do_rows_that_are_dictionaries_and_those_of_whole_parts(people):
    assert [row["pk"] for row in walk(User.objects.values("pk", "name"))] == people
    assert [user.pk for user in walk(User.objects.filter(pk__in=people[:4]))] == people[:4]
    assert list(walk(User.objects.none())) == []


def test_no_cursor_stays_open_between_the_parts(people):
    with CaptureQueriesContext(connection) as asked:
        list(walk(User.objects.all()))
    assert len(asked) == 3 and all(query["sql"].startswith("SELECT") for query in asked.captured_queries)


def test_nobody_keeps_a_cursor_from_one_transaction_to_the_next():
    rooms = [ROOT / room for room in ("core", "accounts", "wallet", "drops", "clorp")]
    files = [file for room in rooms for file in room.rglob("*.py") if "migrations" not in file.parts]
    assert files and [file for file in files if ".iterator(" in file.read_text()] == []
