"""Notifications, preferences, and the mails and webhook messages that wait to be sent."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.programs import MadeByProgram
from core.queue import Queued, QueuedQuerySet

TEXT_CHARS_MAX = 4_000
SUBJECT_CHARS_MAX = 120
URL_CHARS_MAX = 500


class MailChoice(models.TextChoices):
    AT_ONCE = "at-once", _("at once")
    DAILY = "daily", _("once a day")
    NEVER = "never", _("never")


class Mail(Queued):
    """A mail that has to go out. What it says are the notifications that name it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_digest = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[QueuedQuerySet[Mail]] = QueuedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="mail_to_be_sent")
        ]

    def __str__(self) -> str:
        return f"{'digest' if self.is_digest else 'mail'} {self.pk}"


class Notification(models.Model):
    """Something a user was told; plain text, with a path on this site to go to.

    The verb that causes it writes this row and no other. What follows from it by mail or webhook is decided by a
    periodic task, which leaves `routed_at`; `digest_at` is when a daily mail will name it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.SlugField(max_length=40)
    subject = models.CharField(max_length=SUBJECT_CHARS_MAX, blank=True, default="")
    text = models.TextField(max_length=TEXT_CHARS_MAX)
    href = models.CharField(max_length=200)
    data = models.JSONField(
        default=dict, blank=True, help_text=_("What it is about, for programs: ids and plain facts.")
    )
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    routed_at = models.DateTimeField(null=True)
    digest_at = models.DateTimeField(null=True)
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, null=True, related_name="notes")

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_newest"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notification_unread"),
            models.Index(fields=["id"], condition=Q(routed_at__isnull=True), name="notification_to_be_routed"),
            models.Index(fields=["digest_at"], condition=Q(digest_at__isnull=False), name="notification_for_digest"),
        ]
        constraints = [models.CheckConstraint(condition=Q(href__startswith="/"), name="notification_href_is_local")]

    def __str__(self) -> str:
        return self.text


class Preference(models.Model):
    """By which channels a user hears of one topic. No row means the topic's own defaults."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    topic = models.SlugField(max_length=40)
    bell = models.BooleanField(default=True, help_text=_("Counted in the header until it is read."))
    mail = models.CharField(max_length=10, choices=MailChoice.choices)
    webhook = models.BooleanField(default=True)
    push = models.BooleanField(default=True, db_default=True, help_text=_("Shown by their browsers."))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "topic"], name="preference_once_per_topic"),
            models.CheckConstraint(condition=Q(mail__in=MailChoice.values), name="preference_mail_is_known"),
        ]

    def __str__(self) -> str:
        return self.topic


class WebhookEndpoint(MadeByProgram):
    """An address of a user's own that is told what they are told. Its secret is computed, not stored.

    `failures` counts attempts since the last one that was taken; `failing_since` is when the first of them was made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=URL_CHARS_MAX)
    secret_id = models.UUIDField(default=uuid.uuid4, editable=False)
    old_secret_id = models.UUIDField(null=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "url"], name="webhook_once_per_address"),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since__isnull=True) | Q(failures__gt=0, failing_since__isnull=False),
                name="webhook_fails_since_then",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def is_disabled(self) -> bool:
        return self.disabled_at is not None


class WebhookDelivery(Queued):
    """One message for one address. The body is kept as it was signed, so that every attempt sends the same bytes,
    unless what it names was taken out of sight meanwhile."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    notification = models.ForeignKey(Notification, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.SlugField(max_length=40)
    body = models.TextField()
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True, help_text=_("What the address last answered."))

    objects: ClassVar[QueuedQuerySet[WebhookDelivery]] = QueuedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = _("webhook deliveries")
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="delivery_to_be_made"
            ),
            models.Index(fields=["endpoint", "-created_at"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def message_id(self) -> str:
        return f"msg_{self.pk.hex}"

    @property
    def is_waiting(self) -> bool:
        return self.next_attempt_at is not None
