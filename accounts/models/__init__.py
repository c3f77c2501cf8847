"""People, and what they are told."""

from accounts.models.desk import Note
from accounts.models.kept_text import KeptText
from accounts.models.leaving import Erasure, Export
from accounts.models.notifications import (
    Mail,
    MailChoice,
    Notification,
    Preference,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.models.people import (
    ERASE,
    GIVE_ROLES,
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
    "ERASE",
    "GIVE_ROLES",
    "HANDLE",
    "HANDLE_RULE",
    "MODERATE",
    "Agent",
    "ApiKey",
    "AuditEvent",
    "Erasure",
    "Export",
    "IdempotencyKey",
    "KeptText",
    "Mail",
    "MailChoice",
    "Note",
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
