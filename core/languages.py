"""Which language a request is answered in.

A page speaks its viewer's own language, where they have chosen one, else what their browser asks for, else the site's.
A stranger chooses by the cookie that the page `/language` gives; whoever is signed in, by their settings alone. The API
speaks English unless `Accept-Language` asks it for another: a program reads codes, and nobody's settings change what it
gets.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_supported_language_variant, override
from django.utils.translation.trans_real import parse_accept_lang_header

View = Callable[[HttpRequest], HttpResponse]

ENGLISH = "en"
NOT_MODIFIED = 304
# Of what we answer people with; a picture of a result has words in it.
SPEAKING = ("text/html", "image/png", "application/atom+xml")
API = "/api/"
# Protocols in whose words programs look for nothing but what the protocol says.
PROTOCOLS = ("/mcp", "/identity/o/api/", "/.well-known/", "/now")


class LanguageMiddleware:
    """Answer in the language that the request itself asks for. Before whatever says something, or keeps answers."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with override(language_of_request(request)):
            response = self.get_response(request)
        if asked_by := what_it_depends_on(request, response):
            patch_vary_headers(response, asked_by)
        return response


class OwnLanguageMiddleware:
    """Answer whoever is signed in in the language of their settings. Behind what knows who that is."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        own = None if is_of_programs(request) else getattr(request.user, "language", None)
        with override(get_language() if own is None else language_of_member(request, own)):
            return self.get_response(request)


def language_of_member(request: HttpRequest, own: str) -> str:
    """Return what whoever is signed in reads, by the language of their settings: empty is as their browser asks."""
    return supported(own) or language_of_browser(request)


def what_it_depends_on(request: HttpRequest, response: HttpResponse) -> list[str]:
    """Return the headers of a request by which an answer is in one language or another."""
    if is_of_programs(request):
        return ["Accept-Language"] if request.path_info.startswith(API) else []
    is_speaking = response.get("Content-Type", "").startswith(SPEAKING)
    return ["Accept-Language", "Cookie"] if is_speaking or response.status_code == NOT_MODIFIED else []


def is_of_programs(request: HttpRequest) -> bool:
    return request.path_info.startswith((API, *PROTOCOLS))


def language_of_request(request: HttpRequest) -> str:
    """Return one of the site's languages, whatever is asked for: answers are kept by it."""
    if request.path_info.startswith(PROTOCOLS):
        return ENGLISH
    if request.path_info.startswith(API):
        return accepted_language(request.META.get("HTTP_ACCEPT_LANGUAGE", "")) or ENGLISH
    return supported(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")) or language_of_browser(request)


def language_of_browser(request: HttpRequest) -> str:
    """Return the language of ours that a browser asks for, else the site's."""
    return accepted_language(request.META.get("HTTP_ACCEPT_LANGUAGE", "")) or supported(settings.LANGUAGE_CODE)


def accepted_language(header: str) -> str:
    """Return the language of ours that the header likes best; nothing where it likes none."""
    return next((ours for code, weight in parse_accept_lang_header(header) if weight and (ours := supported(code))), "")


def supported(code: str) -> str:
    """Return the language of ours that is meant, such as "de" by "de-AT"; nothing where there is none."""
    try:
        return get_supported_language_variant(code) if code else ""
    except LookupError:
        return ""
