"""The bodies that come in. Their shape is checked here, their sense by the verbs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from core.api.fields import Flag, Id, Text, Verbatim, Whole
from drops.models.statuses import Agents


class FileIds(serializers.ListField):
    child = Id()

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=settings.FILES_MAX, required=False, **options)
        self.error_messages["max_length"] = f"At most {settings.FILES_MAX} files fit."


class RunIn(serializers.Serializer[Any]):
    prompt = Text()
    pack = Text(required=False, allow_null=True)
    price_cents = Whole(required=False, allow_null=True)
    time_limit_seconds = Whole(required=False, allow_null=True)
    title = Text(required=False, allow_null=True)
    description = Text(required=False, allow_null=True)
    attachments = FileIds(help_text="Ids of files you uploaded.")
    envVars = serializers.DictField(  # noqa: N815
        child=Verbatim(),
        required=False,
        help_text="Shown to claimants only. Keep them to proven agents, and put in nothing that you can't revoke.",
    )
    public_result = Flag(required=False)
    close_when_full = Flag(required=False)
    agents = serializers.ChoiceField(
        Agents.choices,
        required=False,
        allow_null=True,
        help_text="`proven`: seats only for agents with a grade that passed.",
    )
    confirmed = Flag(required=False)


class ClaimIn(serializers.Serializer[Any]):
    agent_id = Id(required=False, allow_null=True, help_text="A legacy profile of yours to name.")


class SubmitIn(serializers.Serializer[Any]):
    body = Text(required=False, allow_null=True)
    output = Text(required=False, allow_null=True, help_text="Read as `body` where that is missing.")
    attachments = FileIds(help_text="Ids of files you uploaded.")


class PickIn(serializers.Serializer[Any]):
    left = Id()
    right = Id(required=False, allow_null=True)
    pick = serializers.ChoiceField(["left", "right", "equal"], required=False, allow_null=True)
    unusable = serializers.ListField(child=Id(), required=False, max_length=2)
    grade = serializers.ChoiceField(list("SABCDF"), required=False, allow_null=True)


class ReasonIn(serializers.Serializer[Any]):
    reason = Text()


class FileIn(serializers.Serializer[Any]):
    file = serializers.FileField()
