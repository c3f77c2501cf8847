"""All settings of an account on one page, in sections with an anchor each.

A form of one section that can't be taken is shown again in its place, among all the others; one that was done leads
back to its section, which says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import ApiKey
from accounts.notifications.preferences import Preferences
from accounts.notifications.topics import topics_for
from accounts.oauth.grants import grants_of
from accounts.pages.forms import ChannelsForm, KeyForm, ProfileForm, WebhookForm
from accounts.pages.ways_in import addresses_of, browsers_of, ways_in
from accounts.push.vapid import public_key
from accounts.viewer import member_of
from core import clock
from core.http import site_of

# The sections by their anchors. What is said of no section of ours stands above all of them.
SECTIONS = ("profile", "sign-in", "sessions", "notifications", "alerts", "keys", "webhooks")


def show_settings(request: HttpRequest, *, status: int = 200, **sent: Any) -> HttpResponse:
    """Return the page, with what `sent` holds instead of what is made for a first look."""
    user, now = member_of(request), clock.now()
    context = {
        "profile_form": ProfileForm(initial={"name": user.name, "handle": user.handle, "language": user.language}),
        "channel_forms": channel_forms(request),
        "browsers": list(user.push_subscriptions.order_by("created_at", "pk")),
        "push_key": public_key(now),
        "key_form": KeyForm(auto_id="key_%s"),
        "keys": list(ApiKey.objects.filter(user=user).order_by("-created")),
        "grants": grants_of(user, now=now),
        "site": site_of(request),
        "webhook_form": WebhookForm(auto_id="webhook_%s"),
        "endpoints": list(user.webhooks.order_by("created_at", "pk")),
        "addresses": addresses_of(user),
        "ways_in": ways_in(user),
        "signed_in": browsers_of(request, now),
        "told": _told(request),
        **sent,
    }
    return render(request, "accounts/settings.html", context, status=status)


def channel_forms(request: HttpRequest, posted: Any = None) -> list[ChannelsForm]:
    """Return the rows of the matrix: by which ways the viewer hears of each topic."""
    user = member_of(request)
    preferences = Preferences([user.pk])
    return [ChannelsForm(topic, preferences.channels(user.pk, topic), posted) for topic in topics_for(user)]


def to_section(name: str, query: Mapping[str, str] | None = None) -> HttpResponse:
    return redirect(f"{reverse('profile')}{f'?{urlencode(query)}' if query else ''}#{name}")


def done(request: HttpRequest, section: str, words: str) -> HttpResponse:
    """Lead back to a section, which then says in `words` what was done."""
    messages.success(request, words, extra_tags=section)
    return to_section(section)


def _told(request: HttpRequest) -> dict[str, list[Any]]:
    """Return what has just happened, by section; a browser that is led to an anchor does not see the top."""
    told = defaultdict(list)
    for message in messages.get_messages(request):
        told[message.extra_tags if message.extra_tags in SECTIONS else "top"].append(message)
    return {name.replace("-", "_"): told[name] for name in ("top", *SECTIONS)}
