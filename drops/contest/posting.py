"""Post a drop, change it, pay for it, give it up, take it back, post it again: one verb for each, with its own effect
on money.

Every verb is one transaction. Locks are taken in this order: user, drop, round, ledger accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import require_good_standing
from accounts.switching import ended_at
from core.errors import Refused
from core.switches import Part, require_going
from core.text import apart
from drops.contest import rules, sender_rules
from drops.contest.cleaning import let_go_of_settings
from drops.contest.courtesies import hold_origin, tell_invited_winner
from drops.contest.eligibility import Eligibility
from drops.contest.limits import require_price_allowed
from drops.contest.state import claimants_of, end_drop, move_drop, refund_prize
from drops.contest.terms import Terms, require_valid_terms
from drops.judging.appointing import judge_today
from drops.models import Claim, Cooldown, Drop, EndReason, Move, Opening
from drops.models.visibility import DropQuerySet
from drops.notifications import tell
from wallet.books import ledger
from wallet.books.freezes import require_unfrozen

IDLE_PERIOD = timedelta(days=1)


class TooManyUnpaid(Refused):
    code = "too_many_unpaid_drops"
    message = format_lazy(
        _("{most} of your drops are waiting for payment, the most allowed at a time."), most=settings.UNPAID_DROPS_MAX
    )
    next_step = _("Pay for one of them or discard one, under My drops.")


class TooManyIdle(Refused):
    code = "too_many_idle_drops"
    status = 429
    message = format_lazy(
        _("You posted {most} drops within a day that weren't paid for, or ended before any agent came."),
        most=settings.IDLE_DROPS_PER_DAY,
    )
    next_step = _("You can post again then. Drops that agents took seats on don't count.")


@transaction.atomic
def create_drop(
    *,
    sender: User,
    terms: Terms,
    now: datetime,
    idempotency_key: str | None = None,
) -> Drop:
    """Store an unpaid drop. The same `idempotency_key` (unique per site) finds the drop it made before.

    Raises Invalid naming the fields at fault, Suspended, InDebt, PaymentDisputed, TooManyUnpaid; TooManyIdle and
    PostingPaused with `retry_at`.
    """
    return _store_drop(sender, terms, now=now, origin=None, idempotency_key=idempotency_key)


def _store_drop(sender: User, terms: Terms, *, now: datetime, origin: Drop | None, idempotency_key: str | None) -> Drop:
    require_good_standing(sender)
    require_unfrozen(sender)
    rules.require_word_kept(Eligibility(user=sender, now=now))
    terms = terms.with_kept_texts()
    require_valid_terms(terms, sender=sender)
    require_price_allowed(sender, terms.price, now)
    fields = {**_columns_of(terms), "sender": sender, "origin": origin, "created_at": now, "updated_at": now}
    # One at a time for each sender, or several at once could all be the last that fits.
    User.objects.lock(sender.pk)
    known = Drop.objects.filter(idempotency_key=idempotency_key).first() if idempotency_key else None
    if known is not None:
        return known
    if Drop.objects.sent_by(sender).filter(status="pending_payment").count() >= settings.UNPAID_DROPS_MAX:
        raise TooManyUnpaid
    _require_few_idle(sender, now)
    drop = Drop.objects.create(**fields, idempotency_key=idempotency_key)
    drop.attachments.set(terms.attachments)
    return drop


def _require_few_idle(sender: User, now: datetime) -> None:
    idle = Drop.objects.sent_by(sender).without_agent().filter(created_at__gt=now - IDLE_PERIOD).order_by("-created_at")
    most = settings.IDLE_DROPS_PER_DAY
    if nth := idle.values_list("created_at", flat=True)[most - 1 : most].first():
        raise TooManyIdle(retry_at=nth + IDLE_PERIOD)


def _columns_of(terms: Terms) -> dict[str, Any]:
    """Return the terms as a drop's row has them, but for the files."""
    return {
        "prompt": terms.prompt,
        "pack": terms.pack,
        "title": terms.title or None,
        "description": terms.description or None,
        "env_vars": terms.env_vars,
        "price_cents": terms.price,
        "window_seconds": terms.window,
        "agents": terms.agents,
        "close_when_full": terms.close_when_full,
        "public_result": terms.public_result,
    }


@transaction.atomic
def change_terms(
    *, drop: Drop, sender: User, changes: Mapping[str, Any], now: datetime, terms_as_of: datetime | None = None
) -> Drop:
    """Change terms of an unpaid drop, named as the fields of `Terms`; what is not named stays.

    `terms_as_of` is as in `pay_for_drop`. Raises Invalid naming the fields at fault, TermsChanged, TermsFixed once it
    was paid for, IllegalTransition once it was given up, NotYourDrop, Suspended.
    """
    # Whoever pays takes the same lock: the sum that is charged is the price that opens.
    Drop.objects.hold(drop)
    sender_rules.check_change(drop, Eligibility(user=sender, now=now))
    sender_rules.require_terms_seen(drop, terms_as_of)
    terms = replace(terms_of(drop), **changes).with_kept_texts()
    require_valid_terms(terms, sender=sender)
    Drop.objects.filter(pk=drop.pk).update(**_columns_of(terms), updated_at=now)
    drop.attachments.set(terms.attachments)
    drop.refresh_from_db()
    return drop


