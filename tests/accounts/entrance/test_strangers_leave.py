"""No table keeps more of what a stranger sends, to whichever door, than the room that is there for it."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client

from tests.accounts.oauth.programs import DEVICE_GRANT, HOME
from tests.addresses import public_doors

pytestmark = pytest.mark.django_db
MUCH = "y" * 60_000
# A name for each thing that some door asks for, so that a new one is likely to be content with it.
SENT = {
    **dict.fromkeys(("prompt", "body", "reason", "title", "description", "text", "login", "note", "unheard_of"), MUCH),
    "client_name": "Ferry namer",
    "redirect_uris": [HOME],
    "token_endpoint_auth_method": "none",
    "grant_types": ["authorization_code", DEVICE_GRANT],
    "name": "Ferry namer",
    "email": "ada@example.com",
}
# There texts of strangers have a room of their own, with bounds.
ROOMS = {"accounts_kepttext"}
COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'jsonb', 'json')
"""


def kept_somewhere():
    """Return the columns that hold a long part of what was sent, or its like."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = [(table, column) for table, column in cursor.fetchall() if table not in ROOMS]
        long_ones = []
        for table, column in columns:
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE length("{column}"::text) > 20000')
            long_ones += [f"{table}.{column}"] * bool(cursor.fetchone()[0])
    return long_ones


def test_no_door_stores_much_of_what_a_stranger_sends(settings):
    settings.PAGES_ANONYMOUS_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 10_000
    paths, before = sorted(set(public_doors())), set(kept_somewhere())
    assert len(paths) > 150 and {"/identity/o/api/clients", "/api/agents/register"} <= set(paths)
    for path in paths:
        browser = Client(raise_request_exception=False)
        browser.post(path, {name: text for name, text in SENT.items() if isinstance(text, str)})
        browser.post(path, json.dumps(SENT), "application/json")
    assert set(kept_somewhere()) - before == set()
