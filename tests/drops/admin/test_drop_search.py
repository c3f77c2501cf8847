"""The list of drops is searched by indexes: an id, the beginning of a sender's mail, words of title and prompt."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.models import User
from drops.models import Drop
from tests.admin_site import list_url, logged_in
from tests.play import open_drop

pytestmark = pytest.mark.django_db


@pytest.fixture
def results(db):
    chief = logged_in(User.objects.create_superuser("chief@house.example"))
    return lambda words, **more: chief.get(list_url(Drop), {"q": words, **more}).context["cl"].queryset


def test_a_drop_is_found_by_id_by_its_sender_and_by_words(results, sender, rival):
    ferry = open_drop(sender, title="A ferry", prompt="Name it well.")
    raft = open_drop(rival, prompt="Name my raft.")
    for words, expected in {
        str(ferry.pk): {ferry},
        "SENDER@exam": {ferry},
        "well ferr": {ferry},
        "name": {ferry, raft},
        "zeppelin": set(),
        " ": {ferry, raft},
    }.items():
        assert set(results(words)) == expected, words
    assert set(results("name", status__exact="completed")) == set()


def test_no_search_reads_every_drop(results, sender):
    open_drop(sender)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for words in ("ferry", "sender@exam"):
        plan = results(words).order_by().explain()
        assert "Seq Scan" not in plan, plan
