"""The moderators' site: how one gets in, what stands first, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import require_good_standing
from accounts.second_factor import is_asked_of, was_used
from clorp.site.day_chart import day_chart
from clorp.site.roles import GroupAdmin
from clorp.site.search import find
from clorp.site.today import tiles
from core import clock
from core.admin_base import ReadOnlyAdmin
from core.admin_search import FiltersAlone, FindsAnySpelling
from core.forms import TextField
from core.switches import Part, pauses_of

View = Callable[..., HttpResponse]

# What is not named here comes after, by name.
ORDER = ["drops", "accounts", "wallet", "core", "account", "mfa", "auth"]
ORDER_IN_APP = [
    "Case",
    "RiskMark",
    "Drop",
    "Report",
    "Appeal",
    "Submission",
    "Claim",
    "SeatCheck",
    "RankingLog",
    "JudgeAnswer",
]
ORDER_IN_APP += ["User", "AuditEvent"]


def position(name: str, order: list[str]) -> tuple[int, str]:
    return (order.index(name) if name in order else len(order), name)


class SearchForm(forms.Form):
    q = TextField(max_length=200, required=False)


class ClorpSite(admin.AdminSite):
    site_header = gettext_lazy("clorp moderators")
    site_title = gettext_lazy("clorp moderators")
    index_title = gettext_lazy("Today")
    index_template = "admin/today.html"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register a page, ours or a library's: its list heeds its own filters alone, and finds any spelling."""
        page = admin_class or admin.ModelAdmin
        told = {"__module__": page.__module__, "__doc__": page.__doc__}
        closed = type(page.__name__, (FiltersAlone, FindsAnySpelling, page), told)
        super().register(model_or_iterable, closed, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One way in for everybody: allauth's login, with its limits and its second factor."""
        return secure_admin_login(super().login)(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return super().admin_view(require_second_factor(view), cacheable)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        now = clock.now()
        shown = tiles(request, now)
        today: dict[str, Any] = {"tiles": shown, "checked_at": now, "pauses": pauses_of(Part, now)}
        today |= {"yours": [tile for tile in shown if tile.is_yours]}
        today |= {"others": [tile for tile in shown if not tile.is_yours]}
        if request.user.has_perm("drops.view_drop"):  # type: ignore[union-attr]
            today["chart"] = day_chart(now)
        return super().index(request, {**today, **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        return [path("search/", self.admin_view(self.search), name="search"), *super().get_urls()]

    def search(self, request: HttpRequest) -> HttpResponse:
        """Look for what was typed in everything that whoever asks may see."""
        form = SearchForm(request.GET)
        words = form.cleaned_data["q"] if form.is_valid() else ""
        context = {**self.each_context(request), "title": _("Search"), "words": words, "kinds": find(request, words)}
        return TemplateResponse(request, "admin/search.html", context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        # Django would sort them by their names first, which every comparison translates: a sixth of a page's time.
        apps = list(self._build_app_dict(request, app_label).values())
        for app in apps:
            app["models"].sort(key=lambda model: position(model["object_name"], ORDER_IN_APP))
        return sorted(apps, key=lambda app: position(app["app_label"], ORDER))


def require_second_factor(view: View) -> View:
    """Refuse the suspended, send moderators without a second factor to where they set one up, and those who did not use
    theirs to use it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        match, email = request.resolver_match, getattr(request.user, "email", "")
        if match is None or match.url_name != "logout":
            require_good_standing(request.user)  # type: ignore[arg-type]
        if not is_asked_of(email) or (match is not None and match.url_name == "logout"):
            return view(request, *args, **kwargs)
        if not is_mfa_enabled(request.user):  # type: ignore[arg-type]
            messages.warning(request, _("Moderators need a second factor. Set one up here, then open the admin again."))
            return redirect("mfa_index")
        # A session from before the second factor was set up proves the password alone.
        if not was_used(request, request.user):  # type: ignore[arg-type]
            back = request.get_full_path() if request.method == "GET" else reverse("admin:index")
            return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")
        return view(request, *args, **kwargs)

    return guarded


class EmailAddressAdmin(ReadOnlyAdmin):
    list_display = ("email", "user", "primary", "verified")
    list_select_related = ("user",)
    search_fields = ("email",)
    ordering = ("email",)


class AuthenticatorAdmin(ReadOnlyAdmin):
    """Which second factors somebody has; never the secrets they are made of."""

    list_display = ("id", "user", "type", "created_at", "last_used_at")
    fields = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    ordering = ("-id",)


class UserSessionAdmin(ReadOnlyAdmin):
    """Where somebody is logged in; never the key, which would let one in as well."""

    list_display = ("id", "user", "ip", "created_at", "last_seen_at")
    fields = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "ip")
    ordering = ("-id",)


OURS = {"core", "accounts", "wallet", "drops"}
LIBRARY_PAGES: dict[type[Model], type[ReadOnlyAdmin]] = {
    EmailAddress: EmailAddressAdmin,
    Authenticator: AuthenticatorAdmin,
    UserSession: UserSessionAdmin,
    Group: GroupAdmin,
}


def replace_library_pages() -> None:
    """Put our own in place of what libraries bring, which let one write, or show a secret or a key's digest."""
    for model in list(admin.site._registry):
        if model._meta.app_label not in OURS:
            admin.site.unregister(model)
    for model, page in LIBRARY_PAGES.items():
        admin.site.register(model, page)
