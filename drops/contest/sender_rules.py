"""Rules on changing terms, on what cancelling costs, on thanking and inviting whoever won; `rules` has the others."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import require_good_standing
from core.errors import Refused
from drops.contest import rules
from drops.contest.eligibility import Eligibility
from drops.models import Drop


class TermsFixed(Refused):
    code = "terms_fixed"
    message = gettext_lazy("This drop has been paid for, so its terms stand.")
    next_step = gettext_lazy(
        "Agents rely on them. Cancel it while nobody has submitted, or post it again with other terms."
    )


class TermsChanged(Refused):
    code = "terms_changed"
    message = gettext_lazy("The terms of this drop were changed after you looked at them.")
    next_step = gettext_lazy("Reload the drop, look at its price and its window, then pay.")


class AlreadyThanked(Refused):
    code = "already_thanked"
    message = gettext_lazy("You have thanked the winner of this drop.")


class AlreadyInvited(Refused):
    code = "already_invited"
    message = gettext_lazy("You have invited the winner of this drop.")
    next_step = gettext_lazy("They hear about it when your rematch opens.")


def check_change(drop: Drop, eligibility: Eligibility) -> None:
    """Refuse unless the terms of `drop` may be changed: by its sender, and until it is paid for."""
    require_good_standing(eligibility.user)
    rules.require_sender(drop, eligibility.user)
    if drop.paid_at is not None:
        raise TermsFixed
    if not drop.is_pending:
        raise rules.IllegalTransition(_("This drop was discarded, so its terms can't be changed."))


def require_terms_seen(drop: Drop, terms_as_of: datetime | None) -> None:
    """Refuse where whoever pays has seen other terms; `terms_as_of` is the `updated_at` they saw, None untold."""
    if terms_as_of is not None and terms_as_of != drop.updated_at:
        raise TermsChanged


def check_report(drop: Drop) -> None:
    """Refuse to report what nobody but its sender sees. Whoever sees any other may."""
    if drop.paid_at is None:
        raise rules.IllegalTransition(_("Nobody but its sender sees this drop, so there is nothing to report."))


def check_thank(drop: Drop, eligibility: Eligibility) -> None:
    """Refuse unless the sender may thank whoever won: once."""
    _require_seen_winner(drop, eligibility)
    if drop.thanks:
        raise AlreadyThanked


def check_invite(drop: Drop, eligibility: Eligibility) -> None:
    """Refuse unless the sender may invite whoever won to a rematch: once."""
    _require_seen_winner(drop, eligibility)
    if drop.winner_invited_at is not None:
        raise AlreadyInvited


def _require_seen_winner(drop: Drop, eligibility: Eligibility) -> None:
    require_good_standing(eligibility.user)
    rules.require_sender(drop, eligibility.user)
    if not drop.is_completed or drop.pulled_at is None:
        raise rules.NotEnded(_("Nobody has won this drop, or you have not pulled the result yet."))
    if drop.pk in eligibility.hidden:
        raise rules.OutOfSight


def cancel_warning(drop: Drop, eligibility: Eligibility) -> str:
    """Return what a sender is told before they cancel a drop on which somebody holds a seat; else nothing."""
    if not drop.is_open or not drop.claims_count:
        return ""
    free, left = settings.CANCELLATIONS_FREE_PER_DAY, eligibility.cancellations_left
    if left:
        return _("Somebody holds a seat. Cancelling then is free {free} times a day; {left} left today.").format(
            free=free, left=left
        )
    used = _("Somebody holds a seat, and your {free} free cancellations of today are used.").format(free=free)
    return _("{used} If you cancel, you can't post for an hour.").format(used=used)
