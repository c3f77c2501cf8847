"""Additions to the OpenAPI document that the views' types can't express."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance
from drf_spectacular.utils import OpenApiParameter

from core.api import field_schemas  # noqa: F401 - it registers what it holds
from core.api.error_codes import all_error_codes

SENTENCE_END = re.compile(r"(?<=[.!?])\s")
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
    "required": ["error", "code", "status", "request_id", "retryable", "type", "title", "detail", "instance"],
    "properties": {
        "error": {"type": "string", "description": "One sentence for a person."},
        "code": {"$ref": "#/components/schemas/ErrorCode"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "retryable": {"type": "boolean", "description": "Whether the same may be taken later, by itself."},
        "type": {"type": "string", "format": "uri", "description": "Where the code is explained."},
        "title": {"type": "string", "description": "The code as words."},
        "detail": {"type": "string", "description": "As `error`."},
        "instance": {"type": "string", "format": "uri-reference", "description": "This request, by its id."},
        "request_id": {"type": ["string", "null"]},
        "next_step": {"type": "string", "description": "What to do now. Some server errors don't say."},
        "retry_at": {"type": "string", "format": "date-time"},
        "payment_required": {"type": "boolean", "description": "Of a 402: true."},
        "required": {"type": "integer", "description": "Of a 402: the cents it takes."},
        "available": {"type": "integer", "description": "Of a 402: the cents there are."},
        "id": {"type": "string", "format": "uuid", "description": "Of a 402: the drop, which waits unpaid."},
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
    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            # For `answers`, which tells of them and takes this away again.
            operation["x-refusals"] = [*getattr(self.view, "refusals", {}).get(self.method, ())]
            if self.method == "DELETE" and "{" not in self.path:
                operation["requestBody"] = self.body_that_names_one()
        return operation

    def body_that_names_one(self) -> dict[str, Any]:
        """Return the body of a DELETE whose path names no row; the generator gives no DELETE one."""
        asked = self.resolve_serializer(force_instance(self.get_request_serializer()), "request")
        return {"content": {"application/json": {"schema": asked.ref}}, "required": True}

    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters())
        if self.method == "POST":
            parameters.append(IDEMPOTENCY_KEY)
        return parameters

    def get_auth(self) -> list[Any]:
        """A key or a session, not both; where strangers may read as well, no credentials is one of the ways."""
        classes = self.view.permission_classes
        right = "lets_strangers_in" if self.method == "GET" else "lets_strangers_write"
        is_open = any(getattr(each, right, False) for each in classes)
        return [*super().get_auth(), *([{}] if is_open else [])]

    def get_summary(self) -> str:
        """The first sentence of what the operation does."""
        first = SENTENCE_END.split(" ".join(self.get_description().split()))[0]
        return first.rstrip(".")

    def get_tags(self) -> list[str]:
        """The first part of the path behind /api/."""
        return [self.path.strip("/").split("/")[1]]


def error_code_schema() -> dict[str, Any]:
    """Return the enum of all codes, with the statuses of each, when it comes, and whether waiting alone may help."""
    codes = all_error_codes()
    told = {
        each.code: {"status": list(each.statuses), "when": each.when, "retryable": each.retryable} for each in codes
    }
    return {
        "type": "string",
        "description": "For a program. `docs/errors.md` and /help/errors say what to do about each.",
        "enum": [each.code for each in codes],
        "x-error-codes": told,
    }
