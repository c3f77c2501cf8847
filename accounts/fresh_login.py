"""Whether somebody has proved lately that they are who they are: asked before what would let a thief keep an account,
or take its money. A session that was left open, or stolen, is no proof."""

from __future__ import annotations

import time

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Forbidden


class FreshLoginNeeded(Forbidden):
    """How programs hear of it; a page asks for the login instead."""

    code = "fresh_login_needed"
    message = _("This needs a login of the last few minutes, which a key is not.")
    next_step = _("Do it in your browser: the page asks you to sign in again.")


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session was begun, or confirmed, in the last `ACCOUNT_REAUTHENTICATION_TIMEOUT` seconds."""
    if not isinstance(request.user, User):
        return False
    # By allauth's clock, which is not the database's: both times are of this machine.
    moments = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(moments) and time.time() - max(moments) < app_settings.REAUTHENTICATION_TIMEOUT


def require_fresh_login(request: HttpRequest) -> None:
    """Have the viewer confirm that it is them, then go on with what they sent."""
    if not is_fresh(request):
        raise ReauthenticationRequired
