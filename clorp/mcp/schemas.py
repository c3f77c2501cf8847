"""The schemas of tools, said in as few words as will do: a model pays for each of them in every conversation."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver.tools import Tool

Json = dict[str, Any]


def slimmed(tool: Tool) -> Tool:
    """Return the tool with schemas that say the same, without titles, and with null as one of a field's types."""
    tool.parameters = {**slim(tool.parameters), "additionalProperties": False}
    if tool.fn_metadata.output_schema is not None:
        tool.fn_metadata.output_schema = slim(tool.fn_metadata.output_schema)
    return tool


def slim(schema: Any, *, names: bool = False) -> Any:
    """Return a schema without what says nothing; where `names`, its members are fields by their names."""
    if isinstance(schema, list):
        return [slim(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if names:
        return {name: slim(one) for name, one in schema.items()}
    left = {name: value for name, value in schema.items() if name != "title" and (name, value) != ("default", None)}
    left = _with_null(left)
    return {name: slim(value, names=name in {"properties", "$defs"}) for name, value in left.items()}


def _with_null(schema: Json) -> Json:
    """Put `"type": ["string", "null"]` in the place of a choice between a plain type and null."""
    choices = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if len(choices) != 1 or len(schema.get("anyOf", [])) != 2 or not isinstance(choices[0].get("type"), str):
        return schema
    others = {name: value for name, value in schema.items() if name != "anyOf"}
    nullable = {**choices[0], "type": [choices[0]["type"], "null"]}
    if "enum" in nullable:
        nullable["enum"] = [*nullable["enum"], None]
    return {**others, **nullable}
