"""The yardstick for what reads: the site's settings with one view that answers JSON, and no middleware."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import path

from clorp.settings import *  # noqa: F403

# No app either: some of them refuse to start without their middleware.
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tests.bench.support.bare"


def bare(request: HttpRequest) -> JsonResponse:
    response = JsonResponse({"ok": True})
    response["Content-Length"] = str(len(response.content))
    return response


urlpatterns: list[Any] = [path("bare", bare)]
