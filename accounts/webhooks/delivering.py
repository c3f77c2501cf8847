"""Messages out of the queue to their addresses: many at once, one for each address, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import WebhookDelivery, WebhookEndpoint
from accounts.notifications.notify import notify
from accounts.notifications.preferences import Preferences
from accounts.notifications.routing import message_body
from accounts.notifications.shown import covered_since
from accounts.notifications.topics import still_news, topic_of
from accounts.webhooks.answers import Answer
from accounts.webhooks.guard import Unreachable
from accounts.webhooks.http_post import post
from accounts.webhooks.signing import headers_for
from core.queue import note_all
from core.words import Words

AT_ONCE_MAX = 32
TRIES_MAX = 14
DISABLED_AFTER = timedelta(days=5)
GONE = 410


def deliver_batch(*, clock: Callable[[], datetime]) -> int:
    """Send what is due, at most one message for each address; how many were tried. The calls are made in threads,
    which touch no database; whoever is slow holds up nobody but themselves."""
    taken = _take(clock())
    rows = _still_wanted(taken, clock())
    if rows:
        with ThreadPoolExecutor(len(rows), thread_name_prefix="webhook") as threads:
            now = clock()
            answers = list(threads.map(lambda row: _send(row, now), rows))
        note_all(list(zip(rows, answers, strict=True)), note_answer, clock())
    return len(taken)


def _take(now: datetime) -> list[WebhookDelivery]:
    due = WebhookDelivery.objects.due(now).filter(endpoint__user__is_active=True)
    first = due.filter(endpoint=OuterRef("pk")).order_by("next_attempt_at", "pk").values("pk")[:1]
    # Another worker's call may be under way there.
    called = WebhookDelivery.objects.filter(next_attempt_at__isnull=False, lease_until__gt=now).values("endpoint")
    endpoints = WebhookEndpoint.objects.filter(disabled_at__isnull=True, pk__in=due.values("endpoint"))
    firsts = (
        endpoints.exclude(pk__in=called)
        .annotate(first=Subquery(first))
        .order_by("failures", "pk")
        .values_list("first", flat=True)
    )
    rows = WebhookDelivery.objects.select_related("endpoint__user", "notification")
    return rows.take_some(list(firsts[:AT_ONCE_MAX]), now)


def _still_wanted(taken: list[WebhookDelivery], now: datetime) -> list[WebhookDelivery]:
    """Return the deliveries that were taken, without those that are no news any more or turned off by their owners."""
    preferences = Preferences({row.endpoint.user_id for row in taken})
    news = still_news([row.notification for row in taken if row.notification], now)
    wanted = [
        row
        for row in taken
        if (row.notification is None or row.notification_id in news)
        and preferences.channels(row.endpoint.user_id, topic_of(row.kind)).webhook
    ]
    covered = covered_since(row.notification for row in wanted if row.notification)
    for row in taken:
        if row not in wanted:
            row.put_back(None, "no longer wanted")
        elif note := covered.get(row.notification_id or 0):
            row.body = message_body(note)
    return wanted


def _send(row: WebhookDelivery, now: datetime) -> Answer:
    endpoint = row.endpoint
    try:
        headers = headers_for(endpoint, row.message_id, row.body, now)
        reply = post(endpoint.url, body=row.body, headers=headers)
        return Answer(reply.status, retry_after=reply.retry_after)
    except Unreachable as reason:
        return Answer(None, str(reason))


@transaction.atomic
def note_answer(*, delivery: WebhookDelivery, answer: Answer, now: datetime) -> None:
    """Write down what came of one attempt. Trouble of an address puts off all that waits for it."""
    tries = delivery.tries + 1
    if answer.is_taken:
        if delivery.put_back(None, tries=tries, delivered_at=now, last_status=answer.status):
            recovered = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id, failures__gt=0)
            recovered.update(failures=0, failing_since=None)
        return
    again = None if tries >= TRIES_MAX else answer.next_try(tries, now)
    why = answer.why or _("answered {status}").format(status=answer.status)
    if delivery.put_back(again, why, tries=tries, last_status=answer.status):
        _note_failure(delivery.endpoint, answer, now)


def _note_failure(endpoint: WebhookEndpoint, answer: Answer, now: datetime) -> None:
    mine = WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at__isnull=True)
    mine.update(failures=F("failures") + 1, failing_since=Coalesce("failing_since", now))
    endpoint.refresh_from_db()
    if endpoint.is_disabled or endpoint.failing_since is None:
        return
    if answer.status == GONE:
        _disable(endpoint, gettext_lazy("It answered 410, which means that it is gone for good."), now)
    elif endpoint.failing_since <= now - DISABLED_AFTER:
        reason = format_lazy(gettext_lazy("It has taken no message for {days} days."), days=DISABLED_AFTER.days)
        _disable(endpoint, reason, now)
    else:
        at = answer.next_try(endpoint.failures, now)
        waiting = WebhookDelivery.objects.filter(endpoint=endpoint, next_attempt_at__isnull=False)
        waiting.update(next_attempt_at=Greatest("next_attempt_at", at))


def _disable(endpoint: WebhookEndpoint, reason: Words, now: datetime) -> None:
    """Send nothing more there, and tell its owner."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(disabled_at=now, disabled_reason=str(reason))
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, next_attempt_at__isnull=False)
    waiting.update(next_attempt_at=None, lease_until=None, last_error="the webhook was turned off")
    text = format_lazy(
        gettext_lazy("A webhook of yours was turned off. {reason} Turn it on again when it works."), reason=reason
    )
    notify([endpoint.user], kind="webhook-disabled", text=text, href="/me/webhooks", now=now)
