"""Prizes that would go to an account that seems to be the sender's own: staff alone decide, and knowingly."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User, record_audit
from core.errors import Refused
from drops.contest.links import find_link
from drops.judging.picks import Pick
from drops.models import Drop
from drops.models.rounds import JudgeKind
from drops.ranking import Grade, Step, Verdict

LINKED = "The winner and the sender seem to belong together, so one of us looks at it before the prize is paid."


class LinkedWinner(Refused):
    code = "linked_winner"
    message = _("The winner and the sender seem to belong together. Nobody was paid, and your answer was not taken.")
    next_step = _(
        "Stop the drop and refund it, or send the answer again and say that the prize is to be paid all the same "
        "(`pays_linked`)."
    )


def warns_of_link(drop: Drop, asked: Step | Grade, now: datetime) -> bool:
    """Whether staff who judge must know that the entry graded, or found to have won, seems to be the sender's own."""
    slot = asked.slot if isinstance(asked, Grade) else asked.winner if isinstance(asked, Verdict) else None
    if slot is None or drop.judge != JudgeKind.STAFF:
        return False
    return find_link(drop.sender, drop.submissions.select_related("user").get(pk=slot).user, now)


def require_known_link(*, drop: Drop, staff: User, pick: Pick, step: Step, now: datetime) -> None:
    """Put on record that staff pay a linked winner all the same. Raises LinkedWinner where they did not say so."""
    if not warns_of_link(drop, step, now):
        return
    if not pick.pays_linked:
        raise LinkedWinner
    note = pick.private_note or pick.reason
    record_audit(actor=staff, action="pay-linked", target=f"drop:{drop.pk}", reason=note, now=now)
