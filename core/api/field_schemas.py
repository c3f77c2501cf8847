"""Bounds of fields in the OpenAPI document: those that a field itself keeps, and those that it tells of its verb."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension

from core.api.fields import OneOf, Text, Whole

BLANK = {"type": "string", "maxLength": 0}


class WholeSchema(OpenApiSerializerFieldExtension):
    target_class = Whole

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        least, most = self.target.told
        return {"type": "integer", **known(minimum=least, maximum=most)}


class TextSchema(OpenApiSerializerFieldExtension):
    target_class = Text
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        least, most = self.target.told
        if isinstance(self.target, OneOf):
            return {"type": "string", "enum": [*self.target.names, *([None] if self.target.allow_null else [])]}
        return {"type": "string", **known(minLength=least or None, maxLength=most)}


def known(**bounds: int | None) -> dict[str, int]:
    return {name: bound for name, bound in bounds.items() if bound is not None}


def forbid_blanks(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Take back that a text may be empty where its verb refuses that: the field leaves it to the verb to say so."""
    for schema in result["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            if BLANK in field.get("oneOf", ()):
                field.update(field.pop("oneOf")[0])
    return result
