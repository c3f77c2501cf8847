"""The pages on which people let a program in, and what it asks by itself to get there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from allauth.account.internal.userkit import user_id_to_str
from allauth.idp.oidc import views
from allauth.idp.oidc.forms import AuthorizationForm, ConfirmCodeForm
from allauth.idp.oidc.internal.oauthlib import device_codes
from allauth.idp.oidc.models import Client
from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.fresh_login import require_fresh_login
from accounts.oauth.clients import form_action_of
from accounts.oauth.grants import end_grant, end_what_is_left, grants_by, keep_approval, tell_of_grant
from accounts.oauth.questions import fault_in_question
from accounts.oauth.scopes import NEVER_TICKED, choices_of, known_scopes
from accounts.oauth.strict import end_stolen
from accounts.pages.settings import done, to_section
from accounts.permissions import require_good_standing
from accounts.viewer import member_of
from core import clock
from core.errors import Refused
from core.forms import TextField
from core.http import set_retry_after, site_of

NOT_BY_A_CODE = gettext_lazy("A device's code lets nobody move money. Ask for other scopes.")


class ConsentForm(AuthorizationForm):
    """Scopes by name, each to be ticked or not; what costs money is left for the person to tick."""

    request = TextField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        asked = [name for name, _label in self.fields["scopes"].choices]  # type: ignore[attr-defined]
        self.fields["scopes"] = forms.MultipleChoiceField(
            choices=choices_of(asked),
            label=gettext_lazy("Allow it to"),
            widget=forms.CheckboxSelectMultiple,
            initial=[scope for scope in asked if scope not in NEVER_TICKED],
            error_messages={"required": gettext_lazy("Tick what you want to allow, or cancel.")},
        )


class Authorize(views.AuthorizationView):
    """The question to the person. That its form is protected as any other follows from `dispatch` being ours."""

    form_class = ConsentForm

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if fault := fault_in_question(request):
            return views.respond_html_error(request, error=ValidationError(fault))
        response = super().dispatch(request, *args, **options)
        # To log in, or to ask anew, leads to pages of ours; all else leads to the program.
        if "Location" in response and not isinstance(response, HttpResponseRedirect):
            response["Location"] = with_issuer(response["Location"], site_of(request))
        return response

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return {**super().get_context_data(**context), "redirect_uri": self._request_info["redirect_uri"]}

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        """Let the form lead on to the program's address, and to no other."""
        response = super().render_to_response(context, **options)
        update = {"form-action": [form_action_of(context["redirect_uri"])]}
        response._csp_update = update  # type: ignore[attr-defined]
        return response

    def form_valid(self, form: AuthorizationForm) -> HttpResponse:
        user, scopes = member_of(self.request), form.cleaned_data["scopes"]
        require_good_standing(user)
        if set(scopes) & set(NEVER_TICKED):
            require_fresh_login(self.request)
        client = Client.objects.get(pk=self._request_info["client_id"])
        response = super().form_valid(form)
        if response.status_code == 302 and "code=" in response["Location"]:
            tell_of_grant(user=user, client=client, scopes=scopes, now=clock.now())
        return cast(HttpResponse, response)


def with_issuer(address: str, issuer: str) -> str:
    """Return a program's address with the name of who answers (RFC 9207), so that it takes no other's for ours."""
    return str(views.add_query_params(address, {"iss": issuer}))


