"""Signing in without a key: the device flow of RFC 8628, by what the site says of itself (RFC 8414)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from clorp_cli import credentials
from clorp_cli.credentials import Credential
from clorp_cli.errors import Exit, Failure
from clorp_cli.places import alone
from clorp_cli.words import gettext as _

METADATA = "/.well-known/oauth-authorization-server"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
# A client that the site knows without being told, where it registers none (RFC 7591).
PUBLIC_CLIENT = "clorp-cli"
INTERVAL_SECONDS, SLOWER_SECONDS = 5, 5
SCOPES = ("read", "compete", "send")
SECONDS_MAX = 86_400
# What a site says of a sign-in that is over (RFC 6749, section 5.2).
ENDED = {"invalid_grant", "invalid_client", "unauthorized_client"}


@dataclass(frozen=True)
class Server:
    """Where the site's authorization server is asked for what."""

    token: str
    device: str
    registration: str
    revocation: str
    scopes: tuple[str, ...]


def discover(http: httpx.Client, site: str) -> Server | None:
    """Return the site's authorization server, if it has one with the device flow."""
    try:
        answer = http.get(f"{site}{METADATA}")
        metadata = answer.json() if answer.is_success else {}
    except (httpx.TransportError, ValueError):
        return None
    if not isinstance(metadata, dict) or not all(_is_ours(metadata.get(name), site) for name in _NEEDED):
        return None
    optional = {name: metadata[name] if _is_ours(metadata.get(name), site) else "" for name in _OPTIONAL}
    told = metadata.get("scopes_supported")
    scopes = tuple(str(one) for one in told) if isinstance(told, list) and told else SCOPES
    return Server(
        token=metadata["token_endpoint"],
        device=metadata["device_authorization_endpoint"],
        registration=optional["registration_endpoint"],
        revocation=optional["revocation_endpoint"],
        scopes=scopes,
    )


_NEEDED = ("token_endpoint", "device_authorization_endpoint")
_OPTIONAL = ("registration_endpoint", "revocation_endpoint")


def _is_ours(url: Any, site: str) -> bool:
    """Whether an endpoint is the site's: codes and tokens are sent to no other host, and not unencrypted."""
    there, here = urlsplit(str(url or "")), urlsplit(site)
    return bool(there.hostname) and there.hostname == here.hostname and there.scheme in {"https", here.scheme}


def sign_in(
    http: httpx.Client, site: str, server: Server, scopes: tuple[str, ...], *, tell: Callable[[str, str], None]
) -> Credential:
    """Return the credential that a person agreed to in a browser. `tell` is given the address and the code at once."""
    client_id = register(http, server)
    wanted = " ".join(scope for scope in scopes if scope in server.scopes) or " ".join(scopes)
    # For the MCP server, a token has to be given for its address (RFC 8707); for the API it need not.
    asked = {"client_id": client_id, "scope": wanted, "resource": f"{site}/mcp"}
    begun = _require(_post(http, server.device, data=asked))
    if not {"verification_uri", "user_code", "device_code"} <= begun.keys():
        words = _("The site wouldn't start a sign-in: {reason}.").format(reason=_("it sent no code"))
        raise Failure(words, Exit.AWAY)
    tell(str(begun.get("verification_uri_complete") or begun["verification_uri"]), str(begun["user_code"]))
    answer = _poll(http, server, begun, client_id)
    blank = Credential("", "", account=uuid4().hex[:16], client_id=client_id)
    return credentials.renewed(blank, answer, now=time.time())


def register(http: httpx.Client, server: Server) -> str:
    """Return a client id for this machine, registered where the site does that."""
    if not server.registration:
        return PUBLIC_CLIENT
    about = {
        "client_name": "clorp command line",
        "grant_types": [DEVICE_GRANT, "refresh_token"],
        # Required by RFC 7591's servers, and never used by this flow: nothing is sent back to an address.
        "redirect_uris": ["http://127.0.0.1/"],
        "token_endpoint_auth_method": "none",
        "scope": " ".join(SCOPES),
    }
    answer = _post(http, server.registration, json=about)
    # A site may register none for this flow, and know us by name.
    return str(_document(answer).get("client_id") or PUBLIC_CLIENT) if answer.is_success else PUBLIC_CLIENT


