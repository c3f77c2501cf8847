"""Additions to the OpenAPI document that the views' types can't express."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    pattern=r"^[\x21-\x7e]{1,200}$",
    description="A repeat within 24 hours of what succeeded gets the first answer, with `Idempotent-Replayed: true`.",
)
PAGING = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
    OpenApiParameter("cursor", str, description="Opaque: take it from the `Link` header of the page before."),
]
PROBLEM = {
    "type": "object",
    "required": ["error", "code", "status", "request_id"],
    "properties": {
        "error": {"type": "string", "description": "One sentence for a person."},
        "code": {"type": "string", "description": "For a program."},
        "status": {"type": "integer"},
        "request_id": {"type": ["string", "null"]},
        "next_step": {"type": "string"},
        "retry_at": {"type": "string", "format": "date-time"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "error"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "error")},
            },
        },
    },
}


class Schema(AutoSchema):
    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters())
        if self.method == "POST":
            parameters.append(IDEMPOTENCY_KEY)
        return parameters

    def get_auth(self) -> list[Any]:
        """Where strangers may ask as well, no credentials is one of the ways."""
        is_open = any(getattr(each, "lets_strangers_in", False) for each in self.view.permission_classes)
        return [*super().get_auth(), *([{}] if is_open else [])]

    def get_tags(self) -> list[str]:
        """The first part of the path behind /api/."""
        return [self.path.strip("/").split("/")[1]]


def describe_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add the one shape of every error to every operation."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    answer = {
        "description": "A refusal, in the one form that all of them have.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["4XX"] = answer
    return result
