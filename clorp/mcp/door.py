"""Who is let in to `/mcp`, asked as everything of the API is; and where a program that is not reads what it needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import KeyAlone, require_meant_for
from accounts.api.base import ApiView, UnnamedView
from accounts.api.limits import PerMinute
from accounts.models import Scope
from accounts.oauth.scopes import USUAL_SCOPES
from core import clock
from core.api.limits import Quota, spend
from core.http import FORM_LIMITS, BodyLimits, site_of
from core.live.guest import ForeignOrigin, LetIn, NotServedHere

PATH = "/mcp"
# A file comes as base64 inside JSON, which is read whole: larger ones go to the API.
BODY_BYTES_MAX = 8 * 1024 * 1024
METADATA_PATH = "/.well-known/oauth-protected-resource"
# A program also says who it is, asks what there is, and cancels.
MESSAGES_A_REQUEST = 2


class MessagesPerMinute(PerMinute):
    """Count whoever is not let in as everywhere. Whoever is, is counted by what they then ask, and before that by their
    messages: not all come so far as to ask anything."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return super().allow_request(request, view)
        most = MESSAGES_A_REQUEST * settings.API_USER_PER_MINUTE
        spent = spend(Quota("mcp", most, request.user.pk, clock.now()))
        self.reset = spent.reset_seconds
        return spent.allowed


class IsSomebody(BasePermission):
    """A key lets in, whatever its scopes: each tool asks for its own."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated)


class Door(ApiView):
    """Lets a POST in to the MCP server, which has neither sessions nor streams of its own to open by GET."""

    http_method_names = ["post"]
    authentication_classes = (KeyAlone,)
    permission_classes = (IsSomebody,)
    throttle_classes = (MessagesPerMinute,)
    body_limits = BodyLimits(members=BODY_BYTES_MAX, strangers=FORM_LIMITS.strangers)
    schema = None

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        # Who would listen by GET asks for a stream alone, and has to hear 405: there is none, whatever is accepted.
        return super().perform_content_negotiation(request, force=force or request.method != "POST")

    def post(self, request: Request) -> LetIn:
        origin = request.headers.get("Origin")
        if origin is not None and origin != site_of(request):
            raise ForeignOrigin
        require_meant_for(request, resource_of(request))
        if not getattr(request._request, "has_guest", False):
            raise NotServedHere
        return LetIn()

    def get_authenticate_header(self, request: Request) -> str:
        """Name in a 401 where it is said how to get in, and with which scopes (RFC 9728, section 5.1)."""
        metadata = f"{site_of(request)}{METADATA_PATH}{PATH}"
        scopes = " ".join(USUAL_SCOPES)
        return f'{super().get_authenticate_header(request)}, resource_metadata="{metadata}", scope="{scopes}"'


def resource_of(request: HttpRequest | Request) -> str:
    """Return the address by which a program names the MCP server, and for which its token is."""
    return f"{site_of(request)}{PATH}"


class ResourceMetadata(UnnamedView):
    """The document of RFC 9728, for the server at `/mcp`."""

    http_method_names = ["get", "head"]

    def get(self, request: Request) -> Response:
        site = site_of(request)
        return Response(
            {
                "resource": resource_of(request),
                "authorization_servers": [site],
                "resource_name": "clorp",
                "resource_documentation": f"{site}/help/agents",
                "bearer_methods_supported": ["header"],
                "scopes_supported": [Scope.READ, Scope.COMPETE, Scope.SEND],
            }
        )
