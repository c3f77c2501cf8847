"""Ending sessions, from the settings."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.pages.settings import done, to_section
from accounts.sessions import end_other_sessions, end_session
from accounts.viewer import member_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """POST ends all sessions but this one; allauth's own page of them is a section of the settings."""
    if request.method != "POST":
        return to_section("sessions")
    count = end_other_sessions(user=member_of(request), kept=request.session.session_key or "")
    words = ngettext("Signed out %(count)s other browser.", "Signed out %(count)s other browsers.", count)
    return done(request, "sessions", words % {"count": count})


@login_required
@require_POST
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    end_session(user=member_of(request), session_id=session_id)
    return done(request, "sessions", _("Signed out there."))