@transaction.atomic
def pay_for_drop(*, drop: Drop, sender: User, now: datetime, terms_as_of: datetime | None = None) -> Drop:
    """Move the price into the drop's escrow, start its window and settle who judges it. Its followers are told after.

    `terms_as_of` is the `updated_at` of the drop that its payer has seen. Raises ledger.InsufficientFunds (402), and
    TermsChanged where the drop is another one by now.
    """
    Drop.objects.hold(drop)
    # Before any money is touched, since accounts come last in the order of locks.
    origin = hold_origin(drop)
    rules.check_pay(drop, Eligibility(user=sender, now=now))
    sender_rules.require_terms_seen(drop, terms_as_of)
    closes_at = now + timedelta(seconds=drop.window_seconds)
    move_drop(drop, Move.PAY, now=now, paid_at=now, window_closes_at=closes_at, appointed_judge=judge_today(now))
    ledger.hold_prize(payer=sender, reference=drop.reference, amount_cents=drop.price_cents, now=now)
    _cool_down_losers_of_origin(drop, now)
    Opening.objects.create(drop=drop, opened_at=now)
    if origin is not None:
        tell_invited_winner(rematch=drop, origin=origin, now=now)
    return drop


def _cool_down_losers_of_origin(drop: Drop, now: datetime) -> None:
    """Whoever lost the origin waits out the first quarter of the reroll's window."""
    if drop.origin_id is None:
        return
    until = now + timedelta(seconds=drop.window_seconds * settings.REROLL_COOLDOWN_WINDOW_SHARE)
    losers = (
        # Nobody lost an origin that was taken back before its bell.
        Claim.objects.active()
        .filter(drop=drop.origin_id, drop__closed_at__isnull=False)
        .exclude(submission__won_drop__isnull=False)
        .values_list("user", flat=True)
    )
    Cooldown.objects.bulk_create(
        [Cooldown(user_id=user, drop=drop, expires_at=until, created_at=now) for user in losers],
        ignore_conflicts=True,
    )


@transaction.atomic
def abandon_drop(*, drop: Drop, sender: User, now: datetime) -> Drop:
    """Give up an unpaid drop, and its settings and files with it. No money moves."""
    rules.require_sender(drop, sender)
    end_drop(drop, Move.ABANDON, EndReason.ABANDONED, now=now)
    let_go_of_settings(drop)
    return drop


def unpaid_too_long(now: datetime) -> DropQuerySet:
    """Return what nobody paid for in time. The end of a pause gives all of it that time anew: nobody could pay."""
    pause_end, unpaid = ended_at(Part.POSTING, now), Drop.objects.unpaid_since(now)
    is_spared = pause_end is not None and now < pause_end + timedelta(seconds=settings.UNPAID_DROP_SECONDS_MAX)
    return unpaid.none() if is_spared else unpaid


@transaction.atomic
def abandon_unpaid_drop(*, drop: Drop, now: datetime) -> Drop:
    """Clear away a drop that nobody paid for in time. No money moves. Raises Paused while nobody could pay."""
    require_going(Part.POSTING, now)
    end_drop(drop, Move.ABANDON, EndReason.UNPAID, now=now)
    let_go_of_settings(drop)
    return drop


@transaction.atomic
def cancel_drop(*, drop: Drop, sender: User, now: datetime) -> Drop:
    """Take an open drop back while nobody has submitted, with all of the money. Claimants are told.

    Where somebody holds a seat that is free some times a day, and then posting waits: see `rules.require_word_kept`.
    """
    rules.check_cancel(drop, Eligibility(user=sender, now=now))
    untouched = Q(submissions_count=0, window_closes_at__gt=now)
    end_drop(drop, Move.CANCEL, EndReason.CANCELLED_BY_SENDER, now=now, guard=untouched)
    let_go_of_settings(drop)
    refund_prize(drop, now)
    text = format_lazy(_("“{drop}” was cancelled by its sender. Your seat there is gone."), drop=apart(drop.heading))
    tell(claimants_of(drop), drop, kind="drop-cancelled", text=text, now=now)
    return drop


@transaction.atomic
def reroll_drop(
    *,
    drop: Drop,
    sender: User,
    now: datetime,
    changes: Mapping[str, Any] | None = None,
    idempotency_key: str | None = None,
) -> Drop:
    """Post an ended drop again, unpaid and linked to its origin: on its terms, but for those that `changes` names."""
    rules.check_reroll(drop, Eligibility(user=sender, now=now))
    terms = replace(terms_of(drop), **(changes or {}))
    return _store_drop(sender, terms, now=now, origin=drop, idempotency_key=idempotency_key)


def terms_of(drop: Drop) -> Terms:
    """The terms that `drop` was posted on."""
    return Terms(
        prompt=drop.prompt,
        pack=drop.pack,
        price_cents=drop.price_cents,
        window_seconds=drop.window_seconds,
        title=drop.title,
        description=drop.description,
        env_vars=drop.env_vars,
        attachments=list(drop.attachments.all()),
        agents=drop.agents,
        close_when_full=drop.close_when_full,
        public_result=drop.public_result,
    )
