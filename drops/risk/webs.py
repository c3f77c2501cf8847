"""Accounts that seem to be one person's and meet on a drop: as its sender and an agent, or as several agents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from accounts.models import User
from drops.contest.links import reached_from, signs_around
from drops.models import Drop, LinkEvidence
from drops.models.risk import RiskKind
from drops.risk.marks import Mark, key_of


def look_at_people(drop: Drop, now: datetime) -> Iterator[Mark]:
    """Yield a mark for each web of accounts of which two are on a drop."""
    people = {drop.sender_id, *drop.submissions.values_list("user", flat=True)}
    signs = signs_around(people)
    left = set(people)
    for one in sorted(people):
        web = reached_from(one, signs)
        met = web & left
        if len(met) > 1:
            yield _mark(drop, web, met)
        # Whoever is in a web that was told of is in no second one.
        left -= web


def _mark(drop: Drop, web: set[UUID], met: set[UUID]) -> Mark:
    shared = LinkEvidence.objects.filter(user__in=web).shared()
    kinds = sorted(set(shared.values_list("kind", flat=True)))
    told = {"members": sorted(map(str, web)), "met": len(met), "signs": kinds, "drop": str(drop.pk)}
    told["sends"] = drop.sender_id in met
    # Of a web that has been dismissed, another account is news.
    return Mark(RiskKind.WEB, User.objects.get(pk=min(web)), key_of(web), told, frozenset(web), 0.9)
