"""Delete old notifications, those that were read sooner than others, and mails and messages sent long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import Mail, Notification, PushDelivery, WebhookDelivery
from accounts.push.subscriptions import forget_browsers_without_session
from core.db.batches import delete_in_batches


def clean_up(*, now: datetime) -> dict[str, int]:
    """Delete notes, and mails and messages of which nothing is due, once they are older than their settings say, and
    browsers that nobody is signed in to any more. Returns how many by kind."""
    read, unread, sent = (
        now - timedelta(days=days)
        for days in (settings.NOTES_READ_DAYS_KEPT, settings.NOTES_DAYS_KEPT, settings.SENT_DAYS_KEPT)
    )
    old = {"created_at__lte": sent, "next_attempt_at__isnull": True}
    told = {"routed_at__isnull": False, "digest_at__isnull": True}
    outdated: dict[str, QuerySet[Any]] = {
        "webhook_messages": WebhookDelivery.objects.filter(**old),
        "browser_messages": PushDelivery.objects.filter(**old),
        "mails": Mail.objects.filter(**old),
        "notifications": Notification.objects.filter(Q(read_at__lte=read) | Q(created_at__lte=unread), **told),
    }
    gone = {kind: delete_in_batches(rows) for kind, rows in outdated.items()}
    return {**gone, "push_browsers": forget_browsers_without_session(now=now)}