def _poll(http: httpx.Client, server: Server, begun: dict[str, Any], client_id: str) -> dict[str, Any]:
    """Ask for the token until a person has decided or the code has run out."""
    interval = _seconds(begun.get("interval"), INTERVAL_SECONDS)
    until = time.monotonic() + _seconds(begun.get("expires_in"), 600)
    asked = {"grant_type": DEVICE_GRANT, "device_code": str(begun["device_code"]), "client_id": client_id}
    while time.monotonic() < until:
        time.sleep(interval)
        try:
            answer = http.post(server.token, data=asked)
        except httpx.TransportError:
            # RFC 8628, section 3.5: after a lost connection, ask less often.
            interval *= 2
            continue
        if answer.is_success:
            return _require(answer)
        code = _error_of(answer)
        if code == "slow_down":
            interval += SLOWER_SECONDS
        elif code == "access_denied":
            raise Failure(_("You said no in the browser. You aren't signed in."), Exit.SIGN_IN, code=code)
        elif code == "expired_token":
            break
        elif code != "authorization_pending":
            _require(answer)
    words = _("The code has run out. You aren't signed in.")
    raise Failure(words, Exit.SIGN_IN, code="expired_token", next_step="clorp login")


def _seconds(told: Any, usual: int) -> float:
    """Return how long the site says, if that is a time; else the usual."""
    return float(told) if isinstance(told, int | float) and 0 < told < SECONDS_MAX else float(usual)


def renew(http: httpx.Client, site: str, credential: Credential) -> Credential:
    """Return the credential with a fresh token, kept on disk.

    One process at a time: a refresh token is good once, and whoever comes second takes what the first one was given.
    """
    with alone(credentials.file()):
        kept = credentials.find(site)
        if kept and kept.refresh_token and kept.refresh_token != credential.refresh_token:
            return kept
        return _renew(http, site, credential)


def _renew(http: httpx.Client, site: str, credential: Credential) -> Credential:
    server = discover(http, site)
    if server is None:
        raise _not_now()
    asked = {"grant_type": "refresh_token", "refresh_token": credential.refresh_token}
    answer = _post(http, server.token, data={**asked, "client_id": credential.client_id})
    if _error_of(answer) in ENDED:
        words, code = _("Your sign-in has ended."), _error_of(answer)
        raise Failure(words, Exit.SIGN_IN, code=code, next_step=_("Sign in: clorp login"))
    # Of anything else, such as a proxy's 502 or too many requests, the sign-in knows nothing and stays good.
    document = _document(answer) if answer.is_success else {}
    if "access_token" not in document:
        raise _not_now()
    fresh = credentials.renewed(credential, document, now=time.time())
    credentials.save(site, fresh)
    return fresh


def revoke(http: httpx.Client, site: str, credential: Credential) -> bool:
    """End a sign-in at the site too (RFC 7009); False where that can't be done."""
    server = discover(http, site)
    if server is None or not server.revocation:
        return False
    given = {"token": credential.refresh_token or credential.token, "client_id": credential.client_id}
    try:
        return http.post(server.revocation, data=given).is_success
    except httpx.TransportError:
        return False


def _not_now() -> Failure:
    return Failure(_("Your sign-in can't be renewed now."), Exit.AWAY, next_step=_("Try again in a moment."))


def _post(http: httpx.Client, url: str, **sent: Any) -> httpx.Response:
    try:
        return http.post(url, **sent)
    except httpx.RequestError:
        words = _("{site} can't be reached.").format(site=url)
        raise Failure(words, Exit.AWAY, next_step=_("Try again in a moment.")) from None


def _document(answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _error_of(answer: httpx.Response) -> str:
    return "" if answer.is_success else str(_document(answer).get("error") or "")


def _require(answer: httpx.Response) -> dict[str, Any]:
    document = _document(answer)
    if answer.is_success and document:
        return document
    reason = str(document.get("error_description") or document.get("error") or answer.status_code)
    words = _("The site wouldn't start a sign-in: {reason}.").format(reason=reason.rstrip("."))
    raise Failure(words, Exit.SIGN_IN, code=_error_of(answer))
