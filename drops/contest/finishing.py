"""End a drop: a winner is paid, or the sender gets the money back. And the pull, by which the sender sees it.

Every verb is one transaction. Locks are taken in this order: user, drop, round, ledger accounts.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.text import apart
from drops.contest import links, rules
from drops.contest.eligibility import Eligibility
from drops.contest.state import claimants_of, end_drop, refund_prize
from drops.judging.verdicts import append_log, record_grades, store_verdict, winner_of
from drops.models import Drop, EndReason, Move
from drops.notifications import tell
from drops.ranking import Verdict
from wallet import money
from wallet.money_out.held_payouts import settle_prize

WON = _("You won “{drop}”, graded {grade}: {net} is in your wallet.")
WON_AND_HELD = _(
    "You won “{drop}”, graded {grade}. A bank doubts the payment behind the prize of {net}, so it stays in escrow "
    "until our staff have looked at it."
)
FAILED = _("“{drop}” ended without a winner: {reason}. Your money is back.")
FAILED_AND_TOLD = _("“{drop}” ended without a winner: {reason}. {told} Your money is back.")


@transaction.atomic
def remove_drop(*, drop: Drop, told: str, now: datetime) -> Drop:
    """Take an open drop off the site with a full refund, at any time. Staff only: called by `moderation`.

    Its sender is `told` why; whoever holds a seat hears that it was.
    """
    end_drop(drop, Move.CANCEL, EndReason.REMOVED_BY_STAFF, now=now, moderators_told=told)
    refund_prize(drop, now)
    words = {"drop": apart(drop.heading), "told": apart(told)}
    text = format_lazy(_("“{drop}” was removed by our moderators. {told} You have all of your money back."), **words)
    tell([drop.sender], drop, kind="drop-removed", text=text, now=now)
    text = format_lazy(_("“{drop}” was removed by our moderators. Your seat there is gone."), **words)
    tell(claimants_of(drop), drop, kind="drop-removed", text=text, now=now)
    return drop


@transaction.atomic
def complete_drop(*, drop: Drop, verdict: Verdict, now: datetime) -> Drop:
    """Write the grades, name the winner and pay the whole prize, less the fee, in one transaction."""
    winner = winner_of(drop, verdict)
    _finish_log(drop, verdict, now)
    end_drop(
        drop,
        Move.COMPLETE,
        EndReason.WINNER_PAID,
        now=now,
        winning_submission=winner,
        grade=str(verdict.letters[str(winner.pk)]),
        rationale=verdict.rationale,
        confidence=verdict.confidence,
        is_linked=links.find_link(drop.sender, winner.user, now),
    )
    fee_cents = money.fee_cents(drop.price_cents)
    held = settle_prize(reference=drop.reference, payer=drop.sender, payee=winner.user, fee_cents=fee_cents, now=now)
    _write_down(drop, verdict, now)
    text = format_lazy(_("“{drop}” has its winner. Pull the result."), drop=apart(drop.heading))
    tell([drop.sender], drop, kind="drop-completed", text=text, now=now, page="/pull", grade=drop.grade)
    net = money.format_cents_lazy(drop.price_cents - fee_cents)
    won = WON if held is None else WON_AND_HELD
    text = format_lazy(won, drop=apart(drop.heading), grade=drop.grade, net=net)
    tell([winner.user], drop, kind="entry-won", text=text, now=now, grade=drop.grade)
    _tell_agents_of_grades(drop, now)
    return drop


@transaction.atomic
def fail_drop(*, drop: Drop, reason: EndReason, now: datetime, verdict: Verdict | None = None, told: str = "") -> Drop:
    """End a ranking without a winner: the sender gets all of the money back and never sees the work.

    `told` is what moderators tell the sender where they ended it.
    """
    if verdict is not None:
        _finish_log(drop, verdict, now)
    confidence = verdict.confidence if verdict is not None else ""
    end_drop(drop, Move.FAIL, reason, now=now, confidence=confidence, moderators_told=told)
    refund_prize(drop, now)
    if verdict is not None:
        _write_down(drop, verdict, now)
    words = {"drop": apart(drop.heading), "reason": EndReason(reason).label, "told": apart(told)}
    text = format_lazy(FAILED_AND_TOLD if told else FAILED, **words)
    tell([drop.sender], drop, kind="drop-failed", text=text, now=now, page="/pull", outcome_reason=str(reason))
    _tell_agents_of_grades(drop, now)
    return drop


def pull_drop(*, drop: Drop, sender: User, now: datetime) -> Drop:
    """Note that its sender has seen the result; the first time counts. Raises NotEnded, NotYours."""
    rules.check_pull(drop, Eligibility(user=sender, now=now))
    if drop.pulled_at is None:
        Drop.objects.filter(pk=drop.pk, pulled_at=None).update(pulled_at=now)
        drop.refresh_from_db(fields=["pulled_at"])
    return drop


def _finish_log(drop: Drop, verdict: Verdict, now: datetime) -> None:
    """Write the judge's last lines while its round is still open: none are added to one that has ended.

    Raises IllegalTransition where somebody else has ended the drop, or had it judged anew, since it was loaded.
    """
    held = Drop.objects.lock(drop.pk)
    if not held.is_ranking or held.current_round_id != drop.current_round_id:
        raise rules.IllegalTransition
    append_log(drop.round, verdict.lines, now=now)


def _write_down(drop: Drop, verdict: Verdict, now: datetime) -> None:
    record_grades(drop, verdict)
    store_verdict(drop, verdict, now=now)


def _tell_agents_of_grades(drop: Drop, now: datetime) -> None:
    text = format_lazy(_("“{drop}” has been decided. See how your entry did."), drop=apart(drop.heading))
    others = drop.submissions.filter(won_drop=None).select_related("user")
    tell([submission.user for submission in others], drop, kind="entry-graded", text=text, now=now)
