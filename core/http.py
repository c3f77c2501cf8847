"""Where HTTP meets the rules: refusals as pages, request ids, what every page needs, and who asks."""

from __future__ import annotations

import inspect
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.defaults import page_not_found
from rest_framework.throttling import BaseThrottle

from core import clock
from core.database_away import answer_while_away, is_away
from core.disk_full import DiskFull, is_full
from core.errors import Refused
from core.form_types import NotAForm, require_form
from core.text import kept_within

View = Callable[[HttpRequest], HttpResponse]
AnyView = TypeVar("AnyView", bound=Callable[..., Any])
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
NEVER_SHOWN_AGAIN = {"csrfmiddlewaretoken", "password", "password1", "password2", "code"}
# Given back however short; of other fields only what is too long to be a choice or an id.
WRITTEN_BY_HAND = {"prompt", "body", "reason", "told"}


class RequestIdMiddleware:
    """Take `X-Request-ID` from the caller where it is harmless, else make one; give it back."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if REQUEST_ID.match(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        # Left bound on purpose: Django logs a failed response after the last middleware has returned.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        if response.get("Content-Type", "").startswith("text/html"):
            # Nobody on the way may keep a page, or guess how long. A browser may: no-store would make Back slow, and
            # pages put their clock right themselves.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How many bytes of a request's body a view takes: from members, and from strangers."""

    members: int
    strangers: int


# Enough for the longest text that a form without files takes, however it is written.
FORM_LIMITS = BodyLimits(members=settings.DATA_UPLOAD_MAX_MEMORY_SIZE, strangers=256 * 1024)
FILES_BYTES_MAX = settings.FILES_MAX * settings.FILE_BYTES_MAX + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
FILES_LIMITS = BodyLimits(members=FILES_BYTES_MAX, strangers=FORM_LIMITS.strangers)


def takes_body(limits: BodyLimits) -> Callable[[AnyView], AnyView]:
    """Say how much of a body the view takes, where that is not what a form without files may need.

    Outermost of a view's decorators. A view of the API says it by its attribute `body_limits`.
    """

    def mark(view: AnyView) -> AnyView:
        view.body_limits = limits  # type: ignore[attr-defined]
        return view

    return mark


# No page takes another: one that asks its framework alone would take a PUT for an empty form, or for a visit.
OF_PAGES = {"GET", "HEAD", "OPTIONS", "POST"}


class RefusalMiddleware:
    """Show a refusal as a page that says the rule, until when, what to do, and gives back what was typed.

    So is what was refused at the door, before its body was read; the API answers that by itself. Before whatever
    would read the body: it has none.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response = method_page(request, response)
        if settings.DEBUG and response.status_code == 404 and request.resolver_match is None:
            # Where the site is tried, Django would list its routes instead.
            response = page_not_found(request, Http404())
        refusal = refused_at_the_door(request)
        if refusal is not None:
            for name, value in refusal.headers.items():
                response.setdefault(name, value)
        return response

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        if is_of_the_api(view):
            return None
        if request.method not in OF_PAGES:
            return HttpResponseNotAllowed(methods_of(view) or sorted(OF_PAGES))
        refusal = refused_at_the_door(request)
        try:
            if "POST" in (methods_of(view) or ["POST"]):
                require_form(request, view)
        except NotAForm as error:
            refusal = refusal or error
        return None if refusal is None else refusal_page(request, refusal)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if is_away(error):
            return answer_while_away(request)
        if is_full(error):
            return refusal_page(request, DiskFull())
        if settings.DEBUG and isinstance(error, Http404):
            return page_not_found(request, error)
        return refusal_page(request, error) if isinstance(error, Refused) else None


def method_page(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """The page, with its `Allow`, for an address that does not take the method; an address bar leads there."""
    taken = refused.get("Allow", "")
    context = {"page": page_above(request.path), "takes_forms": "POST" in taken}
    response = render(request, "405.html", context, status=405)
    response["Allow"] = taken
    return response


def refused_at_the_door(request: HttpRequest) -> Refused | None:
    """Return what the server's side has refused of a request, which then comes without its body."""
    return getattr(request, "refused_at_the_door", None)


