"""The last answers to strangers, for a second each, in this process's memory. They limit nothing, so they may.

Where a view's answer can be made with less than the whole way through middleware and framework, it registers a quick
one here. The first stranger goes the whole way; its headers are then every quick answer's too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from core.http import is_anonymous

KEPT_SECONDS = 1.0
ANSWERS_MAX = 500
ADDRESS_CHARS_MAX = 500
# What belongs to one request and not to its answer.
OWN_HEADERS = {"RateLimit", "RateLimit-Policy", "Set-Cookie", "X-Request-ID"}
# What belongs to one answer and not to all of its path.
OF_ONE_ANSWER = {"Content-Length", "ETag", "Link"}
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


# What a quick way answers: None where it leaves the request to the whole way, as it does with whatever is unusual.
Quick = Callable[[HttpRequest], HttpResponse | None]

_answers: dict[Key, Kept] = {}
_headers: dict[Key, dict[str, str]] = {}
_quick: dict[str, Quick] = {}


def answer_quickly(path: str, quick: Quick) -> None:
    """Ask `quick` first for what strangers GET at `path`. It counts the request against its limit, and sets an ETag."""
    _quick[path] = quick


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
        return self.quickly(request, key) or self.the_whole_way(request, key)

    def quickly(self, request: HttpRequest, key: Key) -> HttpResponse | None:
        quick, headers = _quick.get(request.path_info), _headers.get((*key[:2], request.path_info))
        if quick is None or headers is None:
            return None
        # No question beforehand whether the connection still stands, which would cost as much as the answer.
        connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs leave it out
        try:
            response = quick(request)
        except DatabaseError:
            # The whole way tries again over a new one, and says in words what is wrong.
            connection.close()
            return None
        if response is None:
            connection.health_check_done = False  # type: ignore[attr-defined]
            return None
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response["Content-Length"] = str(len(response.content))
        return get_conditional_response(request, etag=response["ETag"], response=_kept(key, response))

    def the_whole_way(self, request: HttpRequest, key: Key) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, SHAREABLE, False) and response.status_code == 200:
            _kept(key, response)
            if request.path_info in _quick:
                if len(_headers) >= ANSWERS_MAX:
                    _headers.clear()
                _headers[(*key[:2], request.path_info)] = _of_the_path(response)
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


def _of_the_path(response: HttpResponse) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name not in OWN_HEADERS | OF_ONE_ANSWER}


def clear() -> None:
    _answers.clear()
    _headers.clear()
