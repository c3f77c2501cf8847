"""allauth's forms with our field for addresses, so that each door takes one mailbox for one account."""

from __future__ import annotations

from typing import Any, cast

from allauth.account import app_settings
from allauth.account import forms as allauth
from allauth.account.fields import EmailField
from allauth.account.utils import filter_users_by_email
from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from accounts.entrance.devices import known_device, require_guesses_left
from accounts.entrance.guesses import CountedGuesses
from accounts.models import User
from accounts.profiles import AddressTaken
from core.addresses import NotAnAddress, canonical_address

ADDRESS_FIELDS = ("email", "login")


class AddressField(EmailField):
    """An address in any spelling; clean value in canonical form."""

    # What is an address, `canonical_address` knows better.
    default_validators = ()

    def clean(self, value: Any) -> str:
        written: str = forms.CharField.clean(self, value)
        try:
            return canonical_address(written) if written else written
        except NotAnAddress as refusal:
            raise ValidationError(str(refusal)) from refusal


class _OneAddress:
    """Puts our field where allauth has put its own."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        for name in set(ADDRESS_FIELDS) & set(fields):
            theirs = fields[name]
            fields[name] = AddressField(label=theirs.label, required=theirs.required, widget=theirs.widget)


class LoginForm(_OneAddress, allauth.LoginForm):
    pass


class SignupForm(_OneAddress, allauth.SignupForm):
    account_already_exists: bool

    def save(self, request: HttpRequest) -> User:
        """Store the account. Raises AddressTaken where somebody else did in this very moment."""
        try:
            with transaction.atomic():
                return cast(User, super().save(request))
        except IntegrityError as taken:
            raise AddressTaken from taken

    def try_save(self, request: HttpRequest) -> Any:
        """Do as much for an address that has an account as for a new one, so that nobody can tell them apart."""
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])
        try:
            return super().try_save(request)
        except AddressTaken:
            if app_settings.EMAIL_VERIFICATION != app_settings.EmailVerificationMethod.MANDATORY:
                raise
            self.account_already_exists = True
            return super().try_save(request)


class AddEmailForm(_OneAddress, allauth.AddEmailForm):
    pass


class ChangeEmailForm(_OneAddress, allauth.ChangeEmailForm):
    pass


class ResetPasswordForm(_OneAddress, allauth.ResetPasswordForm):
    pass


class ConfirmCodeForm(CountedGuesses, allauth.ConfirmLoginCodeForm):
    pass


class ConfirmEmailCodeForm(CountedGuesses, allauth.ConfirmEmailVerificationCodeForm):
    pass


class RequestLoginCodeForm(_OneAddress, allauth.RequestLoginCodeForm):
    def clean_email(self) -> str:
        """Return the address a code goes to. On a known device, strangers who asked for codes are in nobody's way."""
        email: str = self.cleaned_data["email"]
        device = known_device(context.request, email)
        if device is None:
            return cast(str, super().clean_email())
        require_guesses_left(context.request, f"{device} codes")
        self._user = next(iter(filter_users_by_email(email, is_active=True, prefer_verified=True)), None)
        return email
