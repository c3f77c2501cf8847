"""Web push: a browser that shows notifications is added, tried and removed; and the script that shows them."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.pages.forms import BrowserForm
from accounts.pages.settings import done
from accounts.push import subscriptions
from accounts.push.names import name_of_browser
from accounts.viewer import member_of
from core import clock
from core.api.page_limits import unlimited


@unlimited
@require_safe
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """Return the script, from the site's root: it may show notifications for pages below where it lies."""
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8")


@cache
def _script() -> str:
    return (settings.BASE_DIR / "static" / "js" / "sw.js").read_text()


@login_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    form = BrowserForm(request.POST)
    form.is_valid()
    added = subscriptions.add_browser(
        user=member_of(request),
        **{name: form.cleaned_data.get(name, "") for name in form.fields},
        label=name_of_browser(request.headers.get("User-Agent", "")),
        session_key=request.session.session_key or "",
        now=clock.now(),
    )
    # The session is called by another name after a new password.
    request.session[subscriptions.IN_SESSION] = str(added.pk)
    return done(request, "notifications", _("Notifications are on in this browser."))


@login_required
@require_POST
def try_out(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    subscriptions.send_test_push(user=member_of(request), subscription_id=subscription_id, now=clock.now())
    return done(request, "notifications", _("A test is on its way. It shows up within half a minute."))


@login_required
@require_POST
def remove(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    subscriptions.remove_browser(user=member_of(request), subscription_id=subscription_id)
    return done(request, "notifications", _("Removed. Nothing is shown there any more."))
