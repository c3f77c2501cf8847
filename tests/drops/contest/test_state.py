"""The database keeps the moves and the terms of a drop, whoever writes."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from drops.models import Drop
from tests.play import NOON, enter, open_drop, post_drop, ring

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", ["completed", "ranking", "failed", "cancelled", "nonsense"])
def test_the_database_refuses_moves_that_have_no_name(sender, status):
    drop = post_drop(sender)
    with pytest.raises(DatabaseError), transaction.atomic():
        Drop.objects.filter(pk=drop.pk).update(status=status)


def test_the_database_keeps_the_terms_of_a_drop(sender):
    drop = open_drop(sender)
    for change in ({"price_cents": 1}, {"prompt": "Something else"}, {"window_seconds": 9}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Drop.objects.filter(pk=drop.pk).update(**change)


def test_a_winner_of_another_drop_is_refused_by_the_database(sender, agent, rival):
    theirs = enter(open_drop(sender), agent).submission
    drop = open_drop(sender)
    enter(drop, rival)
    ring(drop)
    with pytest.raises(IntegrityError), transaction.atomic():
        Drop.objects.filter(pk=drop.pk).update(
            status="completed", outcome_reason="winner_paid", ended_at=NOON, grade="A", winning_submission=theirs
        )
