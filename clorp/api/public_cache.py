"""The last answers to strangers, for a second each, in this process's memory. They limit nothing, so they may."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

KEPT_SECONDS = 1.0
ANSWERS_MAX = 500
ADDRESS_CHARS_MAX = 500
KEPT_HEADERS = ("Content-Type", "Cache-Control", "ETag", "Link", "Vary")


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


_answers: dict[str, Kept] = {}


def get(address: str) -> Kept | None:
    kept = _answers.get(address)
    return kept if kept is not None and kept.until > time.monotonic() else None


def put(address: str, response: Any) -> None:
    """Keep a rendered answer. The memory is small and short: what does not fit any more pushes everything out."""
    if len(address) > ADDRESS_CHARS_MAX or response.status_code != 200:
        return
    if len(_answers) >= ANSWERS_MAX:
        clear()
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    _answers[address] = Kept(response.content, kept, time.monotonic() + KEPT_SECONDS)


def clear() -> None:
    _answers.clear()
