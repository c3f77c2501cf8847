"""Appeals upheld above a limit: one of the staff asks, another who has not decided either approves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.text import apart
from drops.appeals.ruling import Ruling
from drops.judging.verdicts import result_of
from drops.models import Appeal, Drop
from drops.moderation.acts import record_act
from wallet import approvals
from wallet.models import Approval
from wallet.money import format_cents, net_cents

UPHOLD = "uphold-appeal"


def ask_to_uphold(
    appeal: Appeal, ruling: Ruling, *, staff: User, verdict: str, told: str, reason: str, now: datetime
) -> Approval:
    """Ask, on record, for the verdict on a locked appeal's drop to be changed."""
    winner, summary = ruling.winner, _summary(appeal.drop, ruling)
    changes = {"asks": ["", summary], "verdict": ["", verdict]}
    record_act(staff, f"ask-{UPHOLD}", appeal, reason, now, told=told, changes=changes)
    asks: dict[str, Any] = {"winner": winner, "letters": {str(seat): letter for seat, letter in ruling.letters.items()}}
    asks |= {"verdict": verdict, "instead_of": standing(appeal.drop)}
    asked: dict[str, Any] = {"kind": UPHOLD, "target": target_of(appeal), "summary": summary, "asks": asks}
    return approvals.ask(**asked, staff=staff, told=told, reason=reason, now=now)


def _summary(drop: Drop, ruling: Ruling) -> str:
    facts = {"drop": apart(drop.heading), "amount": format_cents(net_cents(drop.price_cents))}
    words = (
        _("Uphold an appeal on “{drop}”: no entry passes, {amount} leaves its winner")
        if ruling.winner is None
        else _("Uphold an appeal on “{drop}”: Seat {seat} wins {amount}")
    )
    letters = ", ".join(f"{seat}: {letter}" for seat, letter in sorted(ruling.letters.items()))
    return str(words).format(**facts, seat=ruling.winner) + (f" ({letters})" if letters else "")


def standing(drop: Drop) -> dict[str, Any]:
    """Return the verdict that a ruling is to take the place of: who won, and every letter."""
    result = result_of(drop)
    return {"winner": result["winner"], "grades": {pk: entry["grade"] for pk, entry in result["entries"].items()}}


def require_nothing_asked(appeal: Appeal, now: datetime) -> None:
    """Raise AskedAlready while the appeal waits for a second person."""
    if Approval.objects.waiting(now).filter(kind=UPHOLD, target=target_of(appeal)).exists():
        raise approvals.AskedAlready


def target_of(appeal: Appeal) -> str:
    return f"appeal:{appeal.pk}"
