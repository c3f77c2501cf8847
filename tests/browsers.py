"""Browsers of people who have signed in."""

from __future__ import annotations

from types import SimpleNamespace

from allauth.account.internal.flows.login import record_authentication
from django.test import Client

from accounts.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(user: User, *, lately: bool = True) -> Client:
    """Return the browser of somebody who signed in; not `lately`: so long ago that they have to confirm it is them."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    if lately:
        session = client.session
        record_authentication(SimpleNamespace(session=session), user, "password")
        session.save()
    return client
