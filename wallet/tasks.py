"""The wallet's periodic tasks: what goes to Stripe, what came from it; and the hourly comparison.

Running twice, late or never costs seconds, not money. The same functions serve the recovery commands.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.conf import settings

from core import clock
from core.periodic import RUN_SECONDS_MAX, each, one_at_a_time
from wallet.books import debts, invariants
from wallet.models import CardRefund, FraudWarning, Recall, StripeEvent, Topup, Withdrawal
from wallet.money_in import auto_topups, card_refunds, topups, warned
from wallet.money_out import recalls, withdrawals
from wallet.reconciliation import Busy, compare_in_turn
from wallet.stripe_events import inbox

log = logging.getLogger(__name__)

# A ceiling on one ring, as is its time: a row may wait for Stripe for minutes, and the next ring goes on.
ROWS_MAX = 100


@shared_task(name="wallet.tasks.send_outbound")
@one_at_a_time
def send_outbound() -> int:
    """One pass over everything that waits for something outside. Returns how many rows were worked on."""
    if not settings.STRIPE_SECRET_KEY:
        return 0
    done = _in_turn(due(StripeEvent), lambda pk: inbox.process_event(event_id=pk, now=clock.now()))
    done += each(debts.debtors_with_money(), _collect)
    low = auto_topups.running_low(clock.now()).order_by("pk")[:ROWS_MAX]
    done += each(low, lambda profile: auto_topups.start_auto_topup(user=profile.user, now=clock.now()))
    done += _in_turn(due(Topup, source="auto"), lambda pk: auto_topups.charge_topup(topup_id=pk, now=clock.now()))
    done += _in_turn(due(Withdrawal), lambda pk: withdrawals.send_withdrawal(withdrawal_id=pk, now=clock.now()))
    done += _in_turn(due(CardRefund), lambda pk: card_refunds.send_card_refund(card_refund_id=pk, now=clock.now()))
    done += _in_turn(due(FraudWarning), lambda pk: warned.refund_warned(warning_id=pk, now=clock.now()))
    done += _in_turn(due(Recall), lambda pk: recalls.send_recall(recall_id=pk, now=clock.now()))
    done += _in_turn(due(Topup, source="checkout"), lambda pk: topups.check_topup(topup_id=pk, now=clock.now()))
    return done


@shared_task(name="wallet.tasks.reconcile_stripe")
@one_at_a_time
def reconcile_stripe() -> int:
    """Post what nobody told us and compare the books, unless somebody does. Returns the difference in cents."""
    if not settings.STRIPE_SECRET_KEY:
        return 0
    try:
        return compare_in_turn(now=clock.now()).difference_cents or 0
    except Busy:
        log.info("books are being compared")
        return 0


@shared_task(name="wallet.tasks.check_books")
def check_books() -> int:
    """Ask every invariant of the books. Returns how many do not hold."""
    return len(invariants.check_books(now=clock.now()).broken)


def _in_turn(pks: list[Any], verb: Callable[[Any], object]) -> int:
    """As `each`, for seconds: every kind of row has its own, so that none waits behind one that Stripe is slow with."""
    return each(pks, verb, seconds_max=RUN_SECONDS_MAX)


def due(model: type[Any], **only: Any) -> list[Any]:
    """Return the keys of what is due, oldest first."""
    rows = model.objects.due(clock.now()).filter(**only).order_by("next_attempt_at", "pk")
    return list(rows.values_list("pk", flat=True)[:ROWS_MAX])


def _collect(user: Any) -> int:
    return debts.collect_debt(user=user, token=uuid.uuid4().hex, now=clock.now())
