"""How often whoever calls the API may ask."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core import clock
from core.api.limits import Quota, of_stranger, spend


def of_user(user: Any) -> Quota:
    """Return what somebody with an account may, by page or by key."""
    return Quota("user", settings.API_USER_PER_MINUTE, user.pk, clock.now())


class PerMinute(BaseThrottle):
    """People and their keys by user, everybody else by address. Says in headers what is left."""

    def allow_request(self, request: Request, view: Any) -> bool:
        user = request.user
        spent = spend(of_user(user) if user.is_authenticated else of_stranger(request))
        view.headers.update(spent.headers)
        self.reset = spent.reset_seconds
        return spent.allowed

    def wait(self) -> float:
        return self.reset
