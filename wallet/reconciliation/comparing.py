"""The comparison: what Stripe's books hold and ours don't is looked into and posted, and what stays is said."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import Sum

from core.periodic import RUN_SECONDS_MAX, each
from wallet import gateway
from wallet.gateway import Gateway
from wallet.models import USD, Lease, Reconciliation, StripeBalanceTxn, StripeEvent
from wallet.reconciliation import lines
from wallet.reconciliation.looks import Looks
from wallet.reconciliation.mending import mend
from wallet.stripe_events import inbox

log = logging.getLogger(__name__)

EVENTS_MAX = 100
LEASE_NAME = "reconcile"
# Longer than a comparison takes, and shorter than an hour: where one has died, the next goes on.
LEASE = timedelta(minutes=50)


class Busy(Exception):
    """Another comparison is under way."""


def compare_in_turn(*, now: datetime) -> Reconciliation:
    """As `reconcile`, after what Stripe could not deliver was fetched. Raises Busy where another process compares."""
    lease = Lease.take(LEASE_NAME, until=now + LEASE, now=now)
    if lease is None:
        raise Busy
    try:
        looks = Looks()
        missed = inbox.fetch_missed_events(now=now, guard=looks.at)
        events = StripeEvent.objects.oldest_due(now, EVENTS_MAX)
        each(events, lambda pk: inbox.process_event(event_id=pk, now=now), seconds_max=RUN_SECONDS_MAX)
        comparison = reconcile(now=now, looks=looks)
        log.info("books compared", extra={"difference_cents": comparison.difference_cents, "missed_events": missed})
        return comparison
    finally:
        lease.give_back()


def reconcile(*, now: datetime, looks: Looks | None = None) -> Reconciliation:
    """Mirror what is new, post what nobody told us, match, and write down how the two books compare.

    What could not be asked for is named in `unseen`; it stops nothing else.
    """
    stripe, looks = gateway.connect(), looks or Looks()
    new = _mirror(stripe, looks, now)
    lines.match_lines(now=now)
    mend(stripe=stripe, looks=looks, now=now)
    lines.match_lines(now=now)
    balance = None
    with looks.at("balance"):
        balance = stripe.get_balance_cents()
    comparison = Reconciliation.objects.create(
        ran_at=now,
        stripe_cents=balance,
        mirror_cents=StripeBalanceTxn.objects.filter(currency=USD).aggregate(cents=Sum("net"))["cents"] or 0,
        books_cents=lines.books_cents(),
        new_lines=new,
        unmatched_lines=lines.unmatched_lines().count(),
        unmatched_transfers=lines.unmatched_transfers().count(),
        unseen=list(dict.fromkeys(looks.unseen)),
    )
    if comparison.difference_cents:
        log.error("the books differ", extra={"difference_cents": comparison.difference_cents})
    return comparison


def _mirror(stripe: Gateway, looks: Looks, now: datetime) -> int:
    with looks.at("balance transactions"):
        return lines.mirror(list(stripe.list_balance_transactions(created_after=lines.mirrored_since(now))))
    return 0
