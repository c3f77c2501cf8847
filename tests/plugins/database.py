"""Each test process copies one migrated database, which stays for the next run, instead of migrating its own.

Django migrates the copy too and finds nothing to do, so a new migration is never missed. What Django would not see
counts into the copied one's name: a migration that was edited, a package that was replaced.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from clorp.dev.environment import ROOT, database_url
from clorp.dev.testing import BESIDE

OURS = ("core", "accounts", "wallet", "drops", "clorp")
SUFFIX = "_migrated_"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    # What a test commits need not outlive a power cut, so no commit waits for the disk.
    options = connection.settings_dict.setdefault("OPTIONS", {})
    options["options"] = f"{options.get('options', '')} -c synchronous_commit=off".strip()
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated_database()


@pytest.fixture(scope="module")
def shared_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """`with shared_db():` writes what every test of a module finds as it was written, whatever the others did to it."""
    story = transaction.atomic()
    # As Django marks those around its own tests, in which a verb may begin the outermost transaction.
    story._from_testcase = True
    with django_db_blocker.unblock():
        story.__enter__()
    yield django_db_blocker.unblock
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        story.__exit__(None, None, None)


def migrated_database() -> str:
    """Return the name of a database that today's migrations have filled; who comes first makes it."""
    # Runs beside each other copy the same one.
    prefix = f"{connection.settings_dict['NAME'].partition(BESIDE)[0]}{SUFFIX}"
    name = prefix + fingerprint()
    with psycopg.connect(database_url(), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [prefix])
        like = prefix.replace("_", r"\_") + "%"
        names = [row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [like])]
        if name not in names:
            for outdated in names:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(outdated)))
            migrate_new(f"{prefix}unfinished")
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            server.execute(rename.format(sql.Identifier(f"{prefix}unfinished"), sql.Identifier(name)))
    return name


def migrate_new(name: str) -> None:
    """Make the database `name` as Django makes a test's, and turn back to the one before."""
    site = connection.settings_dict
    before, wanted = site["NAME"], site["TEST"]["NAME"]
    site["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    site["NAME"], site["TEST"]["NAME"] = before, wanted


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted({ROOT / "requirements.txt", *migration_files()}):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def migration_files() -> Iterator[Path]:
    """The migrations of all apps, and what ours import of the house."""
    for migration in MigrationLoader(None).disk_migrations.values():
        path = Path(str(sys.modules[migration.__module__].__file__))
        yield path
        if migration.__module__.startswith(OURS):
            yield from house_imports(path)


def house_imports(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            if name.startswith(OURS) and (spec := find_spec(name)) and spec.origin:
                yield Path(spec.origin)
