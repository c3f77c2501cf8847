"""The life of a drop: one verb for each move, each with its own effect on money. The only writer of `status`.

Every verb is one transaction. Locks are taken in this order: user, drop, ledger accounts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.standing import require_good_standing
from core.live.pubsub import announce
from drops.contest import rules
from drops.contest.rules import IllegalTransition, Standing
from drops.contest.terms import Terms, require_valid_terms
from drops.judging.verdicts import append_log, record_grades, store_verdict, winner_of
from drops.models import Claim, Cooldown, Drop, Move, Outcome
from drops.notifications import tell
from drops.ranking import Outcome as Verdict
from wallet import money
from wallet.books import ledger
from wallet.books.standing import require_unfrozen


def _move(drop: Drop, move: Move, *, now: datetime, guard: Q | None = None, **changes: Any) -> None:
    """Take `drop` along one edge if it still stands at its start (and `guard` holds), else raise IllegalTransition."""
    source, target = move.value
    standing = Drop.objects.filter(guard or Q(), pk=drop.pk, status=source)
    if not standing.update(status=target, updated_at=now, **changes):
        raise IllegalTransition
    announce([drop.pk])
    drop.refresh_from_db()


def _end(drop: Drop, move: Move, outcome: Outcome, *, now: datetime, guard: Q | None = None, **changes: Any) -> None:
    _move(drop, move, now=now, guard=guard, ended_at=now, outcome_reason=outcome, **changes)
    Claim.objects.active().filter(drop=drop).update(lease_expires_at=None)
    if drop.current_round_id is not None:
        drop.rounds.close()


def _claimants(drop: Drop) -> list[User]:
    return [claim.user for claim in drop.claims.active().select_related("user")]


@transaction.atomic
def create_drop(
    *,
    sender: User,
    terms: Terms,
    now: datetime,
    idempotency_key: str | None = None,
) -> Drop:
    """Store an unpaid drop. The same `idempotency_key` (unique per site) finds the drop it made before.

    Raises Invalid naming the fields at fault, Suspended, InDebt, PaymentDisputed.
    """
    return _store_drop(sender, terms, now=now, origin=None, idempotency_key=idempotency_key)


def _store_drop(sender: User, terms: Terms, *, now: datetime, origin: Drop | None, idempotency_key: str | None) -> Drop:
    require_good_standing(sender)
    require_unfrozen(sender)
    require_valid_terms(terms, sender=sender)
    fields = {
        "sender": sender,
        "prompt": terms.prompt,
        "pack": terms.pack,
        "title": terms.title or None,
        "description": terms.description or None,
        "env_vars": terms.env_vars,
        "price_cents": terms.price,
        "window_seconds": terms.window,
        "close_when_full": terms.close_when_full,
        "public_result": terms.public_result,
        "origin": origin,
        "created_at": now,
        "updated_at": now,
    }
    if idempotency_key is None:
        drop = Drop.objects.create(**fields)
    else:
        drop, made = Drop.objects.get_or_create(idempotency_key=idempotency_key, defaults=fields)
        if not made:
            return drop
    drop.attachments.set(terms.attachments)
    return drop


@transaction.atomic
def pay_for_drop(*, drop: Drop, sender: User, now: datetime) -> Drop:
    """Move the price into the drop's escrow and start its window. Raises ledger.InsufficientFunds (402)."""
    rules.check_pay(drop, Standing(user=sender, now=now))
    closes_at = now + timedelta(seconds=drop.window_seconds)
    _move(drop, Move.PAY, now=now, paid_at=now, window_closes_at=closes_at)
    ledger.hold_prize(payer=sender, reference=drop.reference, amount_cents=drop.price_cents, now=now)
    _cool_down_losers_of_origin(drop, now)
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
    """Give up an unpaid drop. No money moves."""
    rules.require_sender(drop, sender)
    _end(drop, Move.ABANDON, Outcome.ABANDONED, now=now)
    return drop


@transaction.atomic
def abandon_unpaid_drop(*, drop: Drop, now: datetime) -> Drop:
    """Clear away a drop that nobody paid for in time. No money moves."""
    _end(drop, Move.ABANDON, Outcome.UNPAID, now=now)
    return drop


