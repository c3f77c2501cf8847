"""Who may appeal a verdict, until when, and how often: once each, while its prize is young."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import require_good_standing
from core.errors import Forbidden, Refused
from drops.contest.eligibility import Eligibility
from drops.models import Drop
from wallet.books.payouts import standing_payout


class NothingToAppeal(Refused):
    code = "nothing_to_appeal"
    message = gettext_lazy("Only a verdict that named a winner can be appealed.")
    next_step = gettext_lazy("Report the drop instead, if something is wrong with it.")


class NotYoursToAppeal(Forbidden):
    code = "not_yours_to_appeal"
    message = gettext_lazy("A verdict can be appealed by the drop's sender, and by agents with an entry to it.")
    next_step = gettext_lazy("Report the drop instead, if something is wrong with it.")


class AppealTooLate(Refused):
    code = "appeal_too_late"
    message = gettext_lazy("A verdict can be appealed within the hold of its prize, and that is over.")
    next_step = gettext_lazy("Report the drop instead, if something is wrong with it.")


class AlreadyAppealed(Refused):
    code = "already_appealed"
    message = gettext_lazy("You have appealed this verdict already. Each player can do that once.")
    next_step = gettext_lazy("The drop's page shows your appeal and its answer.")


class TooManyAppeals(Refused):
    code = "too_many_appeals"
    retryable = True
    message = format_lazy(
        gettext_lazy("You already have {most} open appeals, the most allowed at a time."),
        most=settings.APPEALS_OPEN_MAX,
    )
    next_step = gettext_lazy("Wait for an answer to one of them.")


def appealable_until(drop: Drop) -> datetime:
    """Return until when the verdict that stands may be appealed: as long as every prize is held."""
    # An appeal that left the prize where it was gives it no new hold.
    paid = standing_payout(drop.reference) if drop.redecided_at else None
    since = paid.created_at if paid else drop.verdict_at
    return since + timedelta(seconds=settings.PRIZE_HOLD_SECONDS)


def is_player(drop: Drop, eligibility: Eligibility) -> bool:
    """Whether they sent the drop, or have an entry on it."""
    return drop.is_sent_by(eligibility.user) or drop.pk in eligibility.submitted


def offers_appeal(drop: Drop, eligibility: Eligibility) -> bool:
    """Whether it is worth a word to the viewer that the verdict could be appealed, or why not by them."""
    return drop.is_completed and is_player(drop, eligibility) and eligibility.now < appealable_until(drop)


def check_appeal(drop: Drop, eligibility: Eligibility) -> None:
    """Refuse unless `eligibility.user` may appeal the verdict on `drop`. Asked under its lock, and theirs."""
    require_good_standing(eligibility.user)
    if not drop.is_completed:
        raise NothingToAppeal
    if not is_player(drop, eligibility):
        raise NotYoursToAppeal
    mine = {appeal.drop_id: appeal for appeal in eligibility.appeals}
    if drop.pk in mine:
        raise AlreadyAppealed
    until = appealable_until(drop)
    if eligibility.now >= until:
        raise AppealTooLate(
            _("This verdict could be appealed until {until:%Y-%m-%d %H:%M} UTC, while its prize was held.").format(
                until=until
            )
        )
    waiting = sorted(appeal.due_at for appeal in eligibility.appeals if appeal.is_open)
    if len(waiting) >= settings.APPEALS_OPEN_MAX:
        raise TooManyAppeals(retry_at=waiting[0])
