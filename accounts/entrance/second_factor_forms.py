"""allauth's forms for a second factor, with guesses counted by device, and names kept as ours are."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as allauth
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.entrance.devices import device_of, require_guesses_left
from accounts.profiles import NAME_CHARS_MAX
from core.forms import TextField


class _ByDevice:
    """Whoever knows the password but not the device uses up allauth's guesses, not the owner's."""

    def clean_code(self) -> str:
        user: Any = self.user  # type: ignore[attr-defined]
        device = device_of(context.request, user)
        if device is None:
            code: str = super().clean_code()  # type: ignore[misc]
            return code
        require_guesses_left(context.request, f"{device} second factor")
        code = self.cleaned_data["code"]  # type: ignore[attr-defined]
        for factor in Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN):
            if factor.wrap().validate_code(code):
                self.authenticator = factor
                return code
        raise get_adapter().validation_error("incorrect_code")


class AuthenticateForm(_ByDevice, allauth.AuthenticateForm):
    pass


class ReauthenticateForm(_ByDevice, allauth.ReauthenticateForm):
    pass


class AddKeyForm(webauthn.AddWebAuthnForm):
    name = TextField(
        label=_("Name"),
        required=False,
        max_length=NAME_CHARS_MAX,
        help_text=_("So you can tell it apart, such as “phone”."),
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without a password"),
        required=False,
        initial=True,
        help_text=_("Your device has to ask for your fingerprint, face or PIN."),
    )


class EditKeyForm(webauthn.EditWebAuthnForm):
    name = TextField(label=_("Name"), max_length=NAME_CHARS_MAX)
