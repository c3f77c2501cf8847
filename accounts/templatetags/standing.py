"""The words of pages about somebody's standing."""

from __future__ import annotations

from django import template

from accounts.models import User
from accounts.permissions import suspension_of

register = template.Library()


@register.filter
def suspension(user: User) -> str:
    """Return what somebody suspended has to know of it."""
    return str(suspension_of(user))
