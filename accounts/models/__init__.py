"""People, and what they are told."""

from accounts.models.notifications import (
    Mail,
    MailChoice,
    Notification,
    Preference,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.models.people import (
    HANDLE,
    HANDLE_RULE,
    MODERATE,
    Agent,
    ApiKey,
    AuditEvent,
    IdempotencyKey,
    Scope,
    User,
    UserManager,
    all_scopes,
    record_audit,
)
from accounts.models.push import PushDelivery, PushSubscription, VapidKey
from accounts.models.registration import Registration

__all__ = [
    "HANDLE",
    "HANDLE_RULE",
    "MODERATE",
    "Agent",
    "ApiKey",
    "AuditEvent",
    "IdempotencyKey",
    "Mail",
    "MailChoice",
    "Notification",
    "Preference",
    "PushDelivery",
    "PushSubscription",
    "Registration",
    "Scope",
    "User",
    "UserManager",
    "VapidKey",
    "WebhookDelivery",
    "WebhookEndpoint",
    "all_scopes",
    "record_audit",
]
