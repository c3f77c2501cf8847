"""Searching drops: by words and how they begin, in any case and language; signs are never obeyed."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from drops.contest import posting
from drops.models import Drop
from drops.models.search import DropWords
from tests.play import NOON, open_drop, post_drop

pytestmark = pytest.mark.django_db

PROMPT = "Name the Good Crossing's e-mail (v2.10): O'Neill, straße, 渡し船の名前を決めて, เรือข้ามฟาก 🦊"


def finds(words):
    return Drop.objects.saying(words).exists()


@pytest.mark.parametrize(
    "words",
    [
        *(
            "crossing",
            "CROSS",
            "good name",
            "e-mail",
            "mail",
            "v2.10",
            "o'neill",
            "stra",
            "ferry",
            "fer cro",
            "!crossing",
        ),
        *("渡し船", "名前", "ข้าม", "🦊", "good 🦊"),
    ],
)
def test_a_drop_is_found_by_its_words_and_how_they_begin(sender, words):
    open_drop(sender, prompt=PROMPT, title="A ferry")
    assert finds(words)


@pytest.mark.parametrize(
    "words",
    ["rossing", "good bad", "2.11", "船渡", "🦉", "crossing | x", "x:*", "\\", "& | ! ( ) <->"],
)
def test_what_it_does_not_say_is_not_found_and_signs_are_no_operators(sender, words):
    open_drop(sender, prompt=PROMPT, title="A ferry")
    assert not finds(words)


def test_letters_beside_signs_are_found_in_any_case_too(sender):
    open_drop(sender, prompt="Name my LINE公式 bot", title="Ünser渡し船")
    assert finds("line公式") and finds("ünSER渡")


def test_drops_of_before_are_given_their_words_some_at_a_time(sender, monkeypatch):
    filling = import_module("drops.migrations.0026_search_filled")
    monkeypatch.setattr(filling, "AT_ONCE", 2)
    for number in range(5):
        post_drop(sender, prompt=f"Name raft{number}.")
    DropWords.objects.all().delete()
    with CaptureQueriesContext(connection) as seen:
        filling.fill(None, SimpleNamespace(connection=connection))
    assert all(finds(f"raft{number}") for number in range(5)) and len(seen) == 4
    assert not filling.Migration.atomic


def test_a_drop_that_goes_takes_its_words_along(sender):
    drop = post_drop(sender, prompt="Name my raft.")
    posting.abandon_drop(drop=drop, sender=sender, now=NOON)
    Drop.objects.filter(pk=drop.pk).delete()
    assert not finds("raft")


def test_the_index_is_what_finds_them(sender):
    open_drop(sender, prompt=PROMPT)
    with connection.cursor() as cursor:
        # A table of one row is read as a whole.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    assert "Index Scan on drop_words" in Drop.objects.saying("crossing").explain()
