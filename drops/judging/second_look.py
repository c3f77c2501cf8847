"""Verdicts of staff above a limit: what their last answer comes to waits until another of them approves it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User, record_audit
from core.text import apart
from drops.judging.by_hand import require_reason_written
from drops.judging.picks import Pick
from drops.models import Drop
from drops.models.rounds import JudgeKind
from drops.ranking import Verdict
from wallet import approvals
from wallet.models import Approval
from wallet.money import format_cents, net_cents

KIND = "verdict"


def takes_two(drop: Drop) -> bool:
    """Whether staff's verdict on `drop` takes a second person."""
    return drop.judge == JudgeKind.STAFF and is_above_limit(drop)


def is_above_limit(drop: Drop) -> bool:
    """Whether so much hangs on the verdict on `drop` that no one of the staff gives it alone."""
    return bool(drop.price_cents > settings.FOUR_EYES_VERDICT_CENTS)


def is_waiting(drop: Drop, now: datetime) -> bool:
    """Whether a verdict on `drop` waits for a second person."""
    return Approval.objects.waiting(now).filter(kind=KIND, target=target_of(drop)).exists()


def target_of(drop: Drop) -> str:
    return f"drop:{drop.pk}"


def in_short(verdict: Verdict) -> dict[str, str]:
    """Return what the second person approves: who wins, with which letter."""
    return {"winner": verdict.winner or "", "grade": verdict.letters[verdict.winner].value if verdict.winner else ""}


def ask_for_verdict(*, drop: Drop, verdict: Verdict, judge: User, pick: Pick, now: datetime) -> Approval:
    """Ask for a second person, on record, with the answer. Raises Invalid where no reason is written."""
    require_reason_written(pick)
    short, facts = in_short(verdict), {"drop": apart(drop.heading), "amount": format_cents(net_cents(drop.price_cents))}
    words = (
        _("Verdict on “{drop}”: grade {grade}, pays {amount}") if short["winner"] else _("Verdict on “{drop}”: refunds")
    )
    summary, note = str(words).format(**facts, **short), pick.private_note or pick.reason
    asks = {**short, "reason": pick.reason, "private_note": pick.private_note, "left": pick.left}
    asked: dict[str, Any] = {"kind": KIND, "target": target_of(drop), "summary": summary, "asks": asks}
    made = approvals.ask(**asked, staff=judge, told=pick.reason, reason=note, now=now)
    changes = {"asks": ["", summary], "told": ["", pick.reason]}
    record_audit(actor=judge, action="ask-verdict", target=made.target, reason=note, changes=changes, now=now)
    return made
