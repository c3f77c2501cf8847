"""Bring the database up to date, in one process and in one import of Django: nothing to do takes under two seconds."""

from __future__ import annotations

import os
import sys

import django


def prepare(*, demo: bool) -> None:
    """Migrate where a migration waits, make the cache's table, seed the demo; prints what the seed prints."""
    from django.conf import settings
    from django.core.management import call_command, get_commands
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    if not settings.REDIS_URL:
        call_command("createcachetable", verbosity=0)
    if demo and "seed_demo" in get_commands():
        call_command("seed_demo")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clorp.settings")
    django.setup()
    prepare(demo="--demo" in sys.argv[1:])
