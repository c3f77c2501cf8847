"""How drops stand, for whoever follows them: their state, and marks that change with what a reader may see of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Max

from core.live.hub import News
from drops.models import Drop


def read_news(drop_ids: Iterable[str]) -> dict[str, News]:
    """How these drops stand, by id, in one query; ids that are none are left out."""
    drops = Drop.objects.filter(pk__in=[UUID(drop_id) for drop_id in drop_ids])
    followed = drops.with_round().annotate(last_line=Max("ranking_logs__id"))
    return {str(drop.pk): news_of(drop, last_line=drop.last_line) for drop in followed}


def news_of(drop: Drop, *, last_line: int | None) -> News:
    """`last_line` is the id of the newest line of its log, whoever may read that.

    Not in the marks is what a page does not show: revisions, times of submission, answers of a judge. While a drop is
    open its sender sees what everybody sees, so a line about an entry must not change theirs.
    """
    judging = drop.current_round
    public = [
        drop.status,
        drop.claims_count,
        drop.submissions_count,
        drop.window_closes_at,
        judging and judging.judge,
        judging and judging.deadline_at,
        drop.outcome_reason,
        # Staff took something of it out of sight, or brought it back: that moves nothing else.
        drop.updated_at,
    ]
    private = public if drop.is_open else [*public, judging and judging.held_reason, last_line]
    return News(
        drop_id=str(drop.pk),
        status=drop.status,
        claims_count=drop.claims_count,
        submissions_count=drop.submissions_count,
        was_paid=drop.paid_at is not None,
        public=_mark(public),
        private=_mark(private),
    )


def _mark(seen: list[object]) -> str:
    return hashlib.blake2s(repr(seen).encode(), digest_size=8).hexdigest()
