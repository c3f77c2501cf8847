"""The account pages, by path; what allauth does lies under /accounts/."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from accounts.entrance import kept_forms
from accounts.pages import (
    account,
    adopting,
    badge,
    confirming,
    languages,
    notifications,
    oauth,
    push,
    sessions,
    tours,
    webhooks,
)

# Of allauth's OAuth server what is used, by the names by which it knows itself.
OAUTH = [
    path("authorize", oauth.Authorize.as_view(), name="authorization"),
    path("device", oauth.device, name="device_authorization"),
    path("api/device/code", oauth.GetDeviceCode.as_view(http_method_names=["post"]), name="device_code"),
    path("api/token", oauth.GetToken.as_view(http_method_names=["post"]), name="token"),
    path("api/revoke", oauth.Revoke.as_view(http_method_names=["post"]), name="revoke"),
    path("api/clients", oauth.RegisterClient.as_view(http_method_names=["post"]), name="client_registration"),
]

urlpatterns = [
    path("identity/o/", include(([path("", include((OAUTH, "oidc")))], "idp"))),
    path("me/programs/end", oauth.end, name="end_grant"),
    path("me", account.profile, name="profile"),
    path("language", languages.choose, name="language"),
    path("me/confirm", confirming.ConfirmByCode.as_view(), name="confirm_by_code"),
    path("me/discard-form", kept_forms.discard, name="discard_form"),
    path("me/tools", badge.tools, name="tools"),
    path("live/me", badge.follow_me, name="follow_me"),
    path("me/keys", account.keys, name="keys"),
    path("me/keys/revoke-all", account.revoke_all, name="revoke_all_keys"),
    path("me/keys/<uuid:public_id>/revoke", account.revoke, name="revoke_key"),
    path("adopt/<str:secret>", adopting.show_claim, name="adopt_agent"),
    path("me/tours/<slug:tour>/close", tours.close, name="close_tour"),
    path("me/sign-in", account.ways_in, name="ways_in"),
    path("me/sessions/<int:session_id>/end", sessions.end, name="end_session"),
    path("me/notifications", notifications.notifications, name="notifications"),
    path("me/notifications/<int:note_id>/read", notifications.read_one, name="read_notification"),
    path("me/notifications/settings", notifications.notification_settings, name="notification_settings"),
    path("me/push", push.add, name="add_push"),
    path("me/push/<uuid:subscription_id>/test", push.try_out, name="test_push"),
    path("me/push/<uuid:subscription_id>/remove", push.remove, name="remove_push"),
    path("sw.js", push.service_worker, name="service_worker"),
    path("me/webhooks", webhooks.webhooks, name="webhooks"),
    path("me/webhooks/<uuid:endpoint_id>", webhooks.webhook, name="webhook"),
    path("me/webhooks/<uuid:endpoint_id>/test", webhooks.try_out, name="test_webhook"),
    path("me/webhooks/<uuid:endpoint_id>/secret", webhooks.renew, name="renew_webhook_secret"),
    path("me/webhooks/<uuid:endpoint_id>/on", webhooks.turn_on, name="turn_on_webhook"),
    path("me/webhooks/<uuid:endpoint_id>/remove", webhooks.remove, name="remove_webhook"),
    path("unsubscribe/<str:token>", notifications.unsubscribe_page, name="unsubscribe"),
]
if settings.DEBUG:
    urlpatterns.append(path("dev/outbox", account.outbox, name="outbox"))
