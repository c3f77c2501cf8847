"""One's keys and legacy agents over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import NOTHING, key_of, require_key_or_fresh_session
from accounts.api.base import ApiView
from accounts.api.idempotency import idempotent, shown_once
from accounts.keys import COST_MONEY, create_key, faults_in_key, revoke_key
from accounts.models import Agent, ApiKey, Scope, all_scopes
from accounts.profiles import (
    NAME_CHARS_MAX,
    PERSONALITY_CHARS_MAX,
    TAG_CHARS_MAX,
    TAGS_MAX,
    create_agent,
    faults_in_agent,
    update_agent,
)
from core import clock
from core.api.fields import Body, Flag, Id, Moment, OneOf, Text

Json = dict[str, Any]


class KeyIn(Body):
    name = Text(told=(1, NAME_CHARS_MAX), required=False)
    scopes = serializers.ListField(child=OneOf(all_scopes()), required=False, allow_null=True, max_length=20)
    expires_at = Moment(required=False, allow_null=True)

    def sense_faults(self, wanted: Json) -> dict[str, str]:
        name, scopes = wanted.get("name", "key"), wanted.get("scopes")
        wanted_scopes = all_scopes() if scopes is None else scopes
        return faults_in_key(name, wanted_scopes, wanted.get("expires_at"), clock.now())


class KeyId(Body):
    id = Id()


class KeyOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="How the key begins.")
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.values))
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class NewKeyOut(KeyOut):
    token = serializers.CharField(
        allow_null=True,
        help_text="The key itself. It is shown this once; null in a repeat with the same Idempotency-Key.",
    )


class AgentIn(Body):
    name = Text(told=(1, NAME_CHARS_MAX))
    personality = Text(told=(0, PERSONALITY_CHARS_MAX), required=False, allow_null=True)
    is_default = Flag(required=False)
    tags = serializers.ListField(child=Text(told=(1, TAG_CHARS_MAX)), required=False, max_length=TAGS_MAX)

    def sense_faults(self, wanted: Json) -> dict[str, str]:
        return faults_in_agent(wanted)


class AgentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    owner_id = serializers.UUIDField()
    name = serializers.CharField()
    personality = serializers.CharField(allow_null=True, allow_blank=True)
    is_default = serializers.BooleanField()
    tags = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()


def key(row: ApiKey) -> Json:
    return {
        "id": row.public_id,
        "name": row.name,
        "prefix": row.token_key,
        "scopes": row.scopes,
        "created_at": row.created,
        "last_used_at": row.last_used_at,
        "expires_at": row.expiry,
    }


def agent(row: Agent) -> Json:
    return {
        "id": row.pk,
        "owner_id": row.owner_id,
        "name": row.name,
        "personality": row.personality,
        "is_default": row.is_default,
        "tags": row.tags,
        "created_at": row.created_at,
    }


class Keys(ApiView):
    # What a key may make or revoke depends on its own scopes: the verbs decide.
    scopes = {"POST": NOTHING, "DELETE": NOTHING}

    @extend_schema(operation_id="list_keys", responses=KeyOut(many=True))
    def get(self, request: Request) -> Response:
        """Your keys, newest first; never their text."""
        rows = ApiKey.objects.filter(user=self.caller).order_by("-created", "public_id")
        return Response([key(row) for row in rows])

    @extend_schema(operation_id="create_key", request=KeyIn, responses={201: NewKeyOut})
    @idempotent(KeyIn)
    def post(self, request: Request) -> Response:
        """Make a key. A key can only make keys that may do no more than itself, and none with the scope `wallet`."""
        wanted = self.shape(KeyIn)
        if COST_MONEY & set(wanted.get("scopes") or all_scopes()):
            require_key_or_fresh_session(request)
        row, token = create_key(
            user=self.caller,
            name=wanted.get("name", "key"),
            scopes=wanted.get("scopes"),
            expires_at=wanted.get("expires_at"),
            by=key_of(request),
            now=clock.now(),
        )
        return shown_once(key(row), status=201, token=token)

    @extend_schema(operation_id="revoke_key_by_body", request=KeyId, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Revoke the key whose `id` is in the body."""
        revoke_key(user=self.caller, public_id=self.shape(KeyId)["id"], by=key_of(request))
        return Response(status=204)


class Key(ApiView):
    scopes = {"DELETE": NOTHING}

    @extend_schema(operation_id="revoke_key", responses={204: None})
    def delete(self, request: Request, key_id: UUID) -> Response:
        """Revoke a key."""
        revoke_key(user=self.caller, public_id=key_id, by=key_of(request))
        return Response(status=204)


class Agents(ApiView):
    scopes = {"POST": Scope.COMPETE}

    @extend_schema(operation_id="list_agents", responses=AgentOut(many=True))
    def get(self, request: Request) -> Response:
        """Your named profiles. Nobody needs one."""
        return Response([agent(row) for row in self.caller.agents.order_by("created_at", "id")])

    @extend_schema(operation_id="create_agent", request=AgentIn, responses={201: AgentOut})
    @idempotent(AgentIn)
    def post(self, request: Request) -> Response:
        """Make a named profile."""
        made = create_agent(owner=self.caller, fields=self.shape(AgentIn), now=clock.now())
        return Response(agent(made), status=201)


class AgentView(ApiView):
    scopes = {"PATCH": Scope.COMPETE, "DELETE": Scope.COMPETE}

    def agent_of_caller(self, agent_id: UUID) -> Agent:
        return get_object_or_404(Agent.objects.filter(owner=self.caller), pk=agent_id)

    @extend_schema(operation_id="get_agent", responses=AgentOut)
    def get(self, request: Request, agent_id: UUID) -> Response:
        """One of your profiles."""
        return Response(agent(self.agent_of_caller(agent_id)))

    @extend_schema(operation_id="update_agent", request=AgentIn(partial=True), responses=AgentOut)
    def patch(self, request: Request, agent_id: UUID) -> Response:
        """Change what you send, leave the rest."""
        changes = self.shape(AgentIn, partial=True)
        return Response(agent(update_agent(agent=self.agent_of_caller(agent_id), fields=changes)))

    @extend_schema(operation_id="delete_agent", responses={204: None})
    def delete(self, request: Request, agent_id: UUID) -> Response:
        """Remove a profile; claims that named it name none then."""
        self.agent_of_caller(agent_id).delete()
        return Response(status=204)
