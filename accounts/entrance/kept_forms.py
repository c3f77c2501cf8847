"""Forms that arrive after their sender's session has ended: kept over the login, then one press from being sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.entrance.field_names import field_name
from accounts.entrance.form_owners import is_anothers
from accounts.entrance.typed_before import forget_for, keep_for, kept_for
from accounts.models import User
from core import clock
from core.db.tally import count
from core.errors import Refused
from core.http import (
    WRITTEN_BY_HAND,
    address_of,
    csrf_failure,
    is_secret,
    methods_of,
    page_above,
    refusal_page,
    takes_visits,
    told_to_decorators,
    typed_in,
)
from core.text import kept_within

KEY = "form_kept"
KEPT_SECONDS = 3_600
# The longest entry with what stands beside it, as it is sent; and how many forms an hour one address may leave with us.
CHARS_MAX = 900_000
AN_HOUR_MAX = 20
TOO_MANY = 429
SIGNED_OUT = gettext_lazy("You were signed out. Sign in, and what you sent is still here.")


class FormNotKept(Refused):
    code = "form_not_kept"
    status = 403
    message = gettext_lazy("You were signed out, and we have no room to keep what you sent.")
    next_step = gettext_lazy("Copy it from this page. Then sign in and send it again.")


@dataclass(frozen=True)
class KeptForm:
    """A form that was sent to `path`, which is called `name`, and not done; `fields` are names and texts, in order."""

    path: str
    name: str
    page: str
    fields: list[tuple[str, str]]
    had_files: bool
    # Whether it was shown to another account than the one that is signed in now, which is told so and no more.
    is_anothers: bool

    @property
    def written(self) -> list[tuple[str, str]]:
        return [(name, text) for name, text in self.fields if name in WRITTEN_BY_HAND]

    @property
    def chosen(self) -> list[tuple[str, str, str]]:
        """Return names, texts, and what people call the field: nothing for what is for machines."""
        return [(name, text, field_name(name)) for name, text in self.fields if name not in WRITTEN_BY_HAND]

    @property
    def names(self) -> set[str]:
        return {name for name, _text in self.fields}

    @property
    def act(self) -> str:
        """The act of staff, as its address calls it."""
        return urlsplit(self.path).path.rstrip("/").rpartition("/")[2]


class KeptFormMiddleware:
    """Send whoever has to sign in back to the page that the form stood on, not to an address that takes no visit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and not hasattr(request, "is_kept") and _asks_for_login(request, response):
            page = page_of(request)
            if _keep(request, page):
                messages.info(request, SIGNED_OUT)
            elif not _is_by_script(request) and typed_in(request):
                return refusal_page(request, FormNotKept())
            response["Location"] = redirect_to_login(page)["Location"]
        elif request.method == "GET" and _asks_for_login(request, response) and not takes_visits(request.path):
            # By the address bar, or from a list of what was open: nobody can come back to an address that takes forms.
            response["Location"] = redirect_to_login(page_above(request.path))["Location"]
        elif request.method == "POST" and _is_answer(response) and _was_sent(request):
            forget_for(request, KEY)
        return response


def kept_form(request: HttpRequest) -> dict[str, Any]:
    """Template context: the viewer's form that has not been sent, on every page until it is."""

    def find() -> KeptForm | None:
        user = getattr(request, "user", None)
        return _kept_in(request) if user is not None and user.is_authenticated else None

    return {"kept_form": SimpleLazyObject(find)}


def _is_answer(response: HttpResponse) -> bool:
    """Whether the form was done, or its own page gives it back to be changed: neither is so where we were at fault,
    asked for a minute's patience, or refused it on a page that has no form."""
    leaves_typed = getattr(response, "leaves_typed", False)
    return response.status_code < 500 and response.status_code != TOO_MANY and not leaves_typed


