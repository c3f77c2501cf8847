"""The account pages, by path; what allauth does lies under /accounts/."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from clorp.accounts import views

urlpatterns = [
    path("me", views.profile, name="profile"),
    path("me/notifications", views.notifications, name="notifications"),
    path("me/keys", views.keys, name="keys"),
    path("me/keys/<uuid:public_id>/revoke", views.revoke, name="revoke_key"),
]
if settings.DEBUG:
    urlpatterns.append(path("dev/outbox", views.outbox, name="outbox"))
