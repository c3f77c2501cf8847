"""An appeal is answered by somebody who has not decided before, plays no part in the drop, and is nobody who does."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, User
from core.errors import Forbidden
from drops.models import Appeal, Drop, JudgeAnswer, Submission
from wallet.books.links import same_person
from wallet.books.payouts import subjects_of
from wallet.models import Approval, HeldPayout

# What moderators do that makes, or shapes, a verdict or who is paid by it.
DECIDING = ("decide", "pay-linked", "refuse-verdict", "judge-by-hand", "disqualify", "release_payout", "return_payout")


class HasDecided(Forbidden):
    code = "has_decided"
    message = _("You have decided about this drop before, so somebody else must answer the appeal.")


class HasStake(Forbidden):
    code = "has_stake"
    message = _("You, or an account that seems to be yours, play a part in this drop: somebody else must answer.")


def require_independent(staff: User, drop: Drop) -> None:
    """Raise HasDecided or HasStake where `staff` must not answer an appeal on `drop`."""
    if Drop.objects.filter(pk=drop.pk).filter(_played_by(same_person(staff))).exists():
        raise HasStake
    if has_decided(staff, drop):
        raise HasDecided


def has_decided(staff: User, drop: Drop) -> bool:
    """Whether `staff` judged the drop by hand, took part in its verdict or its payout, or answered an appeal on it."""
    entries = Submission.objects.filter(drop=drop).values_list("pk", flat=True)
    targets = [f"drop:{drop.pk}", *(f"submission:{pk}" for pk in entries)]
    asked = Approval.objects.filter(asked_by=staff, outcome=Approval.Outcome.APPROVED)
    appeals = [f"appeal:{pk}" for pk in Appeal.objects.filter(drop=drop).values_list("pk", flat=True)]
    held = HeldPayout.objects.filter(reference__in=subjects_of(drop.reference)).values_list("pk", flat=True)
    targets += [f"heldpayout:{pk}" for pk in held]
    return (
        JudgeAnswer.objects.filter(round__drop=drop, answered_by=staff).exists()
        or Appeal.objects.filter(drop=drop, decided_by=staff).exists()
        or asked.filter(target__in=[*targets, *appeals]).exists()
        or AuditEvent.objects.filter(actor=staff, action__in=DECIDING, target__in=targets).exists()
    )


def _played_by(people: set[UUID]) -> Q:
    return Q(sender__in=people) | Q(claims__user__in=people)
