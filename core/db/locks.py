"""Turns that are taken by number, where no row stands for what must happen one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection, transaction


class Turn(IntEnum):
    """Names of work that one transaction at a time may do. Any numbers will do, as long as no two are the same."""

    RATING = 0x7A7E
    KEPT_TEXTS = 0x7E97
    DAY_BUDGET = 7_163_209
    PREVIEW = 0x9E7E


def take_turn(turn: Turn) -> None:
    """Wait until nobody else has this turn; it is given back when the transaction that took it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(turn)])


@contextmanager
def own_turn(turn: Turn, whose: object) -> Iterator[bool]:
    """Hold somebody's own turn while it is open; give whether it was free. Nobody waits, whichever process holds it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [int(turn), str(whose)])
            is_free: bool = cursor.fetchone()[0]
        yield is_free
