"""Appealing a verdict: who plays a drop says once, in their own words, what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import require_reason
from core.db.compiled import Compiled
from core.errors import Refused
from core.live.pubsub import announce
from core.text import apart
from drops.appeals import log_lines
from drops.contest import appeal_rules
from drops.contest.eligibility import Eligibility
from drops.judging.verdicts import log_act
from drops.models import Appeal, Drop
from drops.notifications import tell
from drops.ranking import Audience
from wallet.books import contests


class NoAppeal(Refused):
    code = "no_appeal"
    status = 404
    message = _("You have not appealed the verdict on this drop.")
    next_step = _("Appeal it, if its prize is still held.")


@transaction.atomic
def appeal_verdict(*, drop: Drop, user: User, reason: str, now: datetime) -> Appeal:
    """Ask somebody who did not decide to look at the verdict again. The prize is held until they answer, or are late.

    Raises Invalid, NothingToAppeal, NotYoursToAppeal, AlreadyAppealed, AppealTooLate, TooManyAppeals.
    """
    require_reason(reason)
    # Theirs too: two at once on two drops would both find one place left.
    User.objects.lock(user.pk)
    drop = Drop.objects.lock(drop.pk)
    appeal_rules.check_appeal(drop, Eligibility.of(user, [drop], now))
    due_at = now + timedelta(seconds=settings.APPEAL_ANSWER_SECONDS)
    appeal = Appeal.objects.create(drop=drop, user=user, reason=reason, created_at=now, due_at=due_at)
    log_act(drop, log_lines.APPEALED, Audience.AGENTS, now=now)
    winner = drop.winning_submission.user if drop.winning_submission else None
    if winner is not None and winner != user:
        text = format_lazy(
            _(
                "Somebody appealed the verdict on “{drop}”, which you won. Your prize stays held until our moderators "
                "have answered, by {due} UTC at the latest. You need not do anything."
            ),
            drop=apart(drop.heading),
            due=f"{due_at:%Y-%m-%d %H:%M}",
        )
        tell([winner], drop, kind="verdict-appealed", text=text, now=now)
    announce([drop.pk])
    return appeal


def find_appeal(*, drop: Drop, user: User) -> Appeal:
    """Return the appeal that `user` made against the verdict on `drop`. Raises NoAppeal."""
    appeal: Appeal | None = Appeal.objects.filter(drop=drop, user=user).first()
    if appeal is None:
        raise NoAppeal
    return appeal


def prizes_appealed(user: User, now: datetime) -> Mapping[str, datetime]:
    """Return until when prizes of `user` are held at the latest because somebody appealed, by the drop's reference."""
    return {str(drop): until for drop, until in CONTESTED.rows(user_id=user.pk, now=now)}


# Asked by every wallet page.
CONTESTED = Compiled(
    lambda user_id, now: (
        Appeal.objects.open()
        .filter(due_at__gt=now, drop__winning_submission__user=user_id)
        .order_by()
        .values_list("drop")
        .annotate(due=Max("due_at"))
    ),
    user_id=UUID,
    now=datetime,
)
contests.register(prizes_appealed)
