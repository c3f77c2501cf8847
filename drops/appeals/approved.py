"""The second person's approval of an appeal that is upheld: it gives the other verdict, under both names."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from drops.appeals import by_two
from drops.appeals.answering import RIGHT, change_verdict, players_of, take_up
from drops.appeals.ruling import Ruling
from drops.models import Appeal
from drops.moderation.acts import require_no_stake
from wallet import approvals
from wallet.models import Approval


def _uphold(approval: Approval, staff: User, reason: str, now: datetime) -> None:
    """Raises ApprovalOver where the verdict is another one by now: what was asked for was not about that."""
    appeal = Appeal.objects.select_related("drop").get(pk=approval.target_id)
    appeal, asks = take_up(appeal, staff, players_of(appeal)), approval.asks
    if by_two.standing(appeal.drop) != asks["instead_of"]:
        raise approvals.ApprovalOver
    ruling = Ruling(asks["winner"], {int(seat): letter for seat, letter in asks["letters"].items()})
    both, told, verdict = approval.by_both(), approval.told, asks["verdict"]
    change_verdict(appeal, ruling, staff=staff, verdict=verdict, told=told, reason=reason, both=both, now=now)


def _require_apart(approval: Approval, staff: User, now: datetime) -> None:
    require_no_stake(staff, Appeal.objects.get(pk=approval.target_id), now)


approvals.register(approvals.Kind(by_two.UPHOLD, _("Uphold an appeal"), (RIGHT,), _uphold, _require_apart))