class DeviceForm(forms.Form):
    """The answer to a program on another device."""

    action = forms.ChoiceField(choices=[("allow", gettext_lazy("Allow")), ("refuse", gettext_lazy("Refuse"))])
    scopes = forms.MultipleChoiceField(
        required=False, label=gettext_lazy("Allow it to"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, asked: list[str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["scopes"].choices = choices_of(asked)  # type: ignore[attr-defined]
        self.fields["scopes"].initial = asked

    def clean(self) -> dict[str, Any]:
        wanted = super().clean() or {}
        if wanted.get("action") == "allow" and not wanted.get("scopes"):
            self.add_error("scopes", _("Tick what you want to allow, or refuse."))
        return wanted


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def device(request: HttpRequest) -> HttpResponse:
    """First the code that the other device shows, then what its program wants."""
    code = ConfirmCodeForm(request.GET if "code" in request.GET else None)
    if not code.is_valid():
        status = 422 if code.errors else 200
        return render(request, "idp/oidc/device_code.html", {"form": code}, status=status)
    asked = cache.get(device_codes.cache_device_code_key(code.device_code))
    scopes = [scope for scope in known_scopes(asked["scope"]) if scope not in NEVER_TICKED]
    form = DeviceForm(scopes, request.POST or None)
    context = {"form": form, "client": code.client, "user_code": code.cleaned_data["code"]}
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "idp/oidc/device_confirm.html", context, status=status)
    is_allowed = form.cleaned_data["action"] == "allow"
    settle_device(request, code, {**asked, "scope": form.cleaned_data["scopes"], "granted": is_allowed})
    return render(request, "idp/oidc/device_done.html", {**context, "is_allowed": is_allowed})


def settle_device(request: HttpRequest, code: Any, decided: dict[str, Any]) -> None:
    """Keep what a person decided, all of it at once: a program that polls meanwhile would see the half of it."""
    user = member_of(request)
    require_good_standing(user)
    if decided["granted"]:
        until = datetime.fromtimestamp(decided["expires_at"], UTC)
        keep_approval(user=user, client=code.client, device_code=code.device_code, scopes=decided["scope"], until=until)
    device_codes.update_device_state(code.device_code, {**decided, "user": user_id_to_str(user)})
    if decided["granted"]:
        tell_of_grant(user=user, client=code.client, scopes=decided["scope"], now=clock.now())


def no_target(error: ValidationError) -> JsonResponse:
    """Return the refusal of a resource that is none of ours (RFC 8707, section 2)."""
    told = {"error": "invalid_target", "error_description": " ".join(error.messages)}
    return JsonResponse(told, status=400)


class ForPrograms(View):
    """For requests of programs themselves: one that comes too often is refused in OAuth's own words."""

    @staticmethod
    def refuse_busy(refusal: Refused) -> JsonResponse:
        """Return the refusal of one request too many (as RFC 8628, section 3.5)."""
        response = JsonResponse({"error": "slow_down", "error_description": str(refusal)}, status=refusal.status)
        set_retry_after(response, refusal)
        return response


class RegisterClient(ForPrograms, views.ClientRegistrationView):
    pass


class ReadableView(ForPrograms):
    """As those, and one that can't be read too."""

    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        if fault := fault_in_question(request):
            return JsonResponse({"error": "invalid_request", "error_description": fault}, status=400)
        return super().dispatch(request, *args, **options)


@method_decorator(csrf_exempt, name="dispatch")
class Revoke(ReadableView, views.RevokeView):
    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        grants = grants_by(request.POST.get("token", ""))
        response = cast(HttpResponse, super().post(request, *args, **options))
        for user_id, client_id in grants:
            end_what_is_left(user_id=user_id, client_id=client_id)
        return response


@method_decorator(csrf_exempt, name="dispatch")
class GetToken(ReadableView, views.TokenView):
    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            response = cast(HttpResponse, super().post(request))
        except ValidationError as error:
            response = no_target(error)
        if response.status_code == 400 and request.POST.get("grant_type") == "refresh_token":
            end_stolen(request)
        response["Cache-Control"] = "no-store"
        return response


def without_scope(form: QueryDict) -> QueryDict:
    sent = QueryDict(mutable=True)
    for name, values in form.lists():
        if name != "scope":
            sent.setlist(name, values)
    return sent


@method_decorator(csrf_exempt, name="dispatch")
class GetDeviceCode(ReadableView, views.DeviceCodeView):
    def post(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        asked = set(request.POST.get("scope", "").split())
        if not asked:
            # Nothing that is named names nothing: the usual scopes, as where the parameter is missing.
            request.POST = without_scope(request.POST)  # type: ignore[assignment]
        elif asked <= set(NEVER_TICKED):
            # Nobody could tick anything on the page of its code.
            return JsonResponse({"error": "invalid_scope", "error_description": str(NOT_BY_A_CODE)}, status=400)
        try:
            response = cast(HttpResponse, super().post(request, *args, **options))
        except ValidationError as error:
            response = no_target(error)
        response["Cache-Control"] = "no-store"
        return response


class EndForm(forms.Form):
    client = TextField()


@login_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End what a program was allowed."""
    form = EndForm(request.POST)
    if form.is_valid():
        end_grant(user=member_of(request), client_id=form.cleaned_data["client"])
        return done(request, "keys", _("Ended. That program, its keys and its webhooks are shut out from now on."))
    return to_section("keys")
