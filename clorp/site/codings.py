"""Which codings a request takes, said so plainly that whatever looks for a name in the header finds no refused one."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER = "HTTP_ACCEPT_ENCODING"
# A coding with its quality (RFC 9110, section 12.5.3).
CODING = re.compile(r"\s*([a-z0-9!#$%&'*+.^_`|~-]+)\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?", re.ASCII)
# Those in which files may lie ready, one by two names.
KNOWN = {"gzip": "gzip", "x-gzip": "gzip", "br": "br"}


class AcceptedCodingsMiddleware:
    """Before WhiteNoise, which takes `gzip;q=0` and `not-gzip` for gzip, and doesn't know `If-Range`: who has a part of
    an older file gets the whole of the new one, which is right whatever they have (RFC 9110, section 13.1.5). Of what
    is not sent there is no part either: a HEAD tells of the whole."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if HEADER in request.META:
            request.META[HEADER] = ", ".join(accepted(request.META[HEADER]))
        if "HTTP_IF_RANGE" in request.META or request.method != "GET":
            request.META.pop("HTTP_RANGE", None)
        return self.get_response(request)


def accepted(header: str) -> list[str]:
    """Return the names of the known codings that `header` takes; what it writes in no way that HTTP knows is none."""
    codings = [match for each in header.lower().split(",") if (match := CODING.fullmatch(each))]
    qualities = [(KNOWN[match[1]], float(match[2] or 1)) for match in codings if match[1] in KNOWN]
    refused = {name for name, quality in qualities if quality == 0}
    return sorted({name for name, _ in qualities} - refused)
