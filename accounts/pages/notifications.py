"""Pages of notifications: the list, the preferences, and the unsubscribe page behind a mail's link."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Notification
from accounts.notifications.notify import mark_read
from accounts.notifications.preferences import choose_channels
from accounts.notifications.shown import as_shown
from accounts.notifications.unsubscribing import read_link, unsubscribe
from accounts.pages.settings import channel_forms, done, show_settings, to_section
from accounts.viewer import member_of
from core import clock
from core.text import number_of

NOTES_MAX = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    """The newest notes, older ones behind `?before=ID`; POST marks all of them as read."""
    if request.method == "POST":
        mark_read(user=member_of(request), now=clock.now())
        return redirect("notifications")
    notes = Notification.objects.filter(user=request.user.pk).order_by("-id")
    before = number_of(request.GET.get("before", ""))
    if before is not None:
        notes = notes.filter(pk__lt=before)
    newest = as_shown(list(notes[: NOTES_MAX + 1]))
    older = newest[NOTES_MAX - 1].pk if len(newest) > NOTES_MAX else None
    return render(request, "accounts/notifications.html", {"notes": newest[:NOTES_MAX], "older": older})


@login_required
@require_POST
def read_one(request: HttpRequest, note_id: int) -> HttpResponse:
    mark_read(user=member_of(request), now=clock.now(), only=note_id)
    return redirect("notifications")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notification_settings(request: HttpRequest) -> HttpResponse:
    """POST saves how the viewer hears of each topic."""
    if request.method != "POST":
        return to_section("notifications")
    rows = channel_forms(request, request.POST)
    if not all(row.is_valid() for row in rows):
        return show_settings(request, status=422, channel_forms=rows, faults_in_channels=True)
    choose_channels(user=member_of(request), channels={row.topic.slug: row.channels() for row in rows})
    return done(request, "notifications", _("Saved."))


@csrf_exempt  # A mail program posts here on its reader's behalf (RFC 8058); the link's signature stands for the reader.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, since some programs follow every link of a mail; POST does it."""
    is_done = request.method == "POST"
    link = unsubscribe(token) if is_done else read_link(token)
    response = render(request, "accounts/unsubscribe.html", {"topics": link.topics, "is_done": is_done})
    response["X-Robots-Tag"] = "noindex"
    return response
