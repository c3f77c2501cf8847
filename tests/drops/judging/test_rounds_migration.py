"""Drops that were judged before rounds had rows of their own, taken over by the migration and given back.

The rows in `data/before_rounds.json.gz` were made by the code before it: thirty drops, played through its verbs into
every state of a judging. What was sent to models and what they said is left out of the attempts; nothing here reads it.
"""

from __future__ import annotations

import gzip
import json
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from clorp.dev.environment import database_url, with_database
from drops.judging import recompute, steps
from drops.judging.panel.evidence import say_finding
from drops.judging.panel.lease import take_lease
from drops.models import Drop, JudgingRound, RankingLog
from tests.play import after, judge
from wallet.books import invariants

# A migration that has landed is not rewritten: what could break this comes seldom, and a night is early enough.
pytestmark = pytest.mark.nightly

ROWS = json.loads(gzip.decompress((Path(__file__).parent / "data" / "before_rounds.json.gz").read_bytes()))
OLD = {row["title"]: row for row in ROWS["drops_drop"]}
THEN = [("accounts", "0004_notices"), ("wallet", "0005_letters_become_mails"), ("drops", "0005_pulled")]
DAY = timedelta(days=1)
COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped
"""
LOAD = "INSERT INTO {0} ({1}) SELECT {1} FROM jsonb_populate_recordset(NULL::{0}, %s) ORDER BY id"
NUMBER_ON = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), max(id)) FROM {0}"
OURS = ("drops_judginground", "drops_rankinglog", "drops_drop")
DUMP = "SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY id), '[]') FROM {} t"
SCHEMA = """
SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns
WHERE table_name LIKE 'drops%'
UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid::regclass::text LIKE 'drops%' AND contype <> 't'
UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid::regclass::text LIKE 'drops%'
UNION ALL SELECT pg_get_triggerdef(oid) || ' ' || tgenabled::text FROM pg_trigger
WHERE tgrelid::regclass::text LIKE 'drops%' AND NOT tgisinternal
"""


def migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets if targets is not None else executor.loader.graph.leaf_nodes())


def load(cursor):
    """The rows as they were; balances and entries are made anew from the transfers, by the ledger's own triggers."""
    accounts = [{**row, "balance": 0} for row in ROWS["ledger_account"]]
    cursor.execute("SET session_replication_role = replica")
    for table, rows in {**ROWS, "ledger_account": accounts, "ledger_entry": []}.items():
        cursor.execute(COLUMNS, [table])
        cursor.execute(LOAD.format(table, cursor.fetchone()[0]), [json.dumps(rows)])
        if rows and isinstance(rows[0]["id"], int):
            cursor.execute(NUMBER_ON.format(table))
    cursor.execute("SET session_replication_role = origin")


def dumped(table):
    with connection.cursor() as cursor:
        cursor.execute(DUMP.format(table))
        return json.loads(cursor.fetchone()[0])


def schema():
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        return sorted(row[0] for row in cursor.fetchall())


