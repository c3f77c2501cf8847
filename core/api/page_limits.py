"""How often somebody may ask for pages and parts of pages. The API has limits of its own, by key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core import clock
from core.api.limits import BatchedCounter, Quota
from core.errors import Refused
from core.http import address_of, is_of_the_api, refusal_page, view_at

# More than people type at once; the longest form there may be counts as eighty.
FORM_BYTES_A_PAGE, PAGES_A_FORM_MAX = 32 * 1024, 80
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}

View = TypeVar("View", bound=Callable[..., Any])


class TooManyPages(Refused):
    code = "too_many_pages"
    status = 429
    message = _("You opened too many pages within a minute.")
    next_step = _("Wait until the minute is over.")


def unlimited(view: View) -> View:
    """Let the view be asked as often as anybody likes; outermost of its decorators."""
    view.is_unlimited = True  # type: ignore[attr-defined]
    return view


class PageLimitMiddleware:
    """Refuse whoever asks for more pages than a person looks at. Behind what knows who asks.

    Before whatever else refuses a request, or parses its body: an answer that there is no such page, that a form was
    forged, or that its body was too large, is counted as a page is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.counter = BatchedCounter()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # What no view answers reaches no `process_view`.
        refusal = self.refuse(request) if view_at(request.path_info) is None else None
        return self.get_response(request) if refusal is None else refusal

    def process_view(self, request: HttpRequest, view: Any, *_rest: Any) -> HttpResponse | None:
        return None if is_of_the_api(view) or hasattr(view, "is_unlimited") else self.refuse(request, view)

    def refuse(self, request: HttpRequest, view: Any = None) -> HttpResponse | None:
        """Count one page, or several for a long form, and refuse it if there is none left in this minute.

        What programs ask without a key is counted by itself, and refused as the view's `refuse_busy` says it to them.
        """
        to_program = getattr(getattr(view, "view_class", None), "refuse_busy", None)
        quota = quota_of(request) if to_program is None else quota_of_programs(request)
        if self.counter.spend(quota, weight=weight_of(request)).allowed:
            return None
        refusal = TooManyPages(retry_at=quota.ends_at)
        return refusal_page(request, refusal) if to_program is None else to_program(refusal)


def weight_of(request: HttpRequest) -> int:
    """Return as how many pages a request counts: to read the letters of a form takes as long as it is long.

    What is longer than any form brings files, which have limits of their own.
    """
    if request.content_type not in FORMS:
        return 1
    return 1 + min(int(request.META.get("CONTENT_LENGTH") or 0) // FORM_BYTES_A_PAGE, PAGES_A_FORM_MAX)


def quota_of_programs(request: HttpRequest) -> Quota:
    """Return how often programs of one address may ask; pages that are opened there take nothing from it."""
    return Quota("programs", settings.API_ANONYMOUS_PER_MINUTE, address_of(request), clock.now())


def quota_of(request: HttpRequest) -> Quota:
    """Return how many pages whoever asks may have in this minute, and where they are counted."""
    if request.user.is_authenticated:
        return Quota("pages", settings.PAGES_PER_MINUTE, request.user.pk, clock.now())
    return Quota("pages", settings.PAGES_ANONYMOUS_PER_MINUTE, address_of(request), clock.now())
