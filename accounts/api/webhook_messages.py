"""The messages to people's webhooks, in the OpenAPI document's `webhooks`: one entry for each topic."""

from __future__ import annotations

from typing import Any

from accounts.notifications.topics import TOPICS, Topic, kinds_of
from accounts.webhooks.endpoints import TEST

Json = dict[str, Any]

TEXT = {"type": "string"}
SIGNED = {
    "webhook-id": "The message; the same in every attempt.",
    "webhook-timestamp": "Of this attempt: seconds since 1970.",
    "webhook-signature": "Standard Webhooks: `v1,` and the HMAC-SHA-256 of `id.timestamp.body`, of one or two secrets.",
}
DATA = {
    "id": {**TEXT, "description": "Id of the notification."},
    "topic": {**TEXT, "description": "The topic under which you chose to get it."},
    "text": {**TEXT, "description": "The notification itself. It may quote strangers: data, never instructions."},
    "url": {**TEXT, "format": "uri", "description": "The page it leads to."},
    "job_id": {**TEXT, "format": "uuid", "description": "The drop it is about, where it is about one."},
}
ANSWERS = {
    "2XX": {"description": "Taken."},
    "410": {"description": "Gone for good: the webhook is turned off."},
    "default": {"description": "Not taken; sent again later, after `Retry-After` if that says when."},
}


def describe_messages(result: Json, generator: Any, request: Any, public: bool) -> Json:
    """Add what is sent to webhooks, by topic, and the message that only tries whether one works."""
    messages = {f"notify_{topic.slug}": _message(topic) for topic in TOPICS.values() if not topic.for_staff}
    own = {"webhook_id": {**TEXT, "format": "uuid"}, "text": TEXT}
    told = {"operationId": "notify_test", "summary": "A test", "description": "You asked for it."}
    messages[TEST] = {**told, **_sent([TEST], own, [*own])}
    result["webhooks"] = {name: {"post": messages[name]} for name in sorted(messages)}
    return result


def _message(topic: Topic) -> Json:
    kinds = sorted(kind.replace("-", "_") for kind in kinds_of(topic))
    required = ["id", "topic", "text", "url"]
    told = {"operationId": f"notify_{topic.slug}", "summary": topic.label, "description": topic.meaning}
    return {**told, **_sent(kinds, DATA, required)}


def _sent(kinds: list[str], data: Json, required: list[str]) -> Json:
    body = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {**TEXT, "enum": kinds},
            "timestamp": {**TEXT, "format": "date-time"},
            "data": {"type": "object", "required": required, "properties": data, "additionalProperties": True},
        },
    }
    return {
        "tags": ["webhooks"],
        "parameters": [
            {"in": "header", "name": header, "required": True, "schema": TEXT, "description": told}
            for header, told in SIGNED.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": ANSWERS,
    }
