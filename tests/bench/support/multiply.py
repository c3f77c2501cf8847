"""A site many times as large as one that was played: each copy has rows, people and money of its own, by SQL alone.

A row's copy has its ids, and whatever must be unique, with the copy's number in them, and its times a little earlier.
Rows that a site has once, its house's accounts and its staff, are in no copy, and all copies point to them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import LiteralString

from psycopg import sql

from tests.bench.support.fill import Connection

# Ids of a copy follow those of the copy before.
STRIDE = 100_000
WIDE = 24
OF_THE_SITE = ("auth_", "django_", "core_", "pg", "drops_cleaning", "drops_seatcheck", "accounts_user_groups")
# By table: which of its rows a site has once.
ONCE = {
    "accounts_user": "is_staff",
    "account_emailaddress": "user_id IN (SELECT id FROM accounts_user WHERE is_staff)",
    "ledger_account": "user_id IS NULL AND reference IS NULL",
}
# By table: in which copies alone it has rows, for these would fill a disk and make no list longer than the others are.
ONE_COPY_IN = {
    "drops_panelcall": 1_000,
    "drops_judgeanswer": 20,
    "drops_rankinglog": 10,
    "drops_frozenentry": 10,
    "accounts_idempotencykey": 10,
}
TABLES = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL), (
    SELECT f.confrelid::regclass::text FROM pg_constraint f
    WHERE f.contype = 'f' AND f.conrelid = c.oid AND f.conkey = ARRAY[a.attnum]), EXISTS (
    SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND a.attnum = ANY (i.indkey)),
    NULLIF(information_schema._pg_char_max_length(a.atttypid, a.atttypmod), -1)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = ''
ORDER BY c.relname, a.attnum
"""
PLAIN_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique AND NOT i.indisexclusion
"""


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    points_to: str | None
    is_unique: bool
    chars_max: int | None


def multiply(connection: Connection, copies: int, *, days: int) -> None:
    """Make so many copies of all that was played, the last of them some days ago; `fill.loading` connects."""
    tables: defaultdict[str, list[Column]] = defaultdict(list)
    for table, *column in connection.execute(TABLES).fetchall():
        if not _named_once(table):
            tables[table].append(Column(*column))
    # An index that is made at once takes a third of the time.
    indexes = connection.execute(PLAIN_INDEXES).fetchall()
    for name, _definition in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(_named(name)))
    for table, columns in tables.items():
        # The ledger's own fire on a replica too.
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(_named(table)))
        _copy(connection, table, columns, copies, days)
    for _name, definition in indexes:
        connection.execute(definition)


def _copy(connection: Connection, table: str, columns: list[Column], copies: int, days: int) -> None:
    once = sql.SQL(ONCE.get(table, "false"))  # type: ignore[arg-type]
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    values = sql.SQL(", ").join(_copied(connection, column, copies, days) for column in columns)
    parts = {"table": sql.Identifier(table), "names": names, "values": values, "once": once, "copies": copies}
    parts["step"] = sql.Literal(ONE_COPY_IN.get(table, 1))
    insert: LiteralString = """
    INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE
    SELECT {values} FROM generate_series(1, {copies}, {step}) n, {table} t WHERE NOT ({once}) ORDER BY n
    """
    connection.execute(sql.SQL(insert).format(**parts))


def _copied(connection: Connection, column: Column, copies: int, days: int) -> sql.Composable:
    name = sql.Identifier("t", column.name)
    if column.points_to and _named_once(column.points_to):
        return name
    if column.type == "timestamp with time zone":
        return sql.SQL("{0} - n * interval '1 day' * {1} / {2}").format(name, days, copies)
    new = _new(column, name)
    if new is None or not column.points_to:
        return new or name
    kept = _once_in(connection, column.points_to)
    return sql.SQL("CASE WHEN {0}::text = ANY ({1}) THEN {0} ELSE {2} END").format(name, kept, new) if kept else new


def _new(column: Column, name: sql.Composable) -> sql.Composable | None:
    """Return the value in copy `n` of a column of ids, or of unique texts; None for any other column."""
    if column.type == "uuid":
        return sql.SQL("md5({0}::text || n)::uuid").format(name)
    # A reference may have no constraint, and goes by its name then.
    if column.type in {"bigint", "integer"} and (column.points_to or column.name.endswith("id")):
        return sql.SQL("{0} + n * {1}").format(name, STRIDE)
    # What is shorter is the name of a kind, and unique with something else.
    is_text = column.type in {"text", "character varying"} and (column.points_to or column.is_unique)
    if is_text and (column.chars_max or WIDE) >= WIDE:
        end = sql.SQL("left({0}, {1}) || lpad(n::text, 7, '0')")
        return end.format(name, (column.chars_max or 1_000_000) - 7)
    return None


def _named_once(table: str) -> bool:
    return table.startswith(OF_THE_SITE)


def _once_in(connection: Connection, table: str) -> sql.Composable | None:
    """The ids of the rows that a site has once; None where it has none."""
    if table not in ONCE:
        return None
    query = sql.SQL("SELECT id::text FROM {} WHERE {}").format(_named(table), sql.SQL(ONCE[table]))  # type: ignore[arg-type]
    return sql.Literal([one for (one,) in connection.execute(query).fetchall()])


def _named(name: str) -> sql.Identifier:
    return sql.Identifier(name.strip('"'))