def _was_sent(request: HttpRequest) -> bool:
    """Whether this request sent the form that was kept, rather than being kept itself."""
    kept = _kept_in(request)
    if kept is None or kept.is_anothers or hasattr(request, "is_kept"):
        return False
    return urlsplit(kept.path).path == request.path


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is no good. One of our own pages, opened before its reader signed in again elsewhere or
    lost their cookies, is kept, one press from done; only a browser itself can say that it comes from there. What
    another account was shown is given back, to be copied. All else is refused.
    """
    is_ours = request.method == "POST" and says_it_is_ours(request)
    if not is_ours or not takes_forms(request):
        return csrf_failure(request, reason)
    page, user = page_of(request), request.user
    if isinstance(user, User) and is_anothers(request.POST.get("csrfmiddlewaretoken", ""), user):
        return csrf_failure(request, reason, typed=typed_in(request), is_anothers=True)
    if not (user.is_authenticated or _is_for_members(request)) or not _keep(request, page):
        return csrf_failure(request, reason, typed=typed_in(request))
    if not user.is_authenticated:
        messages.info(request, SIGNED_OUT)
        return redirect_to_login(page)
    messages.info(request, _("You signed in again after opening that page. What you sent is still here."))
    return redirect(page)


def says_it_is_ours(request: HttpRequest) -> bool:
    """Whether the browser itself says that one of our pages sends this; older ones name the page's site alone."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def takes_forms(request: HttpRequest) -> bool:
    """Whether the request's address takes what is sent to it."""
    taken = methods_of(request.resolver_match.func) if request.resolver_match else []
    return taken is None or "POST" in taken


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Forget what was kept."""
    kept = _kept_in(request)
    forget_for(request, KEY)
    return redirect(kept.page if kept and not kept.is_anothers else "/")


def page_of(request: HttpRequest) -> str:
    """Return the path of the page that a form belongs to: where it was sent from, else the nearest above it."""
    try:
        sent_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        # No browser sends that.
        sent_from = urlsplit("")
    if sent_from.netloc == request.get_host() and takes_visits(sent_from.path):
        return sent_from._replace(scheme="", netloc="", fragment="").geturl()
    above = page_above(request.path)
    return request.get_full_path() if above == request.path else above


def _asks_for_login(request: HttpRequest, response: HttpResponse) -> bool:
    if response.status_code != 302 or request.user.is_authenticated:
        return False
    to = urlsplit(response.headers.get("Location", ""))
    ways_in = {resolve_url(settings.LOGIN_URL), reverse("admin:login")}
    if to.path not in ways_in or QueryDict(to.query).get("next") != request.get_full_path():
        return False
    return _is_for_members(request)


def _is_for_members(request: HttpRequest) -> bool:
    """Whether strangers are sent away. A page that takes them in keeps what they wrote in a way of its own."""
    match = request.resolver_match
    return match is not None and ("admin" in match.app_names or told_to_decorators(match.func, "test_func") is not None)


def _keep(request: HttpRequest, page: str) -> bool:
    """Keep the form, unless a script sent it by itself or there is no room; return whether it was kept."""
    if _is_by_script(request):
        return False
    fields = [
        (name, text)
        for name, texts in kept_within(dict(request.POST.lists())).items()
        if not is_secret(name)
        for text in texts
    ]
    if sum(len(name) + len(text) for name, text in fields) > CHARS_MAX:
        return False
    if count(f"kept-form:{address_of(request)}", seconds=KEPT_SECONDS, now=clock.now()) > AN_HOUR_MAX:
        return False
    form = {
        "path": request.get_full_path(),
        "name": (request.resolver_match and request.resolver_match.url_name) or "",
        "page": page,
        "fields": fields,
        "had_files": bool(request.FILES),
        "token": request.POST.get("csrfmiddlewaretoken", ""),
    }
    if not keep_for(request, KEY, form, seconds=KEPT_SECONDS, now=clock.now()):
        return False
    request.is_kept = True  # type: ignore[attr-defined]
    return True


def _is_by_script(request: HttpRequest) -> bool:
    return request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def _kept_in(request: HttpRequest) -> KeptForm | None:
    kept = kept_for(request, KEY, clock.now())
    if kept is None:
        return None
    fields = [(name, text) for name, text in kept["fields"]]
    return KeptForm(
        path=kept["path"],
        name=kept["name"],
        page=kept["page"],
        fields=fields,
        had_files=kept["had_files"],
        is_anothers=request.user.is_authenticated and is_anothers(kept["token"], request.user),
    )
