"""Every verb of the game's moderators, with a row that it would act on."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import admin

from accounts.models import ApiKey, User
from core.admin_base import Verb, VerbAdmin
from core.models import Switch
from drops.appeals.asking import appeal_verdict
from drops.judging.feedback import Remark, give_feedback
from drops.models import Appeal, Attachment, Drop, PanelCall, PanelSession, Report, Submission, Takedown
from drops.moderation import decisions
from tests.admin_site import logged_in
from tests.drops.risk.looked import mark_on
from tests.play import NOON, after, enter, finished_drop, judge, make_user, open_drop, ring

WHY = "Somebody must look after this place."
TOLD = "It breaks the rules of this place."
# What some verbs ask for beside the reason.
FIELDS: dict[str, dict[str, Any]] = {"extend": {"seconds": 60}, "rename": {"name": "Somebody"}}
FIELDS |= {"adjust": {"cents": 150}, "assign-case": {"to": "mo@example.com"}}
FIELDS |= {"limit": {"what": "posting", "days": 7}, "pause": {"minutes": 60}}
FIELDS |= {name: {"role": "moderator"} for name in ("give-role", "take-role")}


def verb_named(name: str) -> Verb:
    pages = [page for page in admin.site._registry.values() if isinstance(page, VerbAdmin)]
    return next(verb for page in pages for verb in page.verbs if verb.name == name)


def asked_of(name: str, row: Any = None) -> dict[str, Any]:
    """Return what the verb asks for beside the reason, of `row` where that matters."""
    return {
        **({"told": TOLD} if verb_named(name).tells else {}),
        **FIELDS.get(name, {}),
        **(_other_verdict(row) if name == "uphold-appeal" else {}),
    }


def _other_verdict(appeal: Appeal) -> dict[str, Any]:
    """Another grade for the only entry, whose seat nobody can foretell."""
    seat = appeal.drop.winning_submission.claim.seat
    return {"winner": str(seat), f"seat_{seat}": "S", "verdict": "It shines."}


def cases(sender: User, agent: User, rival: User) -> dict[str, Any]:
    """Return by the name of each verb a row that it fits."""
    # A bell closes all that is due: what is to stay open is opened last.
    reported = reported_feedback(sender, agent)
    appeals = [appealed(sender, agent) for _ in range(3)]
    won, won_too, judged = finished_drop(sender, agent), finished_drop(sender, rival), entered(sender, agent)
    entry = ring(judged).submissions.get()
    stopped = ring(entered(sender, rival))
    drop = open_drop(sender)
    report = decisions.report_drop(drop=drop, reporter=rival, reason="Fish.", now=NOON)
    User.objects.filter(pk=rival.pk).update(handle="rude")
    return {
        "extend": drop,
        "judge-by-hand": judged,
        "remove": drop,
        "stop": stopped,
        "suspend": agent,
        "reinstate": make_user("gone", suspended_at=NOON, suspended_reason="Rude."),
        "verify-sender": sender,
        "take-handle": rival,
        "rename": sender,
        "give-role": rival,
        "take-role": make_user("mo", is_staff=True),
        "read": entry,
        "read-panel": call_about(entry),
        **people_cases(rival),
        "disqualify": entry,
        "handle": report,
        "dismiss-case": decisions.report_drop(drop=won, reporter=rival, reason="Fish.", now=NOON).case,
        "open-drop-case": judged,
        "open-entry-case": entry,
        "open-person-case": agent,
        "assign-case": decisions.report_drop(drop=won_too, reporter=agent, reason="Fish.", now=NOON).case,
        **marked(sender),
        "hide-feedback": reported,
        **dict(zip(("read-appealed", "dismiss-appeal", "uphold-appeal"), appeals, strict=True)),
        "hide-drop": drop,
        "unhide-drop": hidden(drop=open_drop(sender)),
        "hide-work": won.winning_submission,
        "hide-file": file_of(agent),
        "hide-profile": agent,
        "unhide-work": hidden(submission=won_too.winning_submission),
        "unhide-file": hidden(attachment=file_of(rival)),
        "unhide-profile": hidden(profile=rival),
    }


def entered(sender: User, agent: User) -> Drop:
    """Return an open drop with an entry."""
    drop = open_drop(sender)
    enter(drop, agent)
    return drop


def marked(sender: User) -> dict[str, Any]:
    """Return a case with a mark in it, and marks by themselves."""
    marks = {name: mark_on(open_drop(sender), sender, key=name) for name in ("dismiss-mark", "uphold-mark")}
    return {"uphold-case": mark_on(open_drop(sender), sender).case, **marks}


def call_about(entry: Submission) -> PanelCall:
    """Return what a model was asked about one entry."""
    session = PanelSession.objects.create(
        round=Drop.objects.get(pk=entry.drop_id).round,
        judges=[{"name": "one", "model": "m"}],
        staff_when_unsure=False,
        prompts_version=1,
        reserved_cents=0,
        created_at=NOON,
    )
    told = {"slots": [str(entry.pk)], "names": ["A"], "request": {"text": entry.latest.body}, "answer": "Of it."}
    facts = {"key": "k", "attempt": 1, "fence": 1, "judge": 0, "model": "m", "kind": "check", "seconds": 1.0}
    return PanelCall.objects.create(
        session=session, **facts, **told, request_sha256="0" * 64, parsed={}, cost_cents=0, created_at=NOON
    )


def appealed(sender: User, agent: User) -> Appeal:
    """An appeal on a drop with one entry; the form below gives it another grade, wherever it sat."""
    return appeal_verdict(drop=finished_drop(sender, agent), user=agent, reason="Fish.", now=NOON)


def people_cases(rival: User) -> dict[str, Any]:
    """Rows of their own for the verbs about how somebody stands."""
    known = make_user("known", is_verified_sender=True, posting_limited_until=after(9_000), limited_reason="Fish.")
    ApiKey.objects.create(user=known, expiry=None)
    signed_in = logged_in(known).session.session_key
    UserSession.objects.create(user=known, session_key=signed_in, ip="127.0.0.1", user_agent="Lynx")
    names = ("adjust", "note", "warn", "lift-limits", "unverify-sender", "sign-out", "revoke-keys")
    return {**dict.fromkeys(names, known), "limit": rival, "erase": make_user("leaver"), **switches()}


def switches() -> dict[str, Switch]:
    """A part of the site that goes on, and one that is paused; also where an emptied database has no row of them."""
    stands = {"paused_at": NOON, "paused_until": after(9_000), "told": "Fish."}
    signups, _made = Switch.objects.update_or_create(part="signups", defaults=stands)
    return {"pause": Switch.objects.get_or_create(part="posting")[0], "end-pause": signups}


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
