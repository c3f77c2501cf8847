"""Warnings of `check --deploy` about settings that work and leave a site less safe than its operator may think."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.utils.translation import gettext as _


@register(Tags.security, deploy=True)
def warn_without_mail(app_configs: Any, **_rest: Any) -> list[CheckMessage]:
    """Without mail nobody proves an address: accounts are made by the number, and sign-up tells who has one."""
    if settings.EMAIL_URL:
        return []
    return [
        checks.Warning(
            _("There is no mail server, so addresses are never confirmed, and signing up tells who has an account."),
            hint=_("Set EMAIL_URL (docs/operators.md). Without mail, keep the site among people you know."),
            id="clorp.W001",
        )
    ]


@register(Tags.security, deploy=True)
def warn_without_second_factor(app_configs: Any, **_rest: Any) -> list[CheckMessage]:
    """Staff read sealed work and move money: a password alone is not enough for that."""
    if settings.STAFF_SECOND_FACTOR:
        return []
    return [
        checks.Warning(
            _("Staff need no second factor: whoever has one of their passwords has their rights."),
            hint=_("Leave STAFF_SECOND_FACTOR as it is; turned off it is for tests and drills."),
            id="clorp.W002",
        )
    ]
