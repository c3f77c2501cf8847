"""An example of every request and answer in the OpenAPI document, made from the schemas and from values by name."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from core.api.answers import Json, name_of, operations_of
from core.api.error_codes import ErrorCode, all_error_codes

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
BY_FORMAT: dict[str, Any] = {"uuid": ID, "date-time": "2030-01-31T12:00:00Z", "uri": "https://clorp.example/help"}
BY_NAME: dict[str, Any] = {
    "prompt": "Name my ferry.",
    "title": "A name for a ferry",
    "body": "The Good Crossing",
    "output": "The Good Crossing",
    "price_cents": 500,
    "prize_cents": 500,
    "min_price_cents": 500,
    "time_limit_seconds": 300,
    "name": "Ferryman",
    "url": "https://hook.example/clorp",
    "avatar_url": "https://pictures.example/ada.png",
    "email": "ada@example.com",
    "country": "DE",
    "amount_cents": 1000,
    "threshold_cents": 500,
    "reason": "It names a person.",
    "seat": 3,
    "seats_total": 5,
    "place": 1,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "token": "clorp_pat_…",
    "secret": "whsec_…",
    "confirmed": True,
    "cursor": "",
    "Last-Event-ID": "12",
    "Idempotency-Key": "ferry-1",
}
WORDS = "…"


def describe_examples(result: Json, generator: Any, request: Any, public: bool) -> Json:
    """Add to every parameter, body and answer an example that its own schema takes."""
    schemas = result["components"]["schemas"]
    for _, _, operation in operations_of(result):
        for parameter in operation.get("parameters", ()):
            parameter["example"] = example_of(parameter["schema"], schemas, parameter["name"])
        for content in (operation.get("requestBody", {}), *operation["responses"].values()):
            _illustrate(content.get("content", {}), schemas)
    statuses = {name_of(status): status for status in HTTPStatus}
    for name, answer in result["components"]["responses"].items():
        answer["content"]["application/problem+json"]["example"] = problem(statuses[name])
    return result


def _illustrate(content: Json, schemas: Json) -> None:
    for media_type, media in content.items():
        if media_type in {"application/json", "multipart/form-data"}:
            media["example"] = example_of(media["schema"], schemas)


def problem(status: int) -> Json:
    """Return a problem document as a refusal with this status would bring it."""
    code = _code_with(status)
    told = {"error": code.when, "code": code.code, "status": status, "retryable": code.retryable}
    own = {"title": code.title, "detail": code.when, "request_id": "3f0c", "instance": "#3f0c"}
    short = {"payment_required": True, "required": 500, "available": 120, "id": ID} if status == 402 else {}
    return {**told, **own, "type": f"https://clorp.example/help/errors#{code.code}", **short}


def _code_with(status: int) -> ErrorCode:
    # One that has no other status tells most of this one.
    return min((each for each in all_error_codes() if status in each.statuses), key=lambda each: len(each.statuses))


def example_of(schema: Mapping[str, Any], schemas: Json, name: str = "") -> Any:
    """Return a value that `schema` takes: the one known by `name`, if it does; else the simplest."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            return example_of(schema[several][0], schemas, name)
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", ["object"])
    kind = next(each for each in kinds if each != "null")
    if name in BY_NAME and kind in {"string", "integer", "boolean"} and "enum" not in schema:
        return BY_NAME[name]
    return _simplest(kind, schema, schemas, name)


def _simplest(kind: str, schema: Mapping[str, Any], schemas: Json, name: str) -> Any:
    if kind == "object":
        more = schema.get("additionalProperties")
        inside = {each: example_of(its, schemas, each) for each, its in schema.get("properties", {}).items()}
        return inside or ({"KEY": example_of(more, schemas)} if isinstance(more, Mapping) else {})
    if kind == "array":
        return [example_of(schema["items"], schemas, name)]
    if "enum" in schema or "default" in schema:
        return schema.get("default", schema.get("enum", [None])[0])
    if kind == "string":
        return BY_FORMAT.get(schema.get("format", ""), WORDS * schema.get("minLength", 1))
    return {"boolean": False, "integer": schema.get("minimum", 0), "number": 0.5}[kind]
