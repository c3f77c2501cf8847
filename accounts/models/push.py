"""Web push: the site's key pair, browsers that are told, and the messages that wait to be sent to them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.notifications import Notification
from core.queue import Queued, QueuedQuerySet

ENDPOINT_CHARS_MAX = 1_000
# A point of P-256 without compression, and sixteen bytes, in base64url.
P256DH_CHARS, AUTH_CHARS = 87, 22
LABEL_CHARS_MAX = 80


class VapidKey(models.Model):
    """The key pair by which push services know this site (RFC 8292): one row, made when it is first needed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    private_key = models.CharField(max_length=43, help_text=_("The secret number, in base64url."))
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="vapid_key_is_one")]

    def __str__(self) -> str:
        return "the site's key for web push"


class PushSubscription(models.Model):
    """A browser that shows its owner's notifications. `endpoint` is the address that its push service gave it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=ENDPOINT_CHARS_MAX, unique=True)
    p256dh = models.CharField(max_length=P256DH_CHARS)
    auth = models.CharField(max_length=AUTH_CHARS)
    label = models.CharField(max_length=LABEL_CHARS_MAX)
    session_key = models.CharField(max_length=40, blank=True, default="", db_index=True)
    created_at = models.DateTimeField()
    last_success_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(endpoint__startswith="http"), name="push_goes_by_http")]

    def __str__(self) -> str:
        return self.label


class PushDelivery(Queued):
    """One message for one browser. It is encrypted anew for each attempt, so the body is kept as it reads."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subscription = models.ForeignKey(PushSubscription, on_delete=models.CASCADE, related_name="deliveries")
    notification = models.ForeignKey(Notification, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.SlugField(max_length=40)
    body = models.TextField()
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True, help_text=_("What the push service last answered."))

    objects: ClassVar[QueuedQuerySet[PushDelivery]] = QueuedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = _("push deliveries")
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="push_to_be_sent")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
