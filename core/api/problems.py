"""Every error of the API, as one `application/problem+json` document."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from typing import Any

from django.core import signals
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.defaults import server_error
from drf_standardized_errors.formatter import flatten_errors
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

from core import clock
from core.api.error_codes import OF_THE_FRAMEWORK, address_of_code, next_step_for, title_of
from core.database_away import DatabaseAway, answer_while_away, is_away
from core.disk_full import DiskFull, is_full
from core.errors import Invalid, Refused
from core.http import set_retry_after, site_of
from core.json import dump
from core.logs import route_of
from core.words import Words

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
API_PATHS = ("/api/", "/mcp")
SENTENCES = {
    400: gettext_lazy("This request is malformed."),
    401: gettext_lazy("Sign in, or send a key."),
    404: gettext_lazy("There is nothing here, or it is not for you to see."),
    405: gettext_lazy("This address does not take that method."),
    406: gettext_lazy("Only JSON is spoken here, and event streams where the reference says so."),
    413: gettext_lazy("This request is too large."),
    415: gettext_lazy("This address does not take a body of that type."),
    429: gettext_lazy("Too many requests; slow down a little."),
}


def handle_error(error: Exception, context: dict[str, Any]) -> Response:
    """Return the API's answer to `error`: a refusal with its own words, a bug with none of its details."""
    request = getattr(context["request"], "_request", context["request"])
    if is_away(error):
        log.warning("the database is away", extra={"route": route_of(request)})
        error = DatabaseAway()
    if is_full(error):
        error = DiskFull()
    if isinstance(error, Refused):
        response = _refused(error, getattr(context.get("view"), "wire_names", {}))
    elif isinstance(error, Http404 | PermissionDenied | SuspiciousOperation | exceptions.APIException):
        response = _known(_as_api_exception(error), context.get("view"))
    else:
        response = _bug(error, request)
    _complete(response, request, **getattr(context.get("view"), "problem_members", {}))
    if response.status_code == 402:
        response.data["payment_required"] = True
    if getattr(getattr(context["request"], "accepted_renderer", None), "format", None) == "html":
        # The reader of the reference is a page, and its refusals are.
        response.content_type = None
    return response


def problem_of(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Return a refusal as the API says it, where none of its views answers."""
    response = _refused(refusal, {})
    _complete(response, request)
    headers = {**dict(response.items()), "Content-Type": MEDIA_TYPE}
    return HttpResponse(dump(response.data), status=response.status_code, headers=headers)


def handle_500(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: what failed past every view, where it was not just the database that is away."""
    error = sys.exc_info()[1]
    if error is None or not is_away(error):
        return server_error(request)
    if not request.path_info.startswith(API_PATHS):
        return answer_while_away(request)
    log.warning("the database is away", extra={"route": route_of(request)})
    response = problem_of(request, DatabaseAway())
    response["Cache-Control"] = "no-store"
    return response


def _complete(response: Response, request: HttpRequest, **members: Any) -> None:
    response.data.update(members, request_id=getattr(request, "request_id", None))
    step = next_step_for(response.data["code"], response.data["status"])
    if step:
        response.data.setdefault("next_step", str(step))
    response.data.update(members_of_rfc_9457(response.data, site=site_of(request)))


def members_of_rfc_9457(body: dict[str, Any], *, site: str) -> dict[str, Any]:
    """Return what any reader of problem documents looks for; `type` is the address at which the code is explained."""
    return {
        "type": f"{site}{address_of_code(body['code'])}",
        "title": title_of(body["code"]),
        "detail": body["error"],
        # The request's own address and id; not spelled out, for what is hidden is not named back to whoever guessed it.
        "instance": f"#{body['request_id'] or ''}",
    }


def _problem(status: int, code: str, error: Words, **members: Any) -> Response:
    retryable = code in OF_THE_FRAMEWORK and OF_THE_FRAMEWORK[code][-1]
    body = {"error": str(error), "code": code, "status": status, "retryable": retryable, **members}
    return Response(body, status=status, content_type=MEDIA_TYPE)


def _refused(refusal: Refused, wire_names: dict[str, str]) -> Response:
    members = {**refusal.extra, "retryable": refusal.is_retryable()}
    if refusal.next_step:
        members["next_step"] = refusal.next_step
    if refusal.retry_at is not None:
        members["retry_at"] = refusal.retry_at
    if isinstance(refusal, Invalid):
        members["errors"] = [
            {"field": wire_names.get(field, field), "code": refusal.code, "error": sentence}
            for field, sentence in refusal.errors.items()
        ]
    response = _problem(refusal.status, refusal.code, str(refusal), **members)
    set_retry_after(response, refusal)
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def _as_api_exception(error: Exception) -> exceptions.APIException:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied(str(error) or None)
    known = exceptions.APIException(SENTENCES[400], code="bad_request")
    known.status_code = 413 if isinstance(error, RequestDataTooBig) else 400
    return known


def _say_types(response: Response, view: Any) -> None:
    """Add to a refusal of a body's type those that are taken (RFC 9110, section 12.5.1)."""
    types = [str(parser.media_type) for parser in getattr(view, "parser_classes", ())]
    response["Accept"] = ", ".join(types)
    response.data["next_step"] = _("Send it as {choices}, and say so in `Content-Type`.").format(
        choices=" or ".join(types)
    )


def _known(error: exceptions.APIException, view: Any) -> Response:
    faults = flatten_errors(error.detail)
    status = error.status_code
    if isinstance(error, exceptions.ValidationError):
        fields = [{"field": _field(fault.attr), "code": fault.code, "error": str(fault.detail)} for fault in faults]
        sentence = " ".join(f"{fault['field']}: {fault['error']}".removeprefix(": ") for fault in fields[:3])
        response = _problem(status, "invalid", sentence, errors=fields)
    else:
        own_words = isinstance(error, exceptions.AuthenticationFailed | exceptions.ParseError) or status == 403
        sentence = str(faults[0].detail if own_words else SENTENCES.get(status, faults[0].detail))
        response = _problem(status, faults[0].code, sentence)
    if status == 415:
        _say_types(response, view)
    login = getattr(error, "auth_header", None)
    if login:
        response["WWW-Authenticate"] = login
    wait = getattr(error, "wait", None)  # seconds; a throttle's
    if wait:
        response["Retry-After"] = str(int(wait))
        response.data["retry_at"] = clock.now() + timedelta(seconds=int(wait))
    return response


def _field(name: str | None) -> str:
    """Return a fault's field as it is called on the wire; empty where the whole body is at fault."""
    return "" if name in {None, api_settings.NON_FIELD_ERRORS_KEY} else str(name)


def _bug(error: Exception, request: HttpRequest) -> Response:
    # Error trackers listen to this signal, as they do for pages.
    signals.got_request_exception.send(sender=None, request=request)
    log.error("the API failed", exc_info=error, extra={"route": route_of(request)})
    return _problem(500, "internal_error", _("Something went wrong here. It was written down; please try again."))
