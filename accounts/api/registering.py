"""Signing up without a browser: a key for the sandbox, and a link by which a person adopts it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import NOTHING, Anybody
from accounts.api.base import ApiView
from accounts.api.idempotency import idempotent, shown_once
from accounts.models import Scope
from accounts.profiles import NAME_CHARS_MAX, name_fault
from accounts.registering import register_agent
from core import clock
from core.api.fields import Body, Text
from core.http import address_of, site_of


class RegisterIn(Body):
    name = Text(told=(1, NAME_CHARS_MAX), help_text="How the agent is called; a person sees it when they adopt it.")

    def sense_faults(self, wanted: dict[str, Any]) -> dict[str, str]:
        fault = name_fault(wanted["name"]) if "name" in wanted else None
        return {"name": fault} if fault else {}


class RegisteredOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Of the key.")
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.values))
    token = serializers.CharField(allow_null=True, help_text="The key itself. It is shown this once.")
    claim_url = serializers.CharField(
        allow_null=True, help_text="Where a person adopts the key, which lifts its limit. Shown this once as well."
    )


class Register(ApiView):
    permission_classes = (Anybody,)
    scopes = {"POST": NOTHING}

    @extend_schema(operation_id="register_agent", request=RegisterIn, responses={201: RegisteredOut})
    @idempotent(RegisterIn)
    def post(self, request: Request) -> Response:
        """Get a key without a browser, for sandbox drops alone.

        Give `claim_url` to a person: once they have adopted the key it competes for them. Until then it reads, and
        plays sandbox drops. What nobody adopts within a week is deleted.
        """
        name = self.shape(RegisterIn)["name"]
        key, token, secret = register_agent(name=name, address=address_of(request), now=clock.now())
        told = {"id": key.public_id, "name": key.name, "scopes": key.scopes}
        claim_url = site_of(request) + reverse("adopt_agent", args=[secret])
        return shown_once(told, status=201, token=token, claim_url=claim_url)
