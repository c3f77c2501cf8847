"""The programs that ask to be let in: what each of them may ask for, and where its answer may be sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

from allauth.idp.oidc.models import Client, Token
from django.db.models import Exists, OuterRef

from accounts.models import all_scopes
from accounts.oauth.scopes import USUAL_SCOPES
from core.text import cut, one_line, shows_nothing

REDIRECTS_MAX, REDIRECT_CHARS_MAX, NAME_CHARS_MAX = 20, 500, 80
# By what a program may be let in, and what it is answered: a code that only it can use, never a token in an address.
GRANT_TYPES = ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"]
RESPONSE_TYPES = ["code"]
# Browsers take a backslash for a slash.
PLAIN = re.compile(r"[!-\[\]-~]*")
# A machine's name or number, and a port: nobody's name before an @, nor a sign that browsers read as another.
MACHINE = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
# This machine, on which a program listens for its answer on whatever port is free (RFC 8252, section 7.3).
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# A program's own scheme is a domain in reverse (RFC 8252, section 7.1): a plain word may be a browser's or a system's,
# which do more than take an answer. These are programs that have a plain word all the same.
OWN_SCHEME = "a scheme of the program's own, such as com.example.app"
KNOWN_SCHEMES = {"claude", "cursor", "vscode", "vscode-insiders", "windsurf", "zed"}
NEVER_USED_DAYS_KEPT = 1


def is_loopback(address: Any) -> bool:
    """Whether a parsed address leads to the machine that it is opened on."""
    return address.scheme == "http" and address.hostname in LOOPBACK


def fault_in_redirects(addresses: Iterable[str]) -> str:
    """Return why a program's answers can't be sent to these addresses; nothing where they can."""
    listed = list(addresses)
    if not 0 < len(listed) <= REDIRECTS_MAX:
        return f"List one to {REDIRECTS_MAX} redirect URIs."
    return next((fault for address in listed if (fault := _fault_in(address))), "")


def _fault_in(address: str) -> str:
    if len(address) > REDIRECT_CHARS_MAX or not PLAIN.fullmatch(address):
        return f"A redirect URI is plain ASCII and has at most {REDIRECT_CHARS_MAX} characters."
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        return "A redirect URI is an address."
    if parts.fragment or "#" in address:
        return "A redirect URI has no fragment."
    return "" if _is_fit(parts) else f"A redirect URI is https, http to localhost, or {OWN_SCHEME}."


def _is_fit(parts: SplitResult) -> bool:
    if parts.scheme in {"http", "https"} and not MACHINE.fullmatch(parts.netloc):
        return False
    if parts.scheme == "https":
        return bool(parts.hostname)
    return is_loopback(parts) if parts.scheme == "http" else "." in parts.scheme or parts.scheme in KNOWN_SCHEMES


def is_same_redirect(asked: str, known: str) -> bool:
    """Whether both are one address, letter by letter; on this machine the port may be another (RFC 9700, 2.1)."""
    one, other = urlsplit(asked), urlsplit(known)
    if is_loopback(one) and is_loopback(other) and one.hostname and other.hostname:
        return one._replace(netloc=one.hostname) == other._replace(netloc=other.hostname)
    return asked == known


def form_action_of(address: str) -> str:
    """Return the source of a Content-Security-Policy that lets a form's answer lead on to `address`."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"


def settle_client(client: Client) -> None:
    """Let a program ask for any scope, and get the usual ones where it names none: it is the person who decides."""
    client.set_scopes(all_scopes())
    client.set_default_scopes(USUAL_SCOPES)
    client.set_response_types(RESPONSE_TYPES)
    client.set_grant_types([kind for kind in client.get_grant_types() if kind in GRANT_TYPES] or GRANT_TYPES[:1])
    client.skip_consent = client.allow_uri_wildcards = False
    # A name that shows nothing is none: the program is called by its id.
    client.name = cut(client.pk if shows_nothing(client.name) else one_line(client.name), NAME_CHARS_MAX)


def forget_unused_clients(*, now: datetime) -> int:
    """Delete programs that made themselves known and were allowed nothing since. Returns how many."""
    theirs = Token.objects.filter(client=OuterRef("pk"))
    before = now - timedelta(days=NEVER_USED_DAYS_KEPT)
    unused = Client.objects.filter(~Exists(theirs), owner=None, created_at__lte=before)
    return int(unused.delete()[0])
