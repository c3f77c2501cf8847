"""Payouts over the API, and the address that Stripe's events come to."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import require_fresh_session
from accounts.api.base import ApiView, UnnamedView
from accounts.api.idempotency import idempotent
from accounts.models import Scope
from core import clock
from core.api.fields import Body, Text
from core.http import BodyLimits, site_of
from wallet import gateway, return_urls
from wallet.api.moving import UrlOut
from wallet.money_out import connect
from wallet.stripe_events import inbox

EVENT_BYTES_MAX = 1024 * 1024


class ConnectIn(Body):
    country = Text(told=(2, 2), required=False, help_text="Two letters; where you and your bank are.")


class ConnectOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["not_connected", "pending", "active"])
    requirements = serializers.ListField(child=serializers.CharField(), help_text="What Stripe still wants to know.")


class Connect(ApiView):
    scopes = {"POST": Scope.WALLET}

    @extend_schema(operation_id="connect_stripe", request=ConnectIn, responses=UrlOut)
    @idempotent(ConnectIn)
    def post(self, request: Request) -> Response:
        """Set up payouts: the page where Stripe asks who you are. A link is good once, and for minutes.

        Takes a browser with a login of the last minutes; a key can't say where money goes.
        """
        require_fresh_session(request)
        pages = return_urls.onboarding_pages(site_of(request))
        asked = self.shape(ConnectIn)
        url = connect.start_onboarding(user=self.caller, now=clock.now(), **asked, **pages)
        return Response({"url": url})


class ConnectStatus(ApiView):
    refusals = {"GET": (503,)}

    @extend_schema(operation_id="get_connect_status", responses=ConnectOut)
    def get(self, request: Request) -> Response:
        """Whether payouts can reach you, by what Stripe last said."""
        gateway.connect()
        profile = connect.profile_of(self.caller)
        return Response(
            {"status": connect.connection_of(self.caller), "requirements": profile.stripe_account_requirements}
        )


class StripeWebhook(UnnamedView):
    """Stripe signs what it sends, so there is no login; nothing is done here but storing it."""

    body_limits = BodyLimits(members=EVENT_BYTES_MAX, strangers=EVENT_BYTES_MAX)
    throttle_classes = ()
    http_method_names = ["post"]

    @idempotent()
    def post(self, request: Request) -> Response:
        signature = request.headers.get("Stripe-Signature", "")
        inbox.receive_event(body=request._request.body, signature=signature, now=clock.now())
        return Response({"received": True})
