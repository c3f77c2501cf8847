"""One answer for all strangers, kept for a second in this process's memory. It limits nothing, so it may live there;
requests are counted against their limits all the same.

A view whose answer is the same for all who are not signed in says so by `shared_with_strangers`. It is kept by scheme,
host, language and address, unless the answer itself says that it is somebody's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import itemgetter
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import unquote_plus

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language

from core.api.limits import BatchedCounter, of_stranger
from core.api.negotiation import ANYTHING, EVENT_STREAM, JSON, wish_for
from core.http import view_at

KEPT_SECONDS = 1.0
# While one request makes the next answer, others get the last one if it is no older than this, or else wait: where
# answers come slowly, the same questions asked at once would be slower still.
OLD_SECONDS_MAX = 2.0
WAIT_SECONDS_MAX = 30.0
ANSWERS_MAX, BODY_BYTES_MAX, ADDRESS_CHARS_MAX = 100, 256 * 1024, 1_000
# Says something of one stranger alone, not of the answer.
TOO_MANY_REQUESTS = 429
LIMIT_HEADERS = {"RateLimit", "RateLimit-Policy"}
# What a 304 says again; Django keeps of the answer in its place only what HTTP demands.
KEPT_ON_304 = {*LIMIT_HEADERS, "Link"}
# Who sends one of these asks for something else than the answer that others get.
CONDITIONS = {"HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE"}
# Strangers send neither; an answer that depends on anything else is kept for nobody.
SAME_FOR_STRANGERS = {"authorization", "cookie", ""}

# An answer's scheme, host, language, and address with its query.
Key = tuple[str | None, str, str, str]
View = TypeVar("View", bound=Callable[..., Any])


def shared_with_strangers(view: View, *, heeds_keys: bool = False, query: Iterable[str] | None = None) -> View:
    """Let strangers share what the view answers; outermost of a view's decorators. Whoever sends a key is a stranger
    still, unless the view heeds keys; then it has to limit those who send bad ones.

    `query` names all that the view reads of its address: what a stranger adds to that is dropped before it is asked, so
    that nobody gets an answer made for them alone by asking for nothing.
    """
    view.is_shared_with_strangers, view.heeds_keys = True, heeds_keys  # type: ignore[attr-defined]
    view.query_read = None if query is None else frozenset(query)  # type: ignore[attr-defined]
    return view


def shared_by(*query: str) -> Callable[[View], View]:
    """As `shared_with_strangers`, for a view that reads so much of its address."""
    return partial(shared_with_strangers, query=query)


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    body: bytes
    headers: dict[str, str]
    # What its renderer chose; None where it makes no difference what a request accepts.
    media_type: str | None
    made_at: float


class PublicAnswersMiddleware:
    """Answer strangers from memory, before everything that costs; one request at a time makes an answer anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answers: dict[Key, CachedAnswer] = {}
        # Until when an answer that could not be shared is not waited for, by what the request accepts as well: who
        # asks for something that there is not must take the shared answer from nobody.
        self.unshared: dict[tuple[Key, str], float] = {}
        self.turns: dict[Key, Lock] = {}
        self.counter = BatchedCounter()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} or not is_stranger(request) or wants_stream(request):
            return self.get_response(request)
        drop_unread_query(request)
        address = f"{request.path}?{request.META.get('QUERY_STRING', '')}"
        # One of ours, whatever the request accepts: no odd header makes an answer anew.
        key = (request.scheme, request.META.get("HTTP_HOST", ""), get_language() or "", address)
        answer = self.find(key, KEPT_SECONDS)
        if answer is not None:
            return self.from_memory(request, answer)
        if request.method == "HEAD" or len(address) > ADDRESS_CHARS_MAX or not is_shared(request.path_info):
            return self.get_response(request)
        return self.make_or_wait(request, key) or self.get_response(request)

    def find(self, key: Key, seconds: float) -> CachedAnswer | None:
        answer = self.answers.get(key)
        return answer if answer is not None and time.monotonic() - answer.made_at <= seconds else None

    def make_or_wait(self, request: HttpRequest, key: Key) -> HttpResponse | None:
        """Return an answer that all share; None where each has to get its own, and none needs to wait for another."""
        if self.is_unshared(request, key):
            return None
        turn, old = self.turns.setdefault(key, Lock()), self.find(key, OLD_SECONDS_MAX)
        is_mine = turn.acquire(timeout=0 if old else WAIT_SECONDS_MAX)
        try:
            answer = self.find(key, KEPT_SECONDS) if is_mine else old
            if answer is None and self.is_unshared(request, key):
                return None
            return self.from_memory(request, answer) if answer else self.make(request, key)
        finally:
            if is_mine:
                self.turns.pop(key, None)
                turn.release()

    def is_unshared(self, request: HttpRequest, key: Key) -> bool:
        return self.unshared.get((key, accepted_by(request)), 0.0) > time.monotonic()

    def make(self, request: HttpRequest, key: Key) -> HttpResponse:
        # Whoever has the answer already would get nothing that the others could be given.
        known = request.META.pop("HTTP_IF_NONE_MATCH", None)
        response = self.get_response(request)
        if may_be_kept(response):
            if len(self.answers) >= ANSWERS_MAX:
                self.answers.clear()
            media_type: str | None = getattr(response, "accepted_media_type", None)
            self.answers[key] = CachedAnswer(response.content, dict(response.items()), media_type, time.monotonic())
        elif response.status_code != TOO_MANY_REQUESTS:
            if len(self.unshared) >= ANSWERS_MAX:
                self.unshared.clear()
            self.unshared[key, accepted_by(request)] = time.monotonic() + KEPT_SECONDS
        if known is not None:
            request.META["HTTP_IF_NONE_MATCH"] = known
        return unless_known(request, response)

    def from_memory(self, request: HttpRequest, answer: CachedAnswer) -> HttpResponse:
        """The kept answer; the view's own where the request can't take that one, or is one too many."""
        is_choosy = accepted_by(request) != ANYTHING
        if is_choosy and answer.media_type is not None and not wish_for(accepted_by(request), answer.media_type):
            return self.get_response(request)
        headers = answer.headers
        if headers.keys() >= LIMIT_HEADERS:
            spent = self.counter.spend(of_stranger(request))
            if not spent.allowed:
                return self.get_response(request)
            headers = headers | spent.headers
        return unless_known(request, HttpResponse(answer.body, headers=headers))


def unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response; without its body where the request names its ETag."""
    if "HTTP_IF_NONE_MATCH" not in request.META or "ETag" not in response:
        return response
    told = get_conditional_response(request, etag=response["ETag"], response=response) or response
    for name in KEPT_ON_304 & {*response.headers}:
        told[name] = response[name]
    return told


def accepted_by(request: HttpRequest) -> str:
    """Return the media types that the request accepts, as it sent them."""
    return request.META.get("HTTP_ACCEPT", ANYTHING)[:ADDRESS_CHARS_MAX]


def wants_stream(request: HttpRequest) -> bool:
    """Whether the request would rather have a stream than JSON, where there are both."""
    accept = accepted_by(request)
    return EVENT_STREAM in accept and wish_for(accept, EVENT_STREAM) > wish_for(accept, JSON)


def is_stranger(request: HttpRequest) -> bool:
    """Whether nothing in the request can make its answer another than everybody's."""
    if CONDITIONS & {*request.META} or {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name} & {*request.COOKIES}:
        return False
    return "HTTP_AUTHORIZATION" not in request.META or is_shared_whatever_the_key(request.path_info)


@lru_cache(maxsize=1_000)
def is_shared(path: str) -> bool:
    """Whether the view that answers at `path` shares its answer."""
    return hasattr(view_at(path), "is_shared_with_strangers")


def drop_unread_query(request: HttpRequest) -> None:
    """Take out of the address what its view does not read, and put the rest in one order."""
    asked = request.META.get("QUERY_STRING", "")
    read = query_read_at(request.path_info) if asked else None
    if read is None:
        return
    # As they came, since a stray byte is read by its server's rules. The order of names means nothing.
    named = [(unquote_plus(pair.partition("=")[0]), pair) for pair in asked.split("&")]
    kept = sorted((each for each in named if each[0] in read), key=itemgetter(0))
    request.META["QUERY_STRING"] = "&".join(pair for _name, pair in kept)
    request.__dict__.pop("GET", None)


@lru_cache(maxsize=1_000)
def query_read_at(path: str) -> frozenset[str] | None:
    """Return the names of all that the view at `path` reads of its query; None where it has not said so."""
    named: frozenset[str] | None = getattr(view_at(path), "query_read", None)
    return named


@lru_cache(maxsize=1_000)
def is_shared_whatever_the_key(path: str) -> bool:
    """Whether the view that answers at `path` shares its answer and heeds no key, as pages do."""
    return not getattr(view_at(path), "heeds_keys", True)


def may_be_kept(response: HttpResponse) -> bool:
    """Whether an answer is whole and nobody's own: a form's token, a login or a message to somebody set a cookie."""
    if response.status_code != 200 or response.streaming or response.cookies or len(response.content) > BODY_BYTES_MAX:
        return False
    vary, control = (response.get(name, "").lower().replace(" ", "") for name in ("Vary", "Cache-Control"))
    # Which type it is of is asked of each kept answer anew.
    same = SAME_FOR_STRANGERS | ({"accept"} if hasattr(response, "accepted_media_type") else set())
    return not {"private", "no-store"} & {*control.split(",")} and {*vary.split(",")} <= same
