"""Who decides which cases: those who have a right to what a case ends with."""

from __future__ import annotations

from accounts.models import User
from accounts.permissions import may_moderate
from drops.models import JUDGE_RIGHTS, Case

# To work from the queue at all.
WORK = "drops.change_case"
REPORTS = "drops.change_report"
# By what a case is about; one of them is enough.
RIGHTS = {
    **dict.fromkeys(("drop", "submission", "person"), (REPORTS,)),
    "verdict": JUDGE_RIGHTS,
    "withdrawal": ("wallet.change_withdrawal",),
    "topup": ("wallet.change_topup",),
    "payout": ("wallet.change_heldpayout",),
}


def kinds_for(staff: User) -> list[str]:
    """Return what cases may be about that `staff` decide."""
    return [kind for kind, rights in RIGHTS.items() if any(may_moderate(staff, right) for right in rights)]


def may_decide(staff: User, case: Case) -> bool:
    """Whether `staff` work from the queue, and have a right to what a case ends with."""
    return may_moderate(staff, WORK) and case.kind in kinds_for(staff)