@pytest.fixture(scope="module")
def other_database(django_db_setup, django_db_blocker):
    """A database of its own, with the rows of then and the schema of now; gives the schema of then."""
    name, usual = f"clorp_rounds_{uuid.uuid4().hex[:8]}", connection.settings_dict["NAME"]
    with psycopg.connect(with_database(database_url(), "postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        with django_db_blocker.unblock():
            connection.close()
            connection.settings_dict["NAME"] = name
            try:
                migrate(THEN)
                with connection.cursor() as cursor:
                    load(cursor)
                old_schema = schema()
                migrate(None)
                yield old_schema
            finally:
                connection.close()
                connection.settings_dict["NAME"] = usual
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def migrated(other_database):
    """The migrated rows; what a test does to them is undone."""
    with transaction.atomic():
        yield other_database
        transaction.set_rollback(True)


def find(title):
    return Drop.objects.get(title=title)


JUDGED = [row for row in OLD.values() if row["judging_round"]]
DECIDED = [row["title"] for row in OLD.values() if row["id"] in {one["drop_id"] for one in ROWS["drops_storedverdict"]}]


@pytest.mark.parametrize("old", JUDGED, ids=lambda row: row["title"])
def test_a_drop_is_judged_by_whom_it_was_and_by_the_same_draw(old, migrated):
    current = Drop.objects.get(pk=old["id"]).round
    assert (current.judge, current.number) == (old["judge"], old["judging_round"])
    assert (current.seed, current.rubric_version) == (old["judging_seed"], old["judging_rubric"])
    assert (current.passing_grade, current.is_open) == (old["judging_bar"], old["status"] == "ranking")


@pytest.mark.parametrize("old", [row for row in JUDGED if row["status"] == "ranking"], ids=lambda row: row["title"])
def test_what_waits_for_a_judge_goes_on_waiting_for_the_same(old, migrated):
    (waiting,) = JudgingRound.objects.open().filter(drop=old["id"])
    times = (waiting.deadline_at, waiting.lease_expires_at, waiting.result_stands_at)
    kept = ("judge_deadline_at", "ranking_lease_until", "result_stands_at")
    assert [time and time.isoformat() for time in times] == [old[name] for name in kept]
    assert waiting.held_reason == old["held_reason"]
    assert waiting.fence == (old["ranking_fence"] if waiting.judge == "panel" else 0)
    proposed = waiting.proposed_submission_id
    assert (proposed and str(proposed)) == old["proposed_submission_id"]


def test_nothing_is_judged_that_was_not(migrated):
    judged = {row["id"] for row in JUDGED}
    assert {str(pk) for pk in JudgingRound.objects.values_list("drop", flat=True)} == judged
    assert {str(pk) for pk in Drop.objects.exclude(current_round=None).values_list("pk", flat=True)} == judged


def test_answers_sessions_and_verdicts_hang_from_their_rounds(migrated):
    for table in ("drops_judgeanswer", "drops_storedverdict"):
        links = {row["id"]: row["round_id"] for row in dumped(table)}
        for row in ROWS[table]:
            judged = JudgingRound.objects.get(pk=links[row["id"]])
            assert (str(judged.drop_id), judged.number, judged.judge) == (row["drop_id"], row["round"], row["judge"])
    for row in ROWS["drops_panelsitting"]:
        judged = JudgingRound.objects.get(session=row["id"])
        assert (str(judged.drop_id), judged.number, judged.judge) == (row["drop_id"], row["round"], "panel")
        assert (judged.seed, judged.rubric_version) == (row["seed"], row["rubric_version"])


@pytest.mark.parametrize(
    ("title", "judges"),
    [
        ("late, then judged by staff", ["sender", "staff"]),
        ("late after an answer, waits for staff", ["sender", "staff"]),
        ("judged again without an entry", ["sender", "sender"]),
        ("judged again by staff without an entry", ["sender", "staff", "staff", "staff"]),
        ("every entry disqualified", ["staff", "staff"]),
        ("a panel again after some answers", ["panel", "panel"]),
        ("a proposal that stood", ["panel", "staff"]),
        ("a proposal that stood while staff judged", ["panel", "staff"]),
        ("held, then an entry was disqualified", ["panel", "staff", "staff"]),
    ],
)
def test_rounds_that_left_no_row_are_found_again_with_their_judges(title, judges, migrated):
    assert list(find(title).rounds.order_by("number").values_list("judge", flat=True)) == judges


@pytest.mark.parametrize("title", DECIDED)
def test_a_result_computed_again_is_the_same_bit_for_bit(title, migrated):
    assert recompute.differences(find(title)) == []


def test_the_books_and_the_game_are_in_order(migrated):
    assert invariants.broken() == []


def test_a_log_reads_as_it_did_and_is_numbered_by_round(migrated):
    kept = ("id", "drop_id", "submission_id", "type", "audience", "content", "created_at")
    shown = [{name: row[name] for name in kept} for row in dumped("drops_rankinglog")]
    assert shown == [{name: row[name] for name in kept} for row in ROWS["drops_rankinglog"]]
    for judging_round in JudgingRound.objects.all():
        numbers = list(judging_round.log_lines.order_by("id").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        opened = [line.number for line in judging_round.log_lines.filter(content__startswith="Judging started: ")]
        assert opened == [1] * bool(numbers)


def test_what_moderators_did_is_in_no_judge_s_log(migrated):
    acts = Counter(line.content.partition(" ")[0] for line in RankingLog.objects.filter(round=None))
    assert acts == {"Handed": 9, "Disqualified": 9, "Our": 2}
    early = find("an entry disqualified before the bell").ranking_logs.get(round=None)
    assert early.number == 1


def test_a_lost_worker_s_round_is_taken_over_and_its_answers_are_kept(migrated):
    drop = find("a panel midway, with a lease")
    assert take_lease(drop_id=drop.pk, now=after(304)) is None
    taken = take_lease(drop_id=drop.pk, now=after(304) + DAY)
    assert (taken.fence, taken.round_id) == (3, drop.current_round_id)
    assert drop.round.answers.count() >= 5


def test_a_held_result_comes_to_stand_as_it_would_have(migrated):
    drop = find("held with a proposal")
    assert list(Drop.objects.due_in_ranking(after(302) + DAY).filter(title=drop.title)) == [drop]
    drop = steps.rank_drop(drop=drop, now=after(302) + DAY)
    assert (drop.status, drop.judge, drop.round.number) == ("completed", "panel", 1)
    assert recompute.differences(drop) == []
    assert invariants.broken() == []


def test_people_go_on_where_they_were(migrated):
    drop = find("before its sender, one answer given")
    drop = judge(drop, drop.sender, now=after(400))
    assert (drop.status, drop.round.number, drop.round.answers.count()) == ("completed", 1, 4)
    assert recompute.differences(drop) == []


def test_what_a_panel_left_for_staff_can_still_be_read(migrated):
    heard = find("a proposal that staff decided on").rounds.newest_of_panel()
    assert "It would have found" in say_finding(heard)[1]


@pytest.fixture(scope="module")
def travelled(other_database, django_db_blocker):
    """The database as it was when it had been taken back to then, and before and after that."""
    with django_db_blocker.unblock():
        before = [dumped(table) for table in OURS]
        migrate(THEN)
        then = schema(), {table: dumped(table) for table in ROWS if table.startswith("drops_")}
        migrate(None)
        return {"before": before, "then": then, "after": [dumped(table) for table in OURS]}


def test_backwards_every_row_and_the_schema_are_what_they_were(other_database, travelled):
    back_then, rows = travelled["then"]
    assert back_then == other_database
    for table, dump in rows.items():
        assert dump == [without_stale_lease(row) for row in ROWS[table]]


def without_stale_lease(row):
    """A lease on a drop that has ended says nothing, and is not kept."""
    return {**row, "ranking_lease_until": None} if row.get("status") in ("completed", "failed") else row


def test_there_and_back_again_changes_no_round(travelled):
    assert travelled["after"] == travelled["before"]
