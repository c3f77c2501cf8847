"""A small push service and the browsers behind it: what it is sent it decrypts as a browser would."""

from tests.push_double.browser import Browser
from tests.push_double.service import PushService

__all__ = ["Browser", "PushService"]
