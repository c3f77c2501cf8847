"""How a tool does its work: it asks the API, in this process, by the key of whoever called it.

So scopes, limits, idempotency, seals and refusals are those of the API, because they are the API's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.http import HttpResponse
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

from core.live.guest import VISIT, Inquiry, Visit

QUESTION = "clorp.question"
Json = dict[str, Any]
JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """An answer of the API: its body, and the address of the list's next page where there is one."""

    body: Any
    link: str = ""


def visit_of(context: Context[Any, Any]) -> Visit:
    """Return whose call this is."""
    request: Any = context.request_context.request
    return cast(Visit, request.scope[VISIT])


class Api:
    """The API as the caller of a tool may use it. Whatever it refuses is raised as a ToolError with its words."""

    def __init__(self, context: Context[Any, Any]) -> None:
        self.visit = visit_of(context)
        # Of a call that brings a person's answer to a question of ours: an Idempotency-Key for that question.
        request: Any = context.request_context.request
        self.question_key: str | None = request.scope.get(QUESTION)

    async def get(self, path: str, **query: object) -> Any:
        return (await self.page(path, **query)).body

    async def page(self, path: str, **query: object) -> Answer:
        """One page of a list. Of the query, what is None is left out."""
        asked = {name: _word(value) for name, value in query.items() if value is not None}
        response = await self._ask("GET", path, query=urlencode(asked))
        return Answer(_read(response), response.get("Link", ""))

    async def post(self, path: str, body: Mapping[str, Any] | None = None, *, key: str | None = None) -> Any:
        """`key` is the Idempotency-Key. Members of the body that are None are left out."""
        sent = {name: value for name, value in (body or {}).items() if value is not None}
        return await self.post_bytes(path, orjson.dumps(sent), kind=JSON, key=key)

    async def post_bytes(self, path: str, body: bytes, *, kind: str, key: str | None = None) -> Any:
        headers = {"Content-Type": kind, **({} if key is None else {"Idempotency-Key": key})}
        return _read(await self._ask("POST", path, body=body, headers=headers))

    async def _ask(self, method: str, path: str, **more: Any) -> HttpResponse:
        # The same id, so that the log tells what belongs to one call.
        request_id = {"X-Request-ID": str(getattr(self.visit.request, "request_id", ""))}
        headers = {"Accept": JSON, **request_id, **more.pop("headers", {})}
        response = await self.visit.ask(Inquiry(method, f"/api/{path}", headers=headers, **more))
        if response.status_code >= 400:
            raise refusal(orjson.loads(response.content))
        return response


def job_path(job_id: UUID, step: str = "") -> str:
    """Return the path of a drop below /api/, or of one of its steps."""
    return f"jobs/{job_id}/{step}".rstrip("/")


def refusal(problem: Json) -> ToolError:
    """Return a problem document as what a model reads: only the text of a ToolError reaches it."""
    wait = {"retry_at": problem.get("retry_at")}
    faults = {f"field {fault['field']}": fault["error"] for fault in problem.get("errors", []) if fault["field"]}
    told = {"code": problem["code"], "error": problem["error"], **faults, "next_step": problem.get("next_step"), **wait}
    return ToolError("\n".join(["refused", *(f"{name}: {value}" for name, value in told.items() if value)]))


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(response: HttpResponse) -> Any:
    return orjson.loads(response.content) if response.content else None
