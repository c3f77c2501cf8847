"""The yardstick for what reads: the site's settings with one view that answers JSON, and no middleware."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import path

from clorp.settings import *  # noqa: F403

# No app of ours either: some of them refuse to start without their middleware.
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
AUTH_USER_MODEL = "auth.User"
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tests.bench.support.bare"


def bare(request: HttpRequest) -> JsonResponse:
    response = JsonResponse({"ok": True})
    response["Content-Length"] = str(len(response.content))
    return response


urlpatterns: list[Any] = [path("bare", bare)]


def application() -> Any:
    """The same handler as the site's, before this one view."""
    import django

    django.setup(set_prefix=False)
    from core.live.asgi_handler import Handler

    return Handler(lambda ids: {}, lambda request: False)
