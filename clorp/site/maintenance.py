"""The site closed for a while: every page and the API answer 503 and say until about when. Asks no database."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.words import Words

# Whoever watches the house goes on doing so.
OPEN_PATHS = {"/healthz", "/readyz", "/metrics"}
ON = {"1", "true", "yes", "on"}
SENTENCE = gettext_lazy("We are mending something.")


class MaintenanceMiddleware:
    """In the list of middleware only while `MAINTENANCE` is set: to a sentence of the operator's, or just to 1."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in OPEN_PATHS:
            return self.get_response(request)
        sentence = SENTENCE if settings.MAINTENANCE.lower() in ON else settings.MAINTENANCE
        answer = _problem if request.path_info.startswith("/api/") else _page
        response = answer(request, sentence)
        response["Retry-After"] = str(settings.MAINTENANCE_RETRY_SECONDS)
        response["Cache-Control"] = "no-store"
        return response


def _page(request: HttpRequest, sentence: Words) -> HttpResponse:
    context = {"sentence": sentence, "retry_seconds": settings.MAINTENANCE_RETRY_SECONDS}
    return HttpResponse(get_template("503.html").render(context), status=503)


def _problem(request: HttpRequest, sentence: Words) -> HttpResponse:
    problem = {
        "error": _("{sentence} Nothing was changed; try again later.").format(sentence=sentence),
        "code": "maintenance",
        "status": 503,
        "request_id": getattr(request, "request_id", None),
    }
    return JsonResponse(problem, status=503, content_type="application/problem+json")
