"""allauth's forms as we use them."""

from __future__ import annotations

import re

import pytest
from allauth.account import app_settings
from allauth.account import forms as allauth
from allauth.account.fields import EmailField
from django.utils.module_loading import import_string

from accounts.entrance.forms import AddressField
from accounts.models import User

# One is mixed into others; the other offers the addresses that somebody has, on a page that is turned off.
MIXED_INTO_OTHERS = {"BaseSignupForm", "RequestReauthenticationCodeForm"}


def field_of(form_class):
    """Return the field for an address of a form as it is shown; None where it has none."""
    for more in ({}, {"user": User()}):
        try:
            fields = form_class(**more).fields
        except (TypeError, KeyError):
            continue
        return next((fields[name] for name in ("email", "login") if name in fields), None)
    return None


def their_forms():
    named = {name: form for name, form in vars(allauth).items() if name.endswith("Form") and isinstance(form, type)}
    return {name: form for name, form in named.items() if name not in MIXED_INTO_OTHERS}


ASKING = [name for name, form in their_forms().items() if isinstance(field_of(form), EmailField)]


def test_allauth_asks_for_addresses_where_we_think():
    assert {"LoginForm", "SignupForm", "AddEmailForm", "ResetPasswordForm", "RequestLoginCodeForm"} <= set(ASKING)


@pytest.mark.parametrize("name", ASKING)
def test_no_form_keeps_allauths_own_field(name):
    by_setting = re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Form")).lower()
    ours = import_string(app_settings.FORMS[by_setting])
    assert issubclass(ours, getattr(allauth, name)) and isinstance(field_of(ours), AddressField)
