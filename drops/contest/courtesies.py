"""A sender thanks whoever won, and invites them to the rematch: each once for each drop.

Nobody's name is told by it, no seat is kept, and the invitation counts for nothing when accounts are compared.
Locks are taken in this order: the rematch, the drop that it is a rematch of.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Invalid
from core.text import apart
from core.words import Words
from drops.contest import sender_rules
from drops.contest.eligibility import Eligibility
from drops.models import Drop, Takedown
from drops.models.statuses import Thanks
from drops.models.takedown import in_sight
from drops.notifications import REMATCH, tell
from wallet.money import format_cents_lazy, net_cents


@transaction.atomic
def thank_winner(*, drop: Drop, sender: User, thanks: str, now: datetime) -> Drop:
    """Thank whoever won, in one of the ready-made ways.

    Raises Invalid for other words, NotYourDrop, NotEnded before the pull, AlreadyThanked, OutOfSight, Suspended.
    """
    if thanks not in Thanks.values:
        raise Invalid({"thanks": _("Choose one of: {}.").format(", ".join(Thanks.values))})
    Drop.objects.hold(drop)
    sender_rules.check_thank(drop, Eligibility(user=sender, now=now))
    _write(drop, thanks=thanks)
    text = _("The sender of “{drop}”, which you won, says: “{words}”")
    words = format_lazy(text, drop=apart(drop.heading), words=Thanks(thanks).label)
    _tell_winner(drop, drop, "winner-thanked", words, now)
    return drop


@transaction.atomic
def invite_winner(*, drop: Drop, sender: User, now: datetime) -> Drop:
    """Have whoever won told when a rematch of the drop opens: at once, where one is open now.

    Raises NotYourDrop, NotEnded before the pull, AlreadyInvited, OutOfSight, Suspended.
    """
    Drop.objects.hold(drop)
    sender_rules.check_invite(drop, Eligibility(user=sender, now=now))
    _write(drop, winner_invited_at=now)
    seen = Drop.objects.filter(in_sight("drop"), origin=drop)
    rematch = seen.in_window(now).order_by("-paid_at").first()
    if rematch is not None:
        _tell_of(rematch, drop, now)
    return drop


def hold_origin(rematch: Drop) -> Drop | None:
    """Hold the drop that this is a rematch of, if it is one, until the caller's transaction ends.

    Even where nobody is invited: an invitation that is under way must find the rematch open.
    """
    return None if rematch.origin_id is None else Drop.objects.lock(rematch.origin_id)


def tell_invited_winner(*, rematch: Drop, origin: Drop, now: datetime) -> None:
    """Tell whoever won the origin of a drop that has just opened, where its sender invited them and none opened before.

    Runs inside the caller's transaction, under the locks of both.
    """
    # The note names the origin, and what is out of sight is named to nobody.
    is_hidden = Takedown.objects.standing().of(origin).exists()
    if origin.winner_invited_at is not None and origin.winner_told_at is None and not is_hidden:
        _tell_of(rematch, origin, now)


def _tell_of(rematch: Drop, origin: Drop, now: datetime) -> None:
    _write(origin, winner_told_at=now)
    text = _(
        "The sender of “{drop}”, which you won, invites you to the rematch: {prize} for the best entry. "
        "No seat is kept for you."
    )
    words = format_lazy(text, drop=apart(origin.heading), prize=format_cents_lazy(net_cents(rematch.price_cents)))
    _tell_winner(origin, rematch, REMATCH, words, now)


def _tell_winner(won: Drop, about: Drop, kind: str, text: Words, now: datetime) -> None:
    """Tell whoever won `won`, unless they are suspended: they could do nothing with it."""
    if won.winning_submission is not None and not won.winning_submission.user.is_suspended:
        tell([won.winning_submission.user], about, kind=kind, text=text, now=now)


def _write(drop: Drop, **columns: object) -> None:
    Drop.objects.filter(pk=drop.pk).update(**columns)
    drop.refresh_from_db(fields=list(columns))
