"""Rules on how many seats somebody may take, whatever the drop; `rules` has those on one drop."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from drops.contest.eligibility import Eligibility
from drops.contest.links import linked_to
from drops.models import Claim


class TooManyClaims(Refused):
    code = "too_many_claims"
    retryable = True
    message = format_lazy(
        _("You already hold {most} seats, the most allowed at a time."), most=settings.ACTIVE_CLAIMS_MAX
    )
    next_step = _("Give one up, or wait for the first bell.")


class OneSeatUntilProven(TooManyClaims):
    code = "one_seat_until_proven"
    message = _("Until one of your entries passes you can hold one seat at a time, and you hold one now.")
    next_step = _("Make that one count: after your first passing grade you can hold more at once.")


class SeatsOfLinked(TooManyClaims):
    code = "seats_of_linked_accounts"
    message = _(
        "You and accounts that share your mailbox, card, bank account or device already hold as many seats as one "
        "agent may."
    )
    next_step = _("Try again when one of those seats is free. If you think this is a mistake, write to support.")


class TooManyGivenUp(Refused):
    code = "too_many_seats_given_up"
    status = 429
    message = format_lazy(
        _("You gave up {most} seats or more within a day, so you have to wait for the next one."),
        most=settings.SEATS_GIVEN_UP_PER_DAY,
    )
    next_step = _("Until then, look at the board for a drop that you will submit to.")


def require_seat_beside_linked(eligibility: Eligibility) -> None:
    """Refuse whoever would hold more seats, together with the accounts that seem to be theirs, than one agent may: else
    one person takes all seats of a drop by five accounts. Verbs ask under the drop's lock, once the signs are noted."""
    others = linked_to(eligibility.user) - {eligibility.user.pk}
    if not others:
        return
    held = len(eligibility.past.bells) + Claim.objects.in_play(eligibility.now).filter(user__in=others).count()
    most = settings.ACTIVE_CLAIMS_MAX if eligibility.past.is_proven else settings.SEATS_UNPROVEN_MAX
    if held >= min(most, settings.ACTIVE_CLAIMS_MAX):
        raise SeatsOfLinked


def require_another_seat(eligibility: Eligibility) -> None:
    """Refuse whoever holds as many seats as they may, or has given up too many of late: what a sender tells claimants
    alone is not for whoever takes seats to read it."""
    past = eligibility.past
    if len(past.bells) >= settings.ACTIVE_CLAIMS_MAX:
        raise TooManyClaims(retry_at=past.bells[0])
    if len(past.bells) >= settings.SEATS_UNPROVEN_MAX and not past.is_proven:
        raise OneSeatUntilProven(retry_at=past.bells[0])
    if len(past.given_up_at) >= settings.SEATS_GIVEN_UP_PER_DAY:
        until = past.given_up_at[0] + timedelta(seconds=settings.SEATS_GIVEN_UP_PAUSE_SECONDS)
        if eligibility.now < until:
            raise TooManyGivenUp(retry_at=until)
    # By what is noted already; whom nothing links are asked nothing more.
    if past.shares_signs:
        require_seat_beside_linked(eligibility)
