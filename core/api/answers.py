"""All answers of an operation in the OpenAPI document: its refusals by status, and the headers of each answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from core.api.schema import PROBLEM, error_code_schema

Json = dict[str, Any]

# Whatever is asked may be wrong, too often, not wanted as JSON, on a condition, expecting more, or a fault of ours.
OF_ALL = (400, 401, 403, 406, 412, 417, 429, 500)
# A body may be too slow, too large, of another type, in a transfer coding that we don't know, one of too many at once.
OF_BODIES = (408, 413, 415, 501, 503)
TEXT, WHOLE = {"type": "string"}, {"type": "integer", "minimum": 0}
HEADERS: dict[str, Json] = {
    "X-Request-ID": {"schema": TEXT, "description": "The request by its id; one that was sent comes back."},
    "RateLimit": {
        "schema": TEXT,
        "description": "Under the named policy: requests left (`r`), seconds to the next count (`t`).",
    },
    "RateLimit-Policy": {"schema": TEXT, "description": "How many requests (`q`) in how many seconds (`w`)."},
    "Retry-After": {"schema": WHOLE, "description": "In how many seconds it may be asked again, where that is known."},
    "WWW-Authenticate": {
        "schema": TEXT,
        "description": "The scope that the key lacks, or that the key is no good (RFC 6750).",
    },
    "ETag": {"schema": TEXT, "description": "For `If-None-Match`, which is answered 304 where nothing has changed."},
    "Allow": {"schema": TEXT, "description": "The methods that the address takes."},
    "Link": {"schema": TEXT, "description": "The next and the previous page, by `rel`, where there is one."},
    "Idempotent-Replayed": {
        "schema": {"type": "string", "const": "true"},
        "description": "The first answer to this `Idempotency-Key`, again.",
    },
}
ALWAYS = ("X-Request-ID", "RateLimit", "RateLimit-Policy")
BY_STATUS = {401: ("WWW-Authenticate",), 403: ("WWW-Authenticate",), 405: ("Allow",)} | dict.fromkeys(
    (409, 429, 503), ("Retry-After",)
)


def describe_answers(result: Json, generator: Any, request: Any, public: bool) -> Json:
    """Name every status that an operation can answer with, with the one shape of all refusals, and all headers."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(Problem=PROBLEM, ErrorCode=error_code_schema())
    components["headers"] = HEADERS
    for method, path, operation in operations_of(result):
        _describe(operation, method, path)
        if any(method not in result["paths"][other] for other in others_that_fit(path, result["paths"])):
            # An id that is the name of an address beside: GET /api/jobs/run.
            operation["responses"]["405"] = {"$ref": f"#/components/responses/{name_of(405)}"}
    named = {int(status) for _, _, operation in operations_of(result) for status in operation["responses"]}
    components["responses"] = {name_of(status): refusal(status) for status in sorted(named) if status >= 400}
    return result


def others_that_fit(path: str, paths: Iterable[str]) -> list[str]:
    """Return the addresses without an id in the place where `path` has one."""
    fits = re.compile(re.sub(r"\{[^}]*\}", "[^/{}]+", path))
    return [other for other in paths if other != path and fits.fullmatch(other)]


def operations_of(result: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield each operation with its method and its path."""
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            yield method, path, operation


def _describe(operation: Json, method: str, path: str) -> None:
    answers = operation["responses"]
    for status, answer in answers.items():
        answer["description"] = answer["description"] or HTTPStatus(int(status)).phrase
        if (stream := answer.get("content", {}).get("text/event-stream")) is not None:
            # Made into a list, as all that an operation answers with which lists things.
            stream["schema"] = stream["schema"].get("items", stream["schema"])
        answer["headers"] = refer(*ALWAYS, *_headers_of_success(operation, method, status))
    if method == "get":
        answers["304"] = {"description": "As `If-None-Match` has it.", "headers": refer(*ALWAYS, "ETag", "Link")}
    for status in sorted(_refused_with(operation, method, path)):
        answers[str(status)] = {"$ref": f"#/components/responses/{name_of(status)}"}


def _headers_of_success(operation: Json, method: str, status: str) -> list[str]:
    goes_on = any(each["name"] == "cursor" for each in operation.get("parameters", ()))
    names = {"ETag": method == "get" and status == "200", "Link": goes_on, "Idempotent-Replayed": method == "post"}
    return [name for name, is_sent in names.items() if is_sent]


def _refused_with(operation: Json, method: str, path: str) -> set[int]:
    statuses = {*OF_ALL, *operation.pop("x-refusals")}
    if "{" in path or method == "delete":
        statuses.add(404)
    if method != "get":
        statuses |= {*OF_BODIES, 409}
    return statuses | {422} if method == "post" else statuses


def name_of(status: int) -> str:
    """Return the component's name of a refusal with this status: `NotFound`."""
    return "".join(word for word in HTTPStatus(status).phrase.title() if word.isalpha())


def refusal(status: int) -> Json:
    """Return an answer that is a problem document."""
    return {
        "description": HTTPStatus(status).phrase,
        "headers": refer(*ALWAYS, *BY_STATUS.get(status, ())),
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def refer(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
