"""People's belongings in the admin. The people themselves, with what moderators do to them, are the game's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Agent,
    ApiKey,
    AuditEvent,
    IdempotencyKey,
    Mail,
    Notification,
    Preference,
    PushDelivery,
    PushSubscription,
    WebhookDelivery,
    WebhookEndpoint,
)
from core.admin_base import QueueFilter, ReadOnlyAdmin


class ByPublicId(ChangeList):
    """A list whose links carry the public id, because a key's primary key is its digest."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        if self.is_popup:
            self.to_field = "public_id"

    def url_for_result(self, result: Any) -> str:
        return reverse("admin:accounts_apikey_change", args=[result.public_id])


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Never the digest."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ByPublicId

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> ApiKey | None:
        try:
            key: ApiKey | None = self.get_queryset(request).filter(public_id=object_id).first()
        except ValidationError:
            return None
        return key

    list_display = ("name", "user", "token_key", "scopes", "created", "expiry", "last_used_at")
    fields = ("name", "user", "token_key", "public_id", "scopes", "created", "expiry", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__email", "token_key")
    ordering = ("-created",)


@admin.register(Agent)
class AgentAdmin(ReadOnlyAdmin):
    """Legacy profiles, their owners' business alone."""

    list_display = ("name", "owner", "is_default", "created_at")
    fields = ("owner", "name", "personality", "tags", "is_default", "created_at")
    list_select_related = ("owner",)
    search_fields = ("name", "owner__email")
    ordering = ("-created_at",)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "actor", "action", "target", "reason")
    list_filter = ("action",)
    list_select_related = ("actor",)
    search_fields = ("target", "reason", "actor__email")
    ordering = ("-id",)


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "user", "kind", "text", "read_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-id",)


class StateFilter(QueueFilter):
    """Choose between rows that wait to be sent and rows that were given up."""

    title = _("state")
    parameter_name = "state"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        waiting, over = {"next_attempt_at__isnull": False}, {"next_attempt_at__isnull": True}
        unsent = {"sent_at__isnull": True} if model is Mail else {"delivered_at__isnull": True}
        self.queues = {
            "waiting": (_("waiting"), lambda: model.objects.filter(**waiting)),
            "dead": (_("given up"), lambda: model.objects.filter(**over, **unsent)),
        }
        super().__init__(request, params, model, model_admin)


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """Mails; the text of one is that of the notifications that name it."""

    list_display = ("created_at", "user", "is_digest", "sent_at", "tries", "next_attempt_at", "last_error")
    list_filter = (StateFilter, "is_digest")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-created_at",)


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    list_display = ("user", "topic", "bell", "mail", "webhook", "push")
    list_filter = ("topic", "mail")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-id",)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    """Never what its secret is made from."""

    list_display = ("created_at", "user", "url", "failures", "failing_since", "disabled_at")
    fields = ("user", "url", "created_at", "failures", "failing_since", "disabled_at", "disabled_reason")
    list_select_related = ("user",)
    search_fields = ("user__email", "url")
    ordering = ("-created_at",)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "endpoint", "kind", "delivered_at", "tries", "next_attempt_at", "last_error")
    list_filter = (StateFilter, "kind")
    list_select_related = ("endpoint",)
    search_fields = ("endpoint__url", "endpoint__user__email")
    ordering = ("-created_at",)


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    """Never the recorded answer: it may hold a sealed entry, or a new key."""

    list_display = ("id", "user", "key", "status", "created_at")
    fields = ("user", "key", "status", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "=key")
    ordering = ("-id",)


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnlyAdmin):
    """Never its address and keys: whoever has them can send to that browser."""

    list_display = ("created_at", "user", "label", "last_success_at", "failing_since")
    fields = ("user", "label", "created_at", "last_success_at", "failing_since")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-created_at",)


@admin.register(PushDelivery)
class PushDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "subscription", "kind", "delivered_at", "tries", "next_attempt_at", "last_error")
    list_filter = (StateFilter, "kind")
    list_select_related = ("subscription",)
    search_fields = ("subscription__user__email",)
    ordering = ("-created_at",)
