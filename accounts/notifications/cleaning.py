"""Delete notifications that were read long ago, and mails and webhook messages that were sent long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import Mail, Notification, PushDelivery, WebhookDelivery
from accounts.push.subscriptions import forget_browsers_without_session

READ_KEPT = timedelta(days=90)
SENT_KEPT = timedelta(days=30)


def clean_up(*, now: datetime) -> int:
    """Delete notes that were read 90 days ago, mails and webhook messages of which nothing has been due for 30, and
    browsers that nobody is signed in to any more."""
    old = {"created_at__lte": now - SENT_KEPT, "next_attempt_at__isnull": True}
    outdated = (
        WebhookDelivery.objects.filter(**old),
        PushDelivery.objects.filter(**old),
        Mail.objects.filter(**old),
        Notification.objects.filter(read_at__lte=now - READ_KEPT, routed_at__isnull=False, digest_at__isnull=True),
    )
    return sum(rows.delete()[0] for rows in outdated) + forget_browsers_without_session(now=now)
