"""Queries that are written once: they ask what the ORM would ask, and refuse to freeze what they computed."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import User
from core.db.compiled import Compiled
from tests.play import make_user

pytestmark = pytest.mark.django_db

NAMES = Compiled(
    lambda user_id, until: User.objects.filter(pk=user_id, created_at__lt=until, is_active=True).values_list("email"),
    user_id=UUID,
    until=datetime,
)


def test_each_call_has_its_own_values(django_assert_num_queries):
    people, later = [make_user("ada"), make_user("basil")], timezone.now() + timedelta(days=9)
    with django_assert_num_queries(2):
        emails = [NAMES.rows(user_id=person.pk, until=later) for person in people]
    assert emails == [[("ada@example.com",)], [("basil@example.com",)]]
    assert NAMES.rows(user_id=people[0].pk, until=people[0].created_at) == []


def test_what_is_computed_from_a_value_is_refused():
    day = timedelta(days=1)
    frozen = Compiled(lambda now: User.objects.filter(created_at__gt=now - day).values_list("pk"), now=datetime)
    with pytest.raises(ValueError, match="computes"):
        frozen.rows(now=timezone.now())


def test_values_are_data():
    by_name = Compiled(lambda name: User.objects.filter(email=name).values_list("pk"), name=str)
    assert by_name.rows(name="' OR true --") == []
