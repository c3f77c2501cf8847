"""The time, for pages that came from a cache or slept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from core.api.page_limits import unlimited


@unlimited
@require_safe
@never_cache
def tell_time(request: HttpRequest) -> HttpResponse:
    """Return the server's time, UTC. It asks for no session and no row, and nobody may keep it."""
    return HttpResponse(clock.now().isoformat().replace("+00:00", "Z"), content_type="text/plain; charset=utf-8")
