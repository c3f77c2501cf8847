"""Forms that arrive after their sender's session has ended: kept over the login, then one press from being sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, resolve_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.db.tally import count
from core.http import (
    NEVER_SHOWN_AGAIN,
    WRITTEN_BY_HAND,
    address_of,
    csrf_failure,
    methods_of,
    page_above,
    takes_visits,
    told_to_decorators,
)
from core.text import kept_within

KEY = "kept_form"
KEPT_SECONDS = 3_600
# The longest entry with what stands beside it, as it is sent; and how many forms an hour one address may leave with us.
CHARS_MAX = 900_000
AN_HOUR_MAX = 20


@dataclass(frozen=True)
class KeptForm:
    """A form that was sent to `path` and not done; `fields` are names and texts, in order."""

    path: str
    page: str
    fields: list[tuple[str, str]]
    had_files: bool

    @property
    def act(self) -> str:
        """Return the word for it that its address has, such as “claim”."""
        return self.path.rstrip("/").rpartition("/")[2].replace("-", " ")

    @property
    def written(self) -> list[tuple[str, str]]:
        return [(name, text) for name, text in self.fields if name in WRITTEN_BY_HAND]

    @property
    def chosen(self) -> list[tuple[str, str]]:
        return [(name, text) for name, text in self.fields if name not in WRITTEN_BY_HAND]


class KeptFormMiddleware:
    """Send whoever has to sign in back to the page that the form stood on, not to an address that takes no visit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and _asks_for_login(request, response):
            page = page_of(request)
            if _keep(request, page):
                messages.info(request, _("You were signed out. Sign in, and what you sent is still here."))
            response["Location"] = redirect_to_login(page)["Location"]
        elif request.method == "GET" and not takes_visits(request.path) and _asks_for_login(request, response):
            # By the address bar, or from a list of what was open: nobody can come back to an address that takes forms.
            response["Location"] = redirect_to_login(page_above(request.path))["Location"]
        elif request.method == "POST" and _was_sent(request):
            del request.session[KEY]
        return response


def kept_form(request: HttpRequest) -> dict[str, Any]:
    """Template context: the viewer's form that has not been sent, on every page until it is."""

    def find() -> KeptForm | None:
        user = getattr(request, "user", None)
        return _kept_in(request) if user is not None and user.is_authenticated else None

    return {"kept_form": SimpleLazyObject(find)}


def _was_sent(request: HttpRequest) -> bool:
    """Whether this request sent the form that was kept, rather than being kept itself."""
    kept = _kept_in(request)
    return kept is not None and kept.path == request.path and not hasattr(request, "is_kept")


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is no good. One of our own pages, opened before its reader signed in again elsewhere,
    is kept, one press from done; only a browser itself can say that it comes from there. All else is refused.
    """
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin" and request.method == "POST"
    if not is_ours or not request.user.is_authenticated or not takes_forms(request):
        return csrf_failure(request, reason)
    page = page_of(request)
    if not _keep(request, page):
        return csrf_failure(request, reason)
    messages.info(request, _("You signed in again after opening that page. What you sent is still here."))
    return redirect(page)


def takes_forms(request: HttpRequest) -> bool:
    """Whether the request's address takes what is sent to it."""
    taken = methods_of(request.resolver_match.func) if request.resolver_match else []
    return taken is None or "POST" in taken


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Forget what was kept."""
    kept = _kept_in(request)
    request.session.pop(KEY, None)
    return redirect(kept.page if kept else "/")


def page_of(request: HttpRequest) -> str:
    """Return the path of the page that a form belongs to: where it was sent from, else the nearest above it."""
    sent_from = urlsplit(request.headers.get("Referer", ""))
    is_ours = sent_from.netloc == request.get_host()
    return sent_from.path if is_ours and takes_visits(sent_from.path) else page_above(request.path)


def _asks_for_login(request: HttpRequest, response: HttpResponse) -> bool:
    login = resolve_url(settings.LOGIN_URL)
    to = urlsplit(response.headers.get("Location", ""))
    if response.status_code != 302 or to.path != login or QueryDict(to.query).get("next") != request.get_full_path():
        return False
    # A page that takes visitors in, and sends them to sign in by itself, has its own way of keeping what they wrote.
    match = request.resolver_match
    return match is not None and told_to_decorators(match.func, "test_func") is not None


def _keep(request: HttpRequest, page: str) -> bool:
    """Whether the form is kept: not what a script sent by itself, and of strangers so much and no more."""
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return False
    fields = [
        (name, text)
        for name, texts in kept_within(dict(request.POST.lists())).items()
        if name not in NEVER_SHOWN_AGAIN and "password" not in name
        for text in texts
    ]
    if sum(len(name) + len(text) for name, text in fields) > CHARS_MAX:
        return False
    if count(f"kept-form:{address_of(request)}", seconds=KEPT_SECONDS, now=clock.now()) > AN_HOUR_MAX:
        return False
    request.session[KEY] = {
        "path": request.path,
        "page": page,
        "fields": fields,
        "had_files": bool(request.FILES),
        "at": time.time(),
    }
    request.is_kept = True  # type: ignore[attr-defined]
    return True


def _kept_in(request: HttpRequest) -> KeptForm | None:
    kept = request.session.get(KEY)
    if not kept or time.time() - kept["at"] > KEPT_SECONDS:
        return None
    fields = [(name, text) for name, text in kept["fields"]]
    return KeptForm(kept["path"], kept["page"], fields, kept["had_files"])
