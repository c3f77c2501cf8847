"""Mends, once at the start, what allauth's server still does though OAuth no longer has it (OAuth 2.1, RFC 9700)."""

from __future__ import annotations

import re
from typing import Any

from allauth.core.internal.httpkit import extract_basic_auth
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.internal.oauthlib import authorization_codes, device_codes, server
from allauth.idp.oidc.internal.oauthlib.request_validator import OAuthLibRequestValidator
from allauth.idp.oidc.internal.oauthlib.utils import extract_headers, get_validator_context
from allauth.idp.oidc.models import Client, Token
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749 import errors

from accounts.oauth.clients import GRANT_TYPES, RESPONSE_TYPES, fault_in_redirects, is_same_redirect
from accounts.oauth.grants import end_what_is_left, take_approval

# The SHA-256 of a verifier, in base64 (RFC 7636, section 4.2).
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
# Processes of one program renew at the same time, and all but one of them come late: that is no theft.
LATE_SECONDS_MAX = 60
_require_method = server.validate_code_challenge_method
_make_refresh_token = server.generate_refresh_token
_validate_refresh_token = OAuthLibRequestValidator.validate_refresh_token
_end_reused = authorization_codes._revoke_tokens
_poll = device_codes.poll_device_code
_update = device_codes.update_device_state


def be_strict() -> None:
    """Give no token by any way but a code with PKCE, a device's code and a renewal; each code once; each answer to an
    address that was made known as it is; and end what is renewed by a token that was used up before."""
    validator = OAuthLibRequestValidator
    validator.validate_response_type = lambda self, client_id, kind, *rest, **more: kind in RESPONSE_TYPES
    validator.validate_grant_type = allows_grant
    validator.validate_redirect_uri = is_made_known
    # A secret doesn't do instead: a code that is slipped in to its owner would be taken.
    validator.is_pkce_required = lambda self, client_id, request: True
    validator.validate_refresh_token = is_standing_alone
    authorization_codes._revoke_tokens = end_reused
    server.validate_code_challenge_method = require_challenge
    server.generate_refresh_token = with_its_grant
    device_codes.poll_device_code = poll_once
    device_codes.update_device_state = keep_decision


def allows_grant(
    validator: OAuthLibRequestValidator, client_id: str, kind: str, client: Client, request: Request, *rest: Any
) -> bool:
    return kind in GRANT_TYPES and kind in request.client.get_grant_types()


def is_made_known(validator: OAuthLibRequestValidator, client_id: str, uri: str, request: Request, *rest: Any) -> bool:
    """Whether an answer may be sent to `uri`: with parameters of its own it could carry somebody else's code."""
    known = request.client.get_redirect_uris()
    return not fault_in_redirects([uri]) and any(is_same_redirect(uri, address) for address in known)


def require_challenge(request: Request) -> dict[str, Any]:
    """Refuse a challenge that no verifier can meet before a person is asked anything."""
    told: dict[str, Any] = _require_method(request)
    if request.code_challenge is not None and not CHALLENGE.fullmatch(request.code_challenge):
        raise errors.InvalidRequestError("The code challenge is no SHA-256 in base64url.", request=request)
    return told


def with_its_grant(request: Request) -> str:
    """Return a new refresh token that names its grant, so that one that was used up still tells what it renewed."""
    context = get_validator_context()
    if context.refresh_token:
        cache.set(_just_renewed(context.refresh_token.hash), True, timeout=LATE_SECONDS_MAX)
    grant = context.refresh_token.get_grant_id() if context.refresh_token else context.grant_id
    token = str(_make_refresh_token(request))
    return f"{token}.{grant}" if grant else token


def is_standing_alone(
    validator: OAuthLibRequestValidator, refresh_token: str, client: Client, request: Request, *rest: Any
) -> bool:
    """Whether it may be renewed by this token. Whoever sends it at the same moment waits here, and finds it used up."""
    sent = Token.objects.by_value(refresh_token).filter(client=client, type=Token.Type.REFRESH_TOKEN)
    list(sent.select_for_update().values_list("pk"))
    return bool(_validate_refresh_token(validator, refresh_token, client, request, *rest))


@transaction.atomic
def end_stolen(request: HttpRequest) -> None:
    """Shut out whoever renews by a refresh token that was used up before, and whoever used it: one of both stole it
    (RFC 9700, section 4.14.2)."""
    token = request.POST.get("refresh_token", "")
    grant = token.rpartition(".")[2] if "." in token else ""
    client_id = extract_basic_auth(extract_headers(request))[0] or request.POST.get("client_id", "")
    if not grant or cache.get(_just_renewed(get_adapter().hash_token(token))) or Token.objects.by_value(token).exists():
        return
    renewed = Token.objects.filter(client_id=client_id, data__grant_id=grant, type=Token.Type.REFRESH_TOKEN)
    for user_id in set(renewed.values_list("user_id", flat=True)):
        end_reused(client_id, user_id, grant)


def end_reused(client_id: str, user_id: Any, grant: str) -> None:
    """End the tokens of one grant, as allauth does, and with a program's last what it made."""
    _end_reused(client_id, user_id, grant)
    end_what_is_left(user_id=user_id, client_id=client_id)


def _just_renewed(hashed: str) -> str:
    return f"oauth.just_renewed:{hashed}"


def poll_once(request: HttpRequest) -> Any:
    """As allauth's; of several that ask at the same moment only one gets the tokens of a device's code, and none once
    whoever approved it has ended the grant."""
    polled = _poll(request)
    if not take_approval(request.POST["device_code"]):
        raise errors.InvalidGrantError
    return polled


def keep_decision(device_code: str, told: dict[str, Any]) -> bool:
    """As allauth's; who polls while a person decides puts nothing undecided in the place of their decision."""
    if told["granted"] is None:
        kept = cache.get(device_codes.cache_device_code_key(device_code))
        if kept is None or kept["granted"] is not None:
            return False
    return bool(_update(device_code, told))
