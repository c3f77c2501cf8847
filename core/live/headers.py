"""Which of a request's headers are believed: how it came here, only a proxy of ours may say."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from django.conf import settings

SAID_BY_PROXIES = {b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-proto"}


def believed(scope: Any) -> list[tuple[bytes, bytes]]:
    """Return the headers of `scope`, but none with an underscore, and none of a proxy's from anybody else.

    Django knows `X-Forwarded-For` and `X_Forwarded_For` by one name, and a proxy sets or removes the first alone.
    That somebody else passed a request on is still told, by `Forwarded`: it comes from further away than it seems.
    """
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    if is_proxy((scope.get("client") or ("",))[0]):
        return headers
    own = [(name, value) for name, value in headers if name not in SAID_BY_PROXIES]
    return own if len(own) == len(headers) else [*own, (b"forwarded", b"for=unknown")]


def is_proxy(address: str) -> bool:
    """Whether a connection from `address` is one of the proxies' that the site was told of."""
    try:
        peer = ip_address(address)
    except ValueError:
        return False
    return any(peer in network for network in settings.PROXY_NETWORKS)
