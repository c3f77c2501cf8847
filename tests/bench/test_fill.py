"""The benchmarks' rows fit the tables as they are: a new column must not be found out by a benchmark that breaks."""

import pytest
from django.db import connection

from accounts.models import User
from drops.models import Drop
from tests.bench.support import fill


@pytest.mark.django_db
def test_the_benchmarks_rows_fit_the_tables():
    connection.ensure_connection()
    fill.add_users(connection.connection, 2)
    fill.add_open_drops(connection.connection, 12, closes_at="now() + interval '1 hour'")
    assert (User.objects.count(), Drop.objects.filter(status="open").count()) == (2, 12)
