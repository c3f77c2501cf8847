"""Every verb of the game's moderators, with a row that it would act on."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from accounts.models import User
from core.admin_base import Verb, VerbAdmin
from drops.judging.feedback import Remark, give_feedback
from drops.models import Attachment, Report, Takedown
from drops.moderation import decisions
from tests.play import NOON, enter, finished_drop, judge, make_user, open_drop, ring

WHY = "Somebody must look after this place."
TOLD = "It breaks the rules of this place."
# What some verbs ask for beside the reason.
FIELDS: dict[str, dict[str, Any]] = {"extend": {"seconds": 60}, "rename": {"name": "Somebody"}}


def verb_named(name: str) -> Verb:
    pages = [page for page in admin.site._registry.values() if isinstance(page, VerbAdmin)]
    return next(verb for page in pages for verb in page.verbs if verb.name == name)


def asked_of(name: str) -> dict[str, Any]:
    """Return what the verb asks for beside the reason."""
    return {**({"told": TOLD} if verb_named(name).tells else {}), **FIELDS.get(name, {})}


def cases(sender: User, agent: User, rival: User) -> dict[str, Any]:
    """Return by the name of each verb a row that it fits."""
    # A bell closes all that is due: what is to stay open is opened last.
    reported = reported_feedback(sender, agent)
    won, won_too, judged = finished_drop(sender, agent), finished_drop(sender, rival), open_drop(sender)
    entry = enter(judged, agent).submission
    ring(judged)
    drop = open_drop(sender)
    User.objects.filter(pk=rival.pk).update(handle="rude")
    return {
        "extend": drop,
        "judge-by-hand": judged,
        "remove": drop,
        "stop": judged,
        "suspend": agent,
        "reinstate": make_user("gone", suspended_at=NOON, suspended_reason="Rude."),
        "verify-sender": sender,
        "take-handle": rival,
        "rename": sender,
        "appoint": rival,
        "dismiss": make_user("mo", is_staff=True),
        "read": entry,
        "disqualify": entry,
        "handle": Report.objects.create(drop=drop, reporter=rival, reason="Fish.", created_at=NOON),
        "hide-feedback": reported,
        "hide-drop": drop,
        "unhide-drop": hidden(drop=open_drop(sender)),
        "hide-work": won.winning_submission,
        "hide-file": file_of(agent),
        "hide-profile": agent,
        "unhide-work": hidden(submission=won_too.winning_submission),
        "unhide-file": hidden(attachment=file_of(rival)),
        "unhide-profile": hidden(profile=rival),
    }


def file_of(owner: User) -> Attachment:
    facts = {"name": "plan.txt", "content_type": "text/plain", "size": 7, "sha256": "0" * 64}
    return Attachment.objects.create(owner=owner, file="x", created_at=NOON, **facts)


def reported_feedback(sender: User, agent: User, *, judged_by: User | None = None) -> Report:
    drop = open_drop(sender)
    entry = enter(drop, agent).submission
    drop = ring(drop)
    by = judged_by or sender
    give_feedback(drop=drop, judge=by, feedback=[Remark(str(entry.pk), note="Fish.")], now=NOON)
    judge(drop, by)
    return decisions.report_drop(drop=drop, reporter=agent, reason="Fish.", about_feedback=True, now=NOON)


def hidden(**row: Any) -> Any:
    """Return the row, which is out of sight."""
    Takedown.objects.create(**row, told="Fish.", hidden_at=NOON)
    return next(iter(row.values()))


VERBS = tuple(
    verb.name
    for page in admin.site._registry.values()
    if isinstance(page, VerbAdmin) and page.opts.app_label != "wallet"
    for verb in page.verbs
)
