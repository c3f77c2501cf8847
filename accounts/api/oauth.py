"""Where programs read how to be let in (RFC 8414)."""

from __future__ import annotations

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import UnnamedView
from accounts.models import all_scopes
from accounts.oauth.clients import GRANT_TYPES, RESPONSE_TYPES
from core.http import site_of

ENDPOINTS = {
    "authorization_endpoint": "authorization",
    "token_endpoint": "token",
    "device_authorization_endpoint": "device_code",
    "registration_endpoint": "client_registration",
    "revocation_endpoint": "revoke",
}


class ServerMetadata(UnnamedView):
    http_method_names = ["get", "head"]

    def get(self, request: Request) -> Response:
        site = site_of(request)
        return Response(
            {
                "issuer": site,
                **{name: f"{site}{reverse(f'idp:oidc:{view}')}" for name, view in ENDPOINTS.items()},
                "scopes_supported": all_scopes(),
                "response_types_supported": RESPONSE_TYPES,
                "grant_types_supported": GRANT_TYPES,
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
                "client_id_metadata_document_supported": True,
                "authorization_response_iss_parameter_supported": True,
                "service_documentation": f"{site}/help/agents",
            }
        )
