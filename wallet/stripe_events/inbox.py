"""Stripe's events: stored once as they come, worked on later by fetching what they are about anew."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import Refused
from core.queue import back_off
from wallet import gateway
from wallet.decisions import record_decision
from wallet.models import StripeEvent, Withdrawal
from wallet.stripe_events.handlers import handler_of

log = logging.getLogger(__name__)

Status = StripeEvent.Status
TRIES_MAX = 12
# How far back Stripe lists events, less a day for clocks and pages.
LISTED = timedelta(days=29)
# Stripe pays out by a schedule, and a bank that refuses does so within days.
PAID_OUT_WITHIN = timedelta(days=14)
ACCOUNTS_ASKED_MAX = 100


class NotWaiting(Refused):
    code = "not_waiting"
    message = gettext_lazy("This event was worked on already, or is back in the queue.")


def current_secrets() -> list[str]:
    """The signing secrets of both endpoints; several of one, with commas between, while one is being replaced."""
    named = f"{settings.STRIPE_WEBHOOK_SECRET},{settings.STRIPE_CONNECT_WEBHOOK_SECRET}"
    return [secret.strip() for secret in named.split(",") if secret.strip()]


def receive_event(*, body: bytes, signature: str, now: datetime) -> StripeEvent:
    """Store one delivery, once however often it comes. Raises BadWebhook, NotConfigured; then nothing is stored."""
    livemode = gateway.connect().livemode
    event = gateway.read_webhook(body, signature, current_secrets())
    if event.livemode != livemode:
        raise gateway.BadWebhook(_("This event is of the other mode, test or live."))
    return store_event(event=event, now=now)


def store_event(*, event: gateway.StripeEvent, now: datetime) -> StripeEvent:
    """The event's row, made where it is missing."""
    row = StripeEvent(
        id=event.id,
        type=event.type,
        account=event.account,
        object_id=event.object_id,
        livemode=event.livemode,
        api_version=event.api_version,
        created=event.created,
        payload=without_secrets(event.payload),
        received_at=now,
        next_attempt_at=now,
    )
    StripeEvent.objects.bulk_create([row], ignore_conflicts=True)
    return StripeEvent.objects.get(pk=event.id)


def without_secrets(payload: Any) -> Any:
    """Return the payload without secrets that would let a reader act for a payer."""
    if isinstance(payload, dict):
        return {name: without_secrets(value) for name, value in payload.items() if name != "client_secret"}
    return [without_secrets(value) for value in payload] if isinstance(payload, list) else payload


def process_event(*, event_id: str, now: datetime) -> StripeEvent | None:
    """Do what one event asks for. What fails waits, longer each time; after the twelfth it is for a person."""
    row = StripeEvent.objects.take(event_id, now)
    if row is None:
        return None
    handler = handler_of(row.type, row.account)
    if handler is None or not row.object_id:
        row.put_back(None, status=Status.IGNORED, processed_at=now)
        return row
    return _handle(row, handler, now)


def _handle(row: StripeEvent, handler: Callable[[StripeEvent, datetime], object], now: datetime) -> StripeEvent:
    tries = row.tries + 1
    try:
        handler(row, now)
    except Exception as error:
        # Whatever goes wrong with one event must neither lose it nor hold up the others.
        log.exception("event failed", extra={"event": row.pk, "type": row.type, "tries": tries})
        description = f"{type(error).__name__}: {error}"
        if tries >= TRIES_MAX:
            row.put_back(None, description, status=Status.DEAD, tries=tries)
        else:
            row.put_back(back_off(now, tries), description, status=Status.FAILED, tries=tries)
        return row
    row.put_back(None, status=Status.PROCESSED, processed_at=now, tries=tries)
    return row


Guard = Callable[[str], AbstractContextManager[None]]


def unguarded(what: str) -> AbstractContextManager[None]:
    """Let trouble with `what` through."""
    return nullcontext()


def fetch_missed_events(*, now: datetime, guard: Guard = unguarded) -> int:
    """Store the events that Stripe could not deliver to us; how many were new.

    Each list is asked for inside `guard(name)`, which may keep its trouble from the others.
    """
    stripe, since, before = gateway.connect(), now - LISTED, StripeEvent.objects.count()
    with guard("events"):
        _store_new(stripe.list_events(created_after=since, undelivered_only=True), now)
    with guard("account events"):
        _store_new(stripe.list_account_events(created_after=since), now)
    for account in _paid_lately(now):
        with guard(f"payouts of {account}"):
            _store_new(stripe.list_payout_events(account=account, created_after=since), now)
    return StripeEvent.objects.count() - before


def _store_new(events: Iterable[gateway.StripeEvent], now: datetime) -> None:
    for event in events:
        if not StripeEvent.objects.filter(pk=event.id).exists():
            store_event(event=event, now=now)


def _paid_lately(now: datetime) -> list[str]:
    """Accounts that got a transfer which may still be on its way to their owner's bank, the newest first."""
    sent = Withdrawal.objects.filter(status="completed", ended_at__gt=now - PAID_OUT_WITHIN)
    newest = sent.values("user__payment_profile__stripe_account_id").annotate(at=Max("ended_at")).order_by("-at")
    names = newest.values_list("user__payment_profile__stripe_account_id", flat=True)[:ACCOUNTS_ASKED_MAX]
    return [name for name in names if name]


@transaction.atomic
def retry_event(*, event: StripeEvent, staff: User, reason: str, now: datetime) -> StripeEvent:
    """Put an event that failed back into the queue, from the start, once. Raises NotWaiting, Forbidden, Invalid."""
    record_decision(staff=staff, action="retry_event", row=event, reason=reason, now=now)
    _decide(event, tries__gt=0, to={"status": Status.FAILED, "tries": 0, "next_attempt_at": now})
    return event


@transaction.atomic
def ignore_event(*, event: StripeEvent, staff: User, reason: str, now: datetime) -> StripeEvent:
    """Give up on an event for good. Raises NotWaiting, Forbidden, Invalid."""
    record_decision(staff=staff, action="ignore_event", row=event, reason=reason, now=now)
    _decide(event, to={"status": Status.IGNORED, "processed_at": now, "next_attempt_at": None})
    return event


def _decide(event: StripeEvent, *, to: dict[str, Any], **only: Any) -> None:
    rows = StripeEvent.objects.filter(pk=event.pk, status__in=(Status.FAILED, Status.DEAD), **only)
    if not rows.update(lease_until=None, **to):
        raise NotWaiting
    event.refresh_from_db()
