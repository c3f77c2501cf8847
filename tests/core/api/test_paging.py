"""Cursors are strangers' input: whatever stands in one, a list goes on from there or refuses it by name."""

import base64
import contextlib
import json
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from accounts.api import webhooks
from accounts.models import WebhookDelivery
from core.api.paging import page_of
from core.errors import Invalid
from drops.api import board, entries, jobs
from drops.models import Cooldown, Drop, RankingLog
from drops.standings.gallery import BY_END
from tests.machines import by_turns
from wallet.api import reading
from wallet.models import Entry, Withdrawal

LISTS = {
    "jobs": (Drop, jobs.NEWEST),
    "cooldowns": (Cooldown, entries.BY_BELL),
    "log": (RankingLog, entries.AS_WRITTEN),
    **{f"board by {name}": (Drop, order) for name, order in board.SORTS.items()},
    "feed": (Drop, BY_END),
    "deliveries": (WebhookDelivery, webhooks.NEWEST_FIRST),
    "ledger": (Entry, reading.NEWEST_ENTRY),
    "withdrawals": (Withdrawal, reading.NEWEST_WITHDRAWAL),
}

OFFSETS = some.sampled_from(["", "Z", "+00:00", "-12:00", "+14:00", "+23:59", "-23:59"])
MOMENTS = some.builds(lambda moment, offset: moment.isoformat() + offset, some.datetimes(), OFFSETS)
NUMBERS = some.integers(-(2**70), 2**70).map(str)
VALUES = some.one_of(MOMENTS, some.dates().map(str), NUMBERS, some.uuids().map(str), some.text(max_size=9), some.none())


def turn_the_page(name, cursor):
    model, order = LISTS[name]
    packed = base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode()
    query = QueryDict(urlencode({"cursor": packed}))
    with contextlib.suppress(Invalid):
        page_of(model.objects.all(), order, path="/", query=query)


@pytest.mark.parametrize("name", LISTS)
@settings(max_examples=by_turns(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(backwards=some.booleans(), at=some.lists(VALUES, min_size=1, max_size=2))
@example(backwards=False, at=["9999-12-31T23:59:59-12:00", "1"])
@example(backwards=True, at=["0001-01-01T00:00:00+14:00", "1"])
@example(backwards=False, at=["2026-01-01T00:00:00", "1"])
def test_no_cursor_breaks_a_list(db, name, backwards, at):
    turn_the_page(name, [backwards, *at])
