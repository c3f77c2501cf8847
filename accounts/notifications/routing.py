"""Turn notifications into mails, and messages to webhooks and browsers, as their owners chose. Each once."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import (
    Mail,
    MailChoice,
    Notification,
    PushDelivery,
    PushSubscription,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.notifications.backlog import skip_oldest
from accounts.notifications.preferences import Preferences
from accounts.notifications.shown import as_shown
from accounts.notifications.topics import FORGOTTEN, Topic, kinds_of, subject_of, topic_of
from core.text import cut

BATCH = 200
PUSH_TITLE_CHARS_MAX, PUSH_TEXT_CHARS_MAX = 120, 400
DIGEST_AT = time(8, tzinfo=UTC)


def next_digest(now: datetime) -> datetime:
    """The next moment at which daily mails are made; never `now` itself."""
    today = datetime.combine(now.astimezone(UTC).date(), DIGEST_AT)
    return today if now < today else today + timedelta(days=1)


@transaction.atomic
def route_notices(*, now: datetime, urgent: Topic | None = None) -> int:
    """Decide about the oldest notifications nobody has decided about; how many there were.

    Of an `urgent` topic, about those alone whose owners have a webhook or a browser that is called at once.
    """
    waiting = Notification.objects.filter(routed_at__isnull=True).order_by("pk").select_related("user")
    if urgent is not None:
        endpoints = WebhookEndpoint.objects.filter(user=OuterRef("user"), disabled_at__isnull=True)
        browsers = PushSubscription.objects.filter(user=OuterRef("user"))
        waiting = waiting.filter(Exists(endpoints) | Exists(browsers), kind__in=kinds_of(urgent))
    notes = list(waiting.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    if notes:
        batch = _Batch(as_shown(notes), now)
        for note in notes:
            batch.route(note)
        batch.store()
    return len(notes)


class _Batch:
    """Notifications with what their owners chose, and what is made of them."""

    def __init__(self, notes: list[Notification], now: datetime) -> None:
        self.notes, self.now = notes, now
        users = {note.user_id for note in notes}
        self.preferences = Preferences(users)
        self.endpoints: dict[UUID, list[WebhookEndpoint]] = defaultdict(list)
        for endpoint in WebhookEndpoint.objects.filter(user__in=users, disabled_at__isnull=True):
            self.endpoints[endpoint.user_id].append(endpoint)
        self.browsers: dict[UUID, list[PushSubscription]] = defaultdict(list)
        for browser in PushSubscription.objects.filter(user__in=users):
            self.browsers[browser.user_id].append(browser)
        self.pushes: list[PushDelivery] = []
        self.mails: dict[Any, Mail] = {}
        self.deliveries: list[WebhookDelivery] = []

    def route(self, note: Notification) -> None:
        topic = topic_of(note.kind)
        channels = self.preferences.channels(note.user_id, topic)
        note.routed_at = self.now
        if not note.user.is_active or topic is FORGOTTEN:
            return
        if channels.mail == MailChoice.AT_ONCE:
            note.mail = self.mail_for(note, topic)
        elif channels.mail == MailChoice.DAILY:
            note.digest_at = next_digest(self.now)
        if channels.push:
            self.pushes += [push_later(browser, note, self.now) for browser in self.browsers[note.user_id]]
        if channels.webhook:
            self.deliveries += [deliver_later(endpoint, note, self.now) for endpoint in self.endpoints[note.user_id]]

    def mail_for(self, note: Notification, topic: Topic) -> Mail:
        """News of one moment share a mail; what is always mailed has one of its own."""
        key = (note.user_id, note.pk if topic.is_always_mailed else None)
        if key not in self.mails:
            self.mails[key] = Mail(user_id=note.user_id, created_at=self.now, next_attempt_at=self.now)
        return self.mails[key]

    def store(self) -> None:
        Mail.objects.bulk_create(self.mails.values())
        WebhookDelivery.objects.bulk_create(self.deliveries)
        PushDelivery.objects.bulk_create(self.pushes)
        Notification.objects.bulk_update(self.notes, ["routed_at", "digest_at", "mail"])
        if self.deliveries:
            skip_oldest(WebhookDelivery, "endpoint", {row.endpoint_id for row in self.deliveries}, self.now)
        if self.pushes:
            skip_oldest(PushDelivery, "subscription", {row.subscription_id for row in self.pushes}, self.now)


def deliver_later(endpoint: WebhookEndpoint, note: Notification, now: datetime) -> WebhookDelivery:
    """A message for one address, not stored yet."""
    return WebhookDelivery(
        endpoint=endpoint,
        notification=note if note.pk else None,
        kind=note.kind,
        body=message_body(note),
        created_at=now,
        next_attempt_at=now,
    )


def message_body(note: Notification) -> str:
    """Return a notification as webhooks are sent it: Standard Webhooks' `type`, `timestamp` and `data`."""
    data = {
        **note.data,
        "id": str(note.pk),
        "topic": topic_of(note.kind).slug,
        "text": note.text,
        "url": settings.SITE_URL + note.href,
    }
    return body_of(note.kind, note.created_at, data)


def push_later(browser: PushSubscription, note: Notification, now: datetime) -> PushDelivery:
    """A message for one browser, not stored yet."""
    return PushDelivery(
        subscription=browser,
        notification=note,
        kind=note.kind,
        body=push_body(note),
        created_at=now,
        next_attempt_at=now,
    )


def push_body(note: Notification) -> str:
    """Return a notification as browsers are sent it; short, since a push service takes no more than 4 KB."""
    told = {
        "id": str(note.pk),
        "title": cut(note.subject or str(subject_of(note.kind)), PUSH_TITLE_CHARS_MAX),
        "text": cut(note.text, PUSH_TEXT_CHARS_MAX),
        "path": note.href,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def body_of(kind: str, at: datetime, data: dict[str, Any]) -> str:
    sent = {"type": kind.replace("-", "_"), "timestamp": at.astimezone(UTC).isoformat().replace("+00:00", "Z")}
    return json.dumps({**sent, "data": data}, ensure_ascii=False, separators=(",", ":"))


def make_digests(*, now: datetime) -> int:
    """Make the daily mails that are due, one for each user; how many."""
    due = Notification.objects.filter(digest_at__lte=now)
    users = list(due.order_by("user").values_list("user", flat=True).distinct()[:BATCH])
    return sum(_make_digest(user, now) for user in users)


@transaction.atomic
def _make_digest(user: UUID, now: datetime) -> int:
    mail = Mail.objects.create(user_id=user, is_digest=True, created_at=now, next_attempt_at=now)
    due = Notification.objects.filter(user=user, digest_at__lte=now)
    # Two at once: the second waits here for the first, and then finds nothing that is still due.
    # Written as read is what its owner wants no number for; nobody has read it yet.
    unread = due.filter(Q(read_at__isnull=True) | Q(read_at=F("created_at"))).update(digest_at=None, mail=mail)
    due.update(digest_at=None)
    if not unread:
        mail.delete()
    return bool(unread)
