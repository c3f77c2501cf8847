"""The page that lets anybody choose the language of all pages: strangers by a cookie, members for good."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_info
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.profiles import choose_language, is_spoken
from core.http import path_of_ours
from core.text import kept


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """A page of its own: a form in the footer would need a token, and pages that strangers share have none."""
    back = path_of_ours(kept(request.POST.get("back") or request.GET.get("back") or "")) or "/"
    language = kept(request.POST.get("language", ""))
    if request.method != "POST" or not is_spoken(language):
        languages = [get_language_info(code) for code, _name in settings.LANGUAGES]
        status = 422 if request.method == "POST" else 200
        return render(request, "accounts/language.html", {"languages": languages, "back": back}, status=status)
    response = redirect(back)
    if isinstance(request.user, User):
        # Their settings alone decide, whoever uses this browser next.
        choose_language(user=request.user, language=language)
        return response
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response
