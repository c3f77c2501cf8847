"""Requests that are to none of our addresses: to the server as such, to somewhere else through it, to another host."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.api.problems import MEDIA_TYPE, members_of_rfc_9457
from core.json import dump

UUID = re.compile(r"(?<=/)[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?=/|$)")
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"


class TargetMiddleware:
    """Answer them before anything takes them for pages; outside of what refuses a host, whose refusal is a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "CONNECT":
            # A tunnel to elsewhere; nobody here digs one.
            return HttpResponse(status=501)
        if request.method == "OPTIONS" and request.path_info in {"*", "/*"}:
            answer = HttpResponse(status=204, headers={"Allow": METHODS})
            del answer["Content-Type"]
            return answer
        if request.path_info.startswith("/api/"):
            # An id is the same in capitals, as which some languages write it (RFC 9562, section 4).
            request.path, request.path_info = (
                UUID.sub(lambda named: named[0].lower(), path) for path in (request.path, request.path_info)
            )
        response = self.get_response(request)
        if response.status_code == 400 and request.path_info.startswith("/api/") and not names_us(request):
            say_so_to_a_program(request, response)
        return response


def names_us(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def say_so_to_a_program(request: HttpRequest, response: HttpResponse) -> None:
    """Put a problem document in the page's place."""
    problem = {
        "error": _("No host of this name is here."),
        "code": "bad_request",
        "status": 400,
        "retryable": False,
        "next_step": _("Send the name of this site as Host."),
        "request_id": getattr(request, "request_id", None),
    }
    # By whichever name we are found, the code is explained at this path.
    problem.update(members_of_rfc_9457(problem, site=""))
    response.content = dump(problem)
    response["Content-Type"] = MEDIA_TYPE
