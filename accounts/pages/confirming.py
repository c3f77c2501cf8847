"""Confirming by a mailed code that it is you: for accounts without a password and without a second factor."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import BaseReauthenticateView
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.entrance.forms import ConfirmCodeForm
from accounts.viewer import member_of

SENT = "confirming_code"


@method_decorator([login_required, never_cache], name="dispatch")
class ConfirmByCode(BaseReauthenticateView):
    """First a button that sends a code, then the field for it."""

    form_class = ConfirmCodeForm
    template_name = "account/confirm_by_code.html"

    def sent_code(self) -> str:
        """Return the code that was mailed for this session, while it is good."""
        sent = self.request.session.get(SENT, {})
        is_good = time.time() - sent.get("at", 0) < app_settings.LOGIN_BY_CODE_TIMEOUT
        return str(sent["code"]) if sent and is_good else ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "send" in request.POST or not self.sent_code():
            return self.send(request)
        return super().post(request, *args, **kwargs)

    def send(self, request: HttpRequest) -> HttpResponse:
        email = member_of(request).email
        if busy := ratelimit.consume_or_429(request, action="request_login_code", key=email):
            return busy
        adapter = get_adapter()
        code = adapter.generate_login_code()
        request.session[SENT] = {"code": code, "at": time.time()}
        adapter.send_mail("account/email/login_code", email, {"request": request, "code": code})
        return redirect(self.passthrough_next_url(request.path))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "code": self.sent_code()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "was_sent": bool(self.sent_code()), "email": member_of(self.request).shown_email}

    def form_valid(self, form: ConfirmCodeForm) -> HttpResponse:
        self.request.session.pop(SENT, None)
        record_authentication(self.request, member_of(self.request), method="code", reauthenticated=True)
        return super().form_valid(form)

    def form_invalid(self, form: ConfirmCodeForm) -> HttpResponse:
        if form.is_used_up:
            self.request.session.pop(SENT, None)
            messages.error(self.request, _("Too many wrong codes. Ask for a new one."))
            return redirect(self.passthrough_next_url(self.request.path))
        return super().form_invalid(form)
