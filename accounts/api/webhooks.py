"""One's own webhooks over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import Needed, key_of, require_key_or_fresh_session
from accounts.api.base import ApiView, listed
from accounts.api.idempotency import idempotent, shown_once
from accounts.models import Scope, WebhookDelivery, WebhookEndpoint
from accounts.models.notifications import URL_CHARS_MAX
from accounts.webhooks import endpoints
from accounts.webhooks.guard import url_fault
from core import clock
from core.api.fields import Body, Id, Text
from core.api.paging import page_of
from core.api.schema import PAGING
from core.order import Order

Json = dict[str, Any]

# A key that may only look changes nothing; one that acts may want to hear what came of it. What comes is more than one
# scope shows, so adding takes "read" as well.
ACTING: Needed = (Scope.COMPETE, Scope.SEND, Scope.WALLET)
NEWEST_FIRST = Order(("created_at", "id"))


class WebhookIn(Body):
    url = Text(told=(1, URL_CHARS_MAX), help_text="https://, port 443, a public address.")

    def sense_faults(self, wanted: Json) -> dict[str, str]:
        fault = url_fault(wanted["url"]) if "url" in wanted else None
        return {"url": fault} if fault else {}


class WebhookId(Body):
    id = Id()


class WebhookOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    created_at = serializers.DateTimeField()
    failing_since = serializers.DateTimeField(allow_null=True, help_text="Since when it has taken nothing.")
    disabled_at = serializers.DateTimeField(allow_null=True, help_text="When it was turned off for that.")


class NewWebhookOut(WebhookOut):
    secret = serializers.CharField(
        allow_null=True,
        help_text="What messages are signed with. Shown this once; null in a repeat with the same Idempotency-Key.",
    )


class DeliveryOut(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="The message's `webhook-id`.")
    webhook_id = serializers.UUIDField()
    type = serializers.CharField()
    status = serializers.ChoiceField(["waiting", "delivered", "given_up"])
    tries = serializers.IntegerField()
    last_status = serializers.IntegerField(allow_null=True, help_text="The status your address last answered with.")
    last_error = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    next_attempt_at = serializers.DateTimeField(allow_null=True)


def webhook(row: WebhookEndpoint) -> Json:
    return {
        "id": row.pk,
        "url": row.url,
        "created_at": row.created_at,
        "failing_since": row.failing_since,
        "disabled_at": row.disabled_at,
    }


def delivery(row: WebhookDelivery) -> Json:
    status = "delivered" if row.delivered_at else "waiting" if row.is_waiting else "given_up"
    return {
        "id": row.message_id,
        "webhook_id": row.endpoint_id,
        "type": row.kind.replace("-", "_"),
        "status": status,
        "tries": row.tries,
        "last_status": row.last_status,
        "last_error": row.last_error,
        "created_at": row.created_at,
        "delivered_at": row.delivered_at,
        "next_attempt_at": row.next_attempt_at,
    }


class Webhooks(ApiView):
    scopes = {"POST": ACTING, "DELETE": ACTING}
    scopes_besides = {"POST": (Scope.READ,)}

    @extend_schema(operation_id="list_webhooks", responses=WebhookOut(many=True))
    def get(self, request: Request) -> Response:
        """Your webhooks, oldest first; never their secrets."""
        return Response([webhook(row) for row in self.caller.webhooks.order_by("created_at", "pk")])

    @extend_schema(operation_id="add_webhook", request=WebhookIn, responses={201: NewWebhookOut})
    @idempotent(WebhookIn)
    def post(self, request: Request) -> Response:
        """Add an address to which your notifications are sent. Its owner also hears of this by mail."""
        require_key_or_fresh_session(request)
        url, by = self.shape(WebhookIn)["url"], key_of(request)
        row, secret = endpoints.add_webhook(user=self.caller, url=url, by=by, now=clock.now())
        return shown_once(webhook(row), status=201, secret=secret)

    @extend_schema(operation_id="remove_webhook_by_body", request=WebhookId, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Remove the webhook whose `id` is in the body."""
        endpoints.remove_webhook(user=self.caller, endpoint_id=self.shape(WebhookId)["id"], by=key_of(request))
        return Response(status=204)


class Webhook(ApiView):
    scopes = {"DELETE": ACTING}

    @extend_schema(operation_id="remove_webhook", responses={204: None})
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """Remove a webhook, with what waits for it."""
        endpoints.remove_webhook(user=self.caller, endpoint_id=webhook_id, by=key_of(request))
        return Response(status=204)


class WebhookSecret(ApiView):
    scopes = {"POST": ACTING}
    refusals = {"POST": (404,)}

    @extend_schema(operation_id="renew_webhook_secret", request=WebhookId, responses={200: NewWebhookOut})
    @idempotent(WebhookId)
    def post(self, request: Request) -> Response:
        """A new secret. For a day messages carry a signature of the old one too."""
        wanted, by = self.shape(WebhookId)["id"], key_of(request)
        row, secret = endpoints.renew_secret(user=self.caller, endpoint_id=wanted, by=by, now=clock.now())
        return shown_once(webhook(row), status=200, secret=secret)


class WebhookTest(ApiView):
    scopes = {"POST": ACTING}
    refusals = {"POST": (404,)}

    @extend_schema(operation_id="test_webhook", request=WebhookId, responses={202: DeliveryOut})
    @idempotent(WebhookId)
    def post(self, request: Request) -> Response:
        """Put a message of the type `test` into the queue; it goes out within half a minute."""
        wanted, by = self.shape(WebhookId)["id"], key_of(request)
        sent = endpoints.send_test(user=self.caller, endpoint_id=wanted, by=by, now=clock.now())
        return Response(delivery(sent), status=202)


class WebhookDeliveries(ApiView):
    @extend_schema(operation_id="list_webhook_deliveries", responses=DeliveryOut(many=True), parameters=PAGING)
    def get(self, request: Request) -> Response:
        """Messages to your webhooks, sent and waiting, newest first."""
        rows = WebhookDelivery.objects.filter(endpoint__user=self.caller)
        page = page_of(rows, NEWEST_FIRST, path=request.path, query=request.query_params)
        return listed(page, [delivery(row) for row in page.rows])
