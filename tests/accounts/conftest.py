"""A site with a mail server, and one without."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def with_mail(settings: Any) -> None:
    """Addresses have to be confirmed, as wherever EMAIL_URL is set."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True


@pytest.fixture
def without_mail(settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = False


@pytest.fixture(params=["with_mail", "without_mail"])
def either_way(request: Any) -> str:
    request.getfixturevalue(request.param)
    return request.param
