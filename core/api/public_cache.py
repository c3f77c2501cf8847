"""The last answers to strangers, for a second each, in this process's memory. They limit nothing, so they may."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from core.http import is_anonymous

KEPT_SECONDS = 1.0
ANSWERS_MAX = 500
ADDRESS_CHARS_MAX = 500
# What belongs to one request and not to its answer.
OWN_HEADERS = {"RateLimit", "RateLimit-Policy", "Set-Cookie", "X-Request-ID"}
SHAREABLE = "shareable"

# An answer's scheme, host and address with its query.
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    body: bytes
    headers: dict[str, str]
    until: float

    def answer(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(self.body, headers=self.headers)
        if "HTTP_IF_NONE_MATCH" not in request.META:
            return response
        return get_conditional_response(request, etag=self.headers["ETag"], response=response) or response


_answers: dict[Key, Kept] = {}


class PublicAnswersMiddleware:
    """Stands before everything that costs: a stranger's second question within a second is answered here.

    Only what a view has marked as `shareable` is kept, by scheme, host and address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or not request.path_info.startswith("/api/") or not is_anonymous(request):
            return self.get_response(request)
        key = (request.scheme or "", request.META.get("HTTP_HOST", ""), request.get_full_path())
        kept = _answers.get(key)
        if kept is not None and kept.until > time.monotonic():
            return kept.answer(request)
        return self.the_whole_way(request, key)

    def the_whole_way(self, request: HttpRequest, key: Key) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, SHAREABLE, False) and response.status_code == 200:
            _kept(key, response)
        return response


def _kept(key: Key, response: HttpResponse) -> HttpResponse:
    """The response, which the next to ask the same will get too."""
    if len(key[2]) <= ADDRESS_CHARS_MAX:
        # The memory is small and short: what does not fit any more pushes everything out.
        if len(_answers) >= ANSWERS_MAX:
            _answers.clear()
        headers = {name: value for name, value in response.headers.items() if name not in OWN_HEADERS}
        _answers[key] = Kept(response.content, headers, time.monotonic() + KEPT_SECONDS)
    return response


def clear() -> None:
    _answers.clear()
