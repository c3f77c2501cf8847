"""The yardstick for what reads: the site's settings with one view that answers JSON, and no middleware."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import path

from clorp.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tests.bench._bare"


def bare(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})


urlpatterns: list[Any] = [path("bare", bare)]