def refusal_page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The page for one refusal, with its status and, where it ends by itself, `Retry-After` in seconds."""
    typed = {} if isinstance(refusal, NotAForm) else typed_in(request)
    context = {"refusal": refusal, "typed": typed, "page": sent_from(request) if refusal.status != 404 else ""}
    response = render(request, "refused.html", context, status=refusal.status)
    for name_of_header, value in refusal.headers.items():
        response.setdefault(name_of_header, value)
    set_retry_after(response, refusal)
    # Its sender may come back with it another time: where it was kept it has to stay, unless there is nothing any more.
    response.leaves_typed = bool(typed) and refusal.status != 404  # type: ignore[attr-defined]
    return response


def sent_from(request: HttpRequest) -> str:
    """Return the path of the page whose form was sent, or "" where it is none in particular."""
    page = page_above(request.path) if request.method == "POST" else "/"
    return "" if page in ("/", "/board") else page


def is_secret(name: str) -> bool:
    """Whether a field of this name may hold what no page shows again, and no form keeps."""
    return name in NEVER_SHOWN_AGAIN or "password" in name


def typed_in(request: HttpRequest) -> dict[str, str]:
    """Return the texts that the sender wrote, without secrets."""
    return {
        name: text
        for name, text in kept_within(request.POST.dict()).items()
        if isinstance(text, str) and text and not is_secret(name) and (name in WRITTEN_BY_HAND or len(text) > 40)
    }


def set_retry_after(response: HttpResponse, refusal: Refused) -> None:
    if refusal.retry_at is not None:
        seconds = (refusal.retry_at - clock.now()).total_seconds()
        response["Retry-After"] = str(max(1, int(seconds) + 1))


def csrf_failure(
    request: HttpRequest, reason: str = "", *, typed: dict[str, str] | None = None, is_anothers: bool = False
) -> HttpResponse:
    """The page for a form whose token is no good; `typed` is given back, to none but our own pages."""
    match = request.resolver_match
    taken = methods_of(match.func) if match is not None else None
    if taken is not None and request.method not in taken:
        return HttpResponseNotAllowed(taken)
    context = {"typed": typed, "is_anothers": is_anothers, "has_no_cookies": not request.COOKIES}
    return render(request, "403_csrf.html", context, status=403)


def site_context(request: HttpRequest) -> dict[str, Any]:
    """Return what every page needs: the clock for countdowns, whether money is play money, where the source is."""
    return {
        "server_now": clock.now(),
        "play_money": settings.PLAY_MONEY,
        "play_money_cents": settings.PLAY_MONEY_CENTS,
        "source_url": settings.SOURCE_URL,
    }


def view_at(path: str) -> Any:
    """Return the view that answers at `path`, or None."""
    try:
        return resolve(path).func
    except Resolver404:
        return None


def takes_visits(path: str) -> bool:
    """Whether a browser may GET this path of ours."""
    view = view_at(path)
    if view is None or is_of_the_api(view):
        return False
    taken = methods_of(view)
    return taken is None or "GET" in taken


def methods_of(view: Any) -> list[str] | None:
    """Return the methods that a page's view takes, by what it says of itself; None where it says nothing."""
    shape = getattr(view, "view_class", None)
    if shape is not None:
        return [name.upper() for name in shape.http_method_names if hasattr(shape, name) and name.upper() in OF_PAGES]
    told: list[str] | None = told_to_decorators(view, "request_method_list")
    return told


def told_to_decorators(view: Any, name: str) -> Any:
    """Return what one of Django's decorators around a view was told: `require_http_methods` keeps its list of methods,
    `login_required` its test. None where there is no such decorator."""
    while view is not None:
        told = inspect.getclosurevars(view).nonlocals.get(name) if inspect.isfunction(view) else None
        if told is not None:
            return told
        view = getattr(view, "__wrapped__", None)
    return None


def path_of_ours(sent: str) -> str | None:
    """Return what a form names as the page to go back to, if it is an address of this site."""
    return sent if sent.startswith("/") and url_has_allowed_host_and_scheme(sent, allowed_hosts=None) else None


def page_above(path: str) -> str:
    """Return the nearest path at or above `path` that a browser may visit."""
    while path and not takes_visits(path):
        path = path.rstrip("/").rpartition("/")[0]
    return path or "/"


def is_of_the_api(view: Any) -> bool:
    """Whether a view answers programs, by itself and in its own way, also where it refuses."""
    return hasattr(view, "cls")


def is_anonymous(request: HttpRequest) -> bool:
    """Whether a request carries nothing that could log anybody in; asks neither the database nor the session."""
    return "HTTP_AUTHORIZATION" not in request.META and settings.SESSION_COOKIE_NAME not in request.COOKIES


def site_of(request: Any) -> str:
    """Return our address as the caller knows it, without a slash at its end."""
    site: str = request.build_absolute_uri("/")
    return site.rstrip("/")


def address_of(request: Any) -> str:
    """Whom a stranger's limits are counted against. Of an IPv6 address its /64: one line at home has all of that."""
    address: str = BaseThrottle().get_ident(request) or ""
    if ":" not in address:
        return address
    try:
        whole = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(whole.ipv4_mapped or IPv6Address(int(whole) >> 64 << 64))
