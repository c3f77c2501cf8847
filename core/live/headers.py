"""Which of a request's headers are believed: how it came here, only a proxy of ours may say."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any

from django.conf import settings

WAY = b"x-forwarded-for"
# As in 1.2.3.4:5678, [::1]:443 and [::1].
WITH_PORT = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<four>[0-9.]+)(?=:))(?::[0-9]{1,5})?")
SAID_BY_PROXIES = {b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-proto"}


def believed(scope: Any) -> list[tuple[bytes, bytes]]:
    """Return the headers of `scope`, but none with an underscore, and none of a proxy's from anybody else.

    Django knows `X-Forwarded-For` and `X_Forwarded_For` by one name, and a proxy sets or removes the first alone.
    That somebody else passed a request on is still told, by `Forwarded`: it comes from further away than it seems.
    """
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    if is_proxy((scope.get("client") or ("",))[0]):
        return [(name, plain_way(value) if name == WAY else value) for name, value in headers]
    own = [(name, value) for name, value in headers if name not in SAID_BY_PROXIES]
    return own if len(own) == len(headers) else [*own, (b"forwarded", b"for=unknown")]


def is_proxy(address: str) -> bool:
    """Whether a connection from `address` is one of the proxies' that the site was told of."""
    try:
        peer = ip_address(plain(address))
    except ValueError:
        return False
    return any(peer in network for network in settings.PROXY_NETWORKS)


def came_from(scope: Any) -> Any:
    """Return who has connected, by a plain address: a socket for both protocols writes IPv4 as IPv6."""
    client = scope.get("client")
    return client and (plain(client[0]), *client[1:])


def plain_way(value: bytes) -> bytes:
    """Return the addresses that a proxy passed on, each plain: limits count by them, and /metrics opens by them."""
    return ", ".join(plain(each) for each in value.decode("latin-1").split(",")).encode("latin-1")


def plain(address: str) -> str:
    """Return an address without the port and the brackets of some proxies, and IPv4 as such; what is none, as it is."""
    address = address.strip()
    parts = WITH_PORT.fullmatch(address)
    try:
        bare = ip_address((parts["six"] or parts["four"]) if parts else address)
    except ValueError:
        return address
    return str(getattr(bare, "ipv4_mapped", None) or bare)
