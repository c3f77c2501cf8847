"""The bell: closing every due drop in one set-based statement a batch.

Measured against one transaction per row, this closes an order of magnitude more drops a second,
and SKIP LOCKED keeps it from waiting for a submission that arrives at the same moment.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from core.live.pubsub import announce
from drops.models.claim import SEATS_MAX

CLOSE_BATCH = 500

# Two shapes of "due", each on a partial index of its own; an OR would use neither.
_RUNG = "window_closes_at <= %(now)s ORDER BY window_closes_at"
_FULL = f"close_when_full AND submissions_count >= {SEATS_MAX} ORDER BY id"

# Move.CLOSE for a batch: it is filtered on the from-status like every move. The lease of a seat ends with the window.
_CLOSE = """
    WITH due AS MATERIALIZED (
        SELECT id FROM drops_drop
        WHERE status = 'open' AND (%(only)s::uuid IS NULL OR id = %(only)s) AND {due}
        LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
    ), closed AS (
        UPDATE drops_drop d SET status = 'ranking', closed_at = %(now)s, updated_at = %(now)s
        FROM due WHERE d.id = due.id AND d.status = 'open' RETURNING d.id
    ), leases AS (
        UPDATE drops_claim c SET lease_expires_at = NULL
        FROM closed WHERE c.drop_id = closed.id AND c.lease_expires_at IS NOT NULL
    )
    SELECT id FROM closed
"""


def close_due(*, now: datetime, limit: int = CLOSE_BATCH, only: UUID | None = None) -> list[UUID]:
    """Close up to `limit` drops of each kind that are due at `now`, and return their ids.

    A row that somebody holds is left for the next beat; `only` narrows it to one drop.
    """
    closed: list[UUID] = []
    values: dict[str, Any] = {"now": now, "limit": limit, "only": only}
    with connection.cursor() as cursor:
        for due in (_RUNG, _FULL):
            cursor.execute(_CLOSE.format(due=due), values)
            closed += [row[0] for row in cursor.fetchall()]
    announce(closed)
    return closed
