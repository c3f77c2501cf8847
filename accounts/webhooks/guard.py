"""Which addresses a webhook may go to: public ones on the internet, by HTTPS. Never into the network we stand in.

The name is resolved once, every address it has is checked, and the call goes to an address that was checked: asked
again, a hostile name server might give another one.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models.notifications import URL_CHARS_MAX
from core.errors import Invalid
from core.text import fault_in

Address = IPv4Address | IPv6Address

HTTPS_PORT = 443
# Names that mean a machine or a network of one's own, whatever they resolve to (RFC 6761, 6762, 8375, 9476).
OWN_NAMES = ("localhost", "local", "internal", "home.arpa", "lan", "intranet", "alt", "onion")
PUBLIC_IPV6 = IPv6Network("2000::/3")
# Both carry an IPv4 address inside, which a gateway on our side might take out again.
WRAPPED_IPV4 = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))
# For documents alone (RFC 9637).
NOBODYS_IPV6 = IPv6Network("3fff::/20")
# Nobody's on the internet, which not every Python knows: special ones, among them doors to machines' own data and keys
# in some clouds (RFC 6890, 7526).
NOBODYS_IPV4 = tuple(IPv4Network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"))


class Unreachable(Exception):
    """There is nowhere to send this to; says why, for its owner."""


@dataclass(frozen=True)
class Target:
    """Where a call goes: `addresses` were checked, `host` is what the certificate must be for."""

    addresses: tuple[Address, ...]
    host: str
    port: int
    path: str
    is_tls: bool


def require_valid_url(url: str, *, chars_max: int = URL_CHARS_MAX) -> str:
    """The address as it is stored. Raises Invalid; asks no name server, since a page waits for the answer."""
    if fault := url_fault(url, chars_max=chars_max):
        raise Invalid({"url": fault})
    return url.strip()


def url_fault(url: str, *, chars_max: int = URL_CHARS_MAX) -> str | None:
    """Return why no webhook can have this address; None if one can."""
    return fault_in(url, chars_max=chars_max) or _fault_in(url.strip())


def _fault_in(url: str) -> str | None:
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return _("Write the address in plain ASCII, with other characters percent-encoded.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _("This is no address.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        return _("Leave out user name, password and #fragment; put what you need into the path or query.")
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        return _("The address must start with https:// and a name.")
    return None if settings.WEBHOOKS_TO_PRIVATE else _fault_for_the_internet(parts.scheme, parts.hostname, port)


def _fault_for_the_internet(scheme: str, host: str, port: int | None) -> str | None:
    if scheme != "https":
        return _("The address must start with https://.")
    return _fault_in_host(host) if port in {None, HTTPS_PORT} else _("Only port 443 is called.")


def _fault_in_host(host: str) -> str | None:
    address = _literal(host)
    if address is not None:
        return None if is_public(address) else _("This address belongs to a private network, which we can't reach.")
    labels = host.rstrip(".").split(".")
    own = len(labels) < 2 or labels[-1] in OWN_NAMES or ".".join(labels[-2:]) in OWN_NAMES
    return _("This name belongs to a private network, which we can't reach.") if own else None


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether an address is somebody's on the internet."""
    if isinstance(address, IPv4Address):
        is_nobodys = any(address in network for network in NOBODYS_IPV4)
    else:
        is_nobodys = address not in PUBLIC_IPV6 or any(address in network for network in (*WRAPPED_IPV4, NOBODYS_IPV6))
    if is_nobodys:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def find_target(url: str) -> Target:
    """Ask where the address leads. Raises Unreachable where it leads nowhere, or anywhere it must not."""
    if _fault_in(url):
        raise Unreachable(_("the address is no longer allowed"))
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    port = parts.port or (HTTPS_PORT if is_tls else 80)
    host = (parts.hostname or "").rstrip(".")
    addresses = resolve(host, port)
    if not settings.WEBHOOKS_TO_PRIVATE and not all(is_public(address) for address in addresses):
        raise Unreachable(_("the name leads into a private network"))
    return Target(addresses, host, port, _path_of(parts), is_tls)


def resolve(host: str, port: int) -> tuple[Address, ...]:
    """Return the addresses of a name, each once. Raises Unreachable where it has none."""
    try:
        resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise Unreachable(_("the name was not found")) from error
    # A scope (fe80::1%eth0) names an interface of ours; without it the address is checked all the same.
    addresses = [ip_address(str(where[0]).partition("%")[0]) for *_rest, where in resolved]
    if not addresses:
        raise Unreachable(_("the name was not found"))
    return tuple(dict.fromkeys(addresses))


def _path_of(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path
