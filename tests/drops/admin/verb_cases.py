"""Every verb of the game's moderators, with a row that it would act on."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from drops.models import Report
from tests.play import NOON, enter, make_user, open_drop, ring

WHY = "Somebody must look after this place."
# What some verbs ask for beside the reason.
ASKED: dict[str, dict[str, Any]] = {"extend": {"seconds": 60}, "rename": {"name": "Somebody"}}
VERBS = (
    *("extend", "judge-by-hand", "remove", "stop"),
    *("suspend", "reinstate", "verify-sender", "take-handle", "rename", "appoint", "dismiss"),
    *("read", "disqualify", "handle"),
)


def cases(sender: User, agent: User, rival: User) -> dict[str, Any]:
    """Return by the name of each of `VERBS` a row that it fits."""
    judged, suspended = open_drop(sender), make_user("gone", suspended_at=NOON, suspended_reason="Rude.")
    entry = enter(judged, agent).submission
    ring(judged)
    drop = open_drop(sender)
    report = Report.objects.create(drop=drop, reporter=rival, reason="Fish.", created_at=NOON)
    User.objects.filter(pk=rival.pk).update(handle="rude")
    moderator = make_user("mo", is_staff=True)
    people = (agent, suspended, sender, rival, sender, rival, moderator)
    return dict(zip(VERBS, (drop, judged, drop, judged, *people, entry, entry, report), strict=True))
