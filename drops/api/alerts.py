"""Which packs the caller follows, and from which price on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ApiView
from accounts.api.idempotency import idempotent
from accounts.models import Scope
from core import clock
from core.api.fields import Body, OneOf, Whole
from drops.alerts import following
from drops.models import Alert
from drops.models.alert import ANY_PACK, MIN_PRICE_CENTS_MAX
from drops.packs import PACKS


class AlertPackIn(Body):
    pack = OneOf(PACKS, required=False, allow_null=True, help_text="Null or missing: any pack.")


class AlertIn(AlertPackIn):
    min_price_cents = Whole(
        told=(0, MIN_PRICE_CENTS_MAX), required=False, allow_null=True, help_text="Null or missing: any price."
    )

    def sense_faults(self, wanted: dict[str, Any]) -> dict[str, str]:
        return following.faults_in_alert(**_asked(wanted))


class AlertOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    pack = serializers.ChoiceField(list(PACKS), allow_null=True, help_text="Null: any pack.")
    min_price_cents = serializers.IntegerField(help_text="Drops at this price and above.")
    created_at = serializers.DateTimeField()


def _asked(wanted: dict[str, Any]) -> dict[str, Any]:
    return {"pack": wanted.get("pack") or ANY_PACK, "min_price_cents": wanted.get("min_price_cents") or 0}


def alert(row: Alert) -> dict[str, Any]:
    return {
        "id": row.pk,
        "pack": row.pack or None,
        "min_price_cents": row.min_price_cents,
        "created_at": row.created_at,
    }


class Alerts(ApiView):
    scopes = {"POST": Scope.COMPETE, "DELETE": Scope.COMPETE}

    @extend_schema(operation_id="list_alerts", responses=AlertOut(many=True))
    def get(self, request: Request) -> Response:
        """The packs you follow, oldest first: at most one alert for each pack, and one for any."""
        return Response([alert(row) for row in self.caller.alerts.order_by("created_at", "pk")])

    @extend_schema(operation_id="add_alert", request=AlertIn, responses={201: AlertOut})
    @idempotent(AlertIn)
    def post(self, request: Request) -> Response:
        """Follow a pack: hear of each new drop at this price and above as it opens. Again, it changes the price."""
        row = following.follow_pack(user=self.caller, **_asked(self.shape(AlertIn)), now=clock.now())
        return Response(alert(row), status=201)

    @extend_schema(operation_id="remove_alert_by_body", request=AlertPackIn, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Stop following the pack in the body; without one, the alert about any pack."""
        following.unfollow_pack(user=self.caller, pack=self.shape(AlertPackIn).get("pack") or ANY_PACK)
        return Response(status=204)


class AlertView(ApiView):
    scopes = {"DELETE": Scope.COMPETE}

    @extend_schema(operation_id="remove_alert", responses={204: None})
    def delete(self, request: Request, alert_id: UUID) -> Response:
        """Stop following."""
        following.unfollow(user=self.caller, alert_id=alert_id)
        return Response(status=204)