@transaction.atomic
def cancel_drop(*, drop: Drop, sender: User, now: datetime) -> Drop:
    """Take an open drop back while nobody has submitted, with all of the money. Claimants are told."""
    rules.check_cancel(drop, Standing(user=sender, now=now))
    untouched = Q(submissions_count=0, window_closes_at__gt=now)
    _end(drop, Move.CANCEL, Outcome.CANCELLED_BY_SENDER, now=now, guard=untouched)
    _refund(drop, now)
    text = f"“{drop.heading}” was cancelled by its sender. Your seat there is gone."
    tell(_claimants(drop), drop, kind="drop-cancelled", text=text, now=now)
    return drop


@transaction.atomic
def remove_drop(*, drop: Drop, now: datetime) -> Drop:
    """Take an open drop off the site with a full refund, at any time. Staff only: called by `moderation`."""
    _end(drop, Move.CANCEL, Outcome.REMOVED_BY_STAFF, now=now)
    _refund(drop, now)
    text = f"“{drop.heading}” was removed by our moderators."
    tell([drop.sender], drop, kind="drop-removed", text=f"{text} You have all of your money back.", now=now)
    tell(_claimants(drop), drop, kind="drop-removed", text=f"{text} Your seat there is gone.", now=now)
    return drop


@transaction.atomic
def complete_drop(*, drop: Drop, verdict: Verdict, now: datetime) -> Drop:
    """Write the grades, name the winner and pay the whole prize, less the fee, in one transaction."""
    winner = winner_of(drop, verdict)
    _end(
        drop,
        Move.COMPLETE,
        Outcome.WINNER_PAID,
        now=now,
        winning_submission=winner,
        grade=str(verdict.letters[str(winner.pk)]),
        rationale=verdict.rationale,
        confidence=verdict.confidence,
    )
    fee_cents = money.fee_cents(drop.price_cents)
    ledger.pay_prize(reference=drop.reference, payee=winner.user, fee_cents=fee_cents, now=now)
    _write_down(drop, verdict, now)
    text = f"“{drop.heading}” has its winner. Pull the result."
    tell([drop.sender], drop, kind="drop-completed", text=text, now=now, page="/pull", grade=drop.grade)
    net = money.format_cents(drop.price_cents - fee_cents)
    text = f"You won “{drop.heading}”, graded {drop.grade}: {net} are in your wallet."
    tell([winner.user], drop, kind="entry-won", text=text, now=now, grade=drop.grade)
    _tell_agents_of_grades(drop, now)
    return drop


@transaction.atomic
def fail_drop(*, drop: Drop, reason: Outcome, now: datetime, verdict: Verdict | None = None) -> Drop:
    """End a ranking without a winner: the sender gets all of the money back and never sees the work."""
    _end(drop, Move.FAIL, reason, now=now, confidence=verdict.confidence if verdict is not None else "")
    _refund(drop, now)
    if verdict is not None:
        _write_down(drop, verdict, now)
    text = f"“{drop.heading}” ended without a winner: {drop.get_outcome_reason_display()}. Your money is back."
    tell([drop.sender], drop, kind="drop-failed", text=text, now=now, page="/pull", outcome_reason=str(reason))
    _tell_agents_of_grades(drop, now)
    return drop


def pull_drop(*, drop: Drop, sender: User, now: datetime) -> Drop:
    """Note that its sender has seen the result; the first time counts. Raises NotEnded, NotYours."""
    rules.check_pull(drop, Standing(user=sender, now=now))
    if drop.pulled_at is None:
        Drop.objects.filter(pk=drop.pk, pulled_at=None).update(pulled_at=now)
        drop.refresh_from_db(fields=["pulled_at"])
    return drop


@transaction.atomic
def reroll_drop(*, drop: Drop, sender: User, now: datetime, idempotency_key: str | None = None) -> Drop:
    """Post an ended drop again, on the same terms, unpaid and linked to its origin."""
    rules.check_reroll(drop, Standing(user=sender, now=now))
    return _store_drop(sender, terms_of(drop), now=now, origin=drop, idempotency_key=idempotency_key)


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
        close_when_full=drop.close_when_full,
        public_result=drop.public_result,
    )


def _write_down(drop: Drop, verdict: Verdict, now: datetime) -> None:
    record_grades(drop, verdict)
    store_verdict(drop, verdict, now=now)
    append_log(drop.round, verdict.lines, now=now)


def _refund(drop: Drop, now: datetime) -> None:
    ledger.refund_hold(reference=drop.reference, payer=drop.sender, now=now)


def _tell_agents_of_grades(drop: Drop, now: datetime) -> None:
    text = f"“{drop.heading}” has been decided. See how your entry did."
    others = drop.submissions.filter(won_drop=None).select_related("user")
    tell([submission.user for submission in others], drop, kind="entry-graded", text=text, now=now)
