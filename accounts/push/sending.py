"""Messages out of the queue to push services: many at once, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from accounts.models import PushDelivery, PushSubscription
from accounts.notifications.preferences import Preferences
from accounts.notifications.routing import push_body
from accounts.notifications.shown import covered_since
from accounts.notifications.topics import still_news, topic_of
from accounts.push import base64url
from accounts.push.encrypting import encrypt
from accounts.push.vapid import authorization, site_key
from accounts.webhooks.answers import Answer
from accounts.webhooks.guard import Unreachable
from accounts.webhooks.http_post import post
from core.queue import note_all

AT_ONCE_MAX = 32
TRIES_MAX = 10
REMOVED_AFTER = timedelta(days=5)
# Of what is news for good, how long a push service keeps it for a browser that is away.
KEPT_FOR = timedelta(days=1)
GONE = {404, 410}
# Of what a push service refuses, what it may take later.
LATER = {408, 425, 429}


@dataclass(frozen=True)
class Push:
    """A message that is to go out, and for how long it is news."""

    row: PushDelivery
    seconds_left: int


class PushAnswer(Answer):
    """The answer of a push service. A notification is news for a short time, so the first wait is short."""

    first_wait_seconds = 5

    @property
    def is_final(self) -> bool:
        """Whether the same message would be refused again. An answer with `Retry-After` is not final, not even 413
        (RFC 9110, 10.2.3 and 15.5.14)."""
        is_refused = self.status is not None and 300 <= self.status < 500 and self.status not in LATER
        return is_refused and self.retry_after is None


def send_pushes(*, clock: Callable[[], datetime]) -> int:
    """Send what is due, at most one message for each browser; how many were tried. The calls are made in threads,
    which touch no database; a push service that is slow holds up its own browsers alone."""
    now = clock()
    taken = _take(now)
    pushes = _still_wanted(taken, now)
    if pushes:
        send = partial(_send, key=site_key(now), now=now)
        with ThreadPoolExecutor(len(pushes), thread_name_prefix="push") as threads:
            answers = list(threads.map(send, pushes))
        note_all(list(zip([push.row for push in pushes], answers, strict=True)), note_push_answer, clock())
    return len(taken)


def _take(now: datetime) -> list[PushDelivery]:
    due = PushDelivery.objects.due(now)
    first = due.filter(subscription=OuterRef("pk")).order_by("next_attempt_at", "pk")
    # Another worker's call may be under way there.
    called = PushDelivery.objects.filter(next_attempt_at__isnull=False, lease_until__gt=now).values("subscription")
    browsers = PushSubscription.objects.filter(pk__in=due.values("subscription")).exclude(pk__in=called)
    # Those in trouble come last, then whoever has waited longest.
    firsts = browsers.annotate(
        first=Subquery(first.values("pk")[:1]), since=Subquery(first.values("next_attempt_at")[:1])
    ).order_by(F("failing_since").asc(nulls_first=True), "since", "pk")
    rows = PushDelivery.objects.select_related("subscription__user", "notification")
    return rows.take_some(list(firsts.values_list("first", flat=True)[:AT_ONCE_MAX]), now)


def _still_wanted(taken: list[PushDelivery], now: datetime) -> list[Push]:
    """Return the messages that were taken, without those that are no news any more or turned off by their owners."""
    preferences = Preferences({row.subscription.user_id for row in taken})
    notes = [row.notification for row in taken if row.notification]
    news, covered = still_news(notes, now), covered_since(notes)
    pushes = []
    for row in taken:
        user = row.subscription.user
        is_news = row.notification is None or row.notification_id in news
        # A test is about nothing that somebody was told.
        wants = row.notification is None or preferences.channels(user.pk, topic_of(row.kind)).push
        if is_news and user.is_active and wants:
            if note := covered.get(row.notification_id or 0):
                row.body = push_body(note)
            until = news.get(row.notification_id or 0) or now + KEPT_FOR
            pushes.append(Push(row, int((until - now).total_seconds())))
        else:
            row.put_back(None, "no longer wanted")
    return pushes


def _send(push: Push, *, key: ec.EllipticCurvePrivateKey, now: datetime) -> PushAnswer:
    subscription = push.row.subscription
    read = base64url.decode
    body = encrypt(push.row.body.encode(), p256dh=read(subscription.p256dh), auth=read(subscription.auth))
    headers = {
        "Authorization": authorization(subscription.endpoint, key, now),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(push.seconds_left),
        "Urgency": "high",
        "User-Agent": "clorp-push/1",
    }
    try:
        reply = post(subscription.endpoint, body=body, headers=headers)
        return PushAnswer(reply.status, retry_after=reply.retry_after)
    except Unreachable as reason:
        return PushAnswer(None, str(reason))


@transaction.atomic
def note_push_answer(*, delivery: PushDelivery, answer: PushAnswer, now: datetime) -> None:
    """Write down what came of one attempt. A browser that is gone, or takes nothing for days, is forgotten; trouble of
    one puts off all that waits for it."""
    mine = PushSubscription.objects.filter(pk=delivery.subscription_id)
    tries = delivery.tries + 1
    if answer.is_taken:
        if delivery.put_back(None, tries=tries, delivered_at=now, last_status=answer.status):
            mine.update(last_success_at=now, failing_since=None)
        return
    if answer.status in GONE or mine.filter(failing_since__lte=now - REMOVED_AFTER).exists():
        mine.delete()
        return
    later = answer.next_try(tries, now)
    again = None if answer.is_final or tries >= TRIES_MAX else later
    if delivery.put_back(again, answer.why or f"answered {answer.status}", tries=tries, last_status=answer.status):
        mine.update(failing_since=Coalesce("failing_since", now))
        waiting = PushDelivery.objects.filter(subscription=delivery.subscription_id, next_attempt_at__isnull=False)
        waiting.update(next_attempt_at=Greatest("next_attempt_at", later))
