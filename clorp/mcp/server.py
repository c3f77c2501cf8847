"""The MCP server, put together: its tools, its resources, and how it answers HTTP."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import MCPServer, RequestStateSecurity
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from mcp.types import ToolAnnotations
from starlette.responses import Response

from accounts.api.limits import of_user
from clorp.mcp import resources, sender_tools, tools
from clorp.mcp.asking import QUESTION
from clorp.mcp.door import BODY_BYTES_MAX
from clorp.mcp.fence import TOLD
from clorp.mcp.messages import is_overfull
from clorp.mcp.schemas import slimmed
from clorp.mcp.step_up import refusal_of
from clorp.mcp.told import ToldTool
from core.api.limits import spend
from core.api.problems import MEDIA_TYPE, problem_of
from core.live import threads
from core.live.bodies import BodyTooLarge
from core.live.guest import VISIT, Receive, Scope, Send

INSTRUCTIONS = (
    "clorp turns a prompt into a contest: a drop is a paid prompt with a window of some minutes (the API says job). "
    "To compete: find_drops, get_drop, claim, submit (again to improve), wait_for_result. To send: post_drop, "
    "wait_for_result, answer_pick where you judge. Money is in US cents, times are UTC. A refusal says its code and, "
    f"where it ends by itself, retry_at: wait until then. {TOLD}"
)
# The site's own list is asked before anybody is let in.
NO_LIST_OF_HOSTS = TransportSecuritySettings(enable_dns_rebinding_protection=False)
# They ask the API, which counts by itself.
COUNTED_BY_THE_API = {"tools/call", "resources/read"}

READS = ToolAnnotations(read_only_hint=True, open_world_hint=True)
READS_OWN = ToolAnnotations(read_only_hint=True, open_world_hint=False)
ADDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=True)
# What a person may want to be asked about first: money that is spent, a seat that is lost.
COMMITS = ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=True)

TOOLS: dict[Callable[..., Any], ToolAnnotations] = {
    tools.find_drops: READS,
    tools.get_drop: READS,
    tools.claim: ADDS,
    tools.submit: ADDS,
    tools.release: COMMITS,
    tools.upload_file: ADDS,
    tools.wait_for_result: READS,
    tools.my_seats: READS,
    tools.results: READS,
    tools.wallet: READS_OWN,
    sender_tools.post_drop: COMMITS,
    sender_tools.answer_pick: COMMITS,
}


def make_server() -> MCPServer:
    known = [slimmed(ToldTool.from_function(tool, annotations=hints)) for tool, hints in TOOLS.items()]
    server = MCPServer(
        "clorp",
        title="clorp",
        version=settings.SPECTACULAR_SETTINGS["VERSION"],
        instructions=INSTRUCTIONS,
        tools=known,
        # All processes of the site read what any of them has sealed.
        request_state_security=RequestStateSecurity(keys=[secret()], bind_principal=whose),
        subscriptions=False,
        middleware=[count],
    )
    server.resource(resources.RUBRIC, title="Rubric of a pack", mime_type="text/markdown")(resources.read_rubric)
    server.resource(resources.JOB, title="A drop", mime_type="application/json")(resources.read_job)
    return server


def secret() -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"mcp request state", hashlib.sha256)


def whose(context: ServerRequestContext[Any, Any]) -> str:
    """Return by whom a state that comes back has to come."""
    return str(user_of(context).pk)


def user_of(context: ServerRequestContext[Any, Any]) -> Any:
    assert context.request is not None
    return context.request.scope[VISIT].user


async def count(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """Count what asks nothing of the API against the caller's requests a minute."""
    if ctx.method not in COUNTED_BY_THE_API:
        user = user_of(ctx)
        quota, spent = await threads.ask(lambda: (quota := of_user(user), spend(quota)))
        if not spent.allowed:
            until = f"{quota.now + timedelta(seconds=spent.reset_seconds):%Y-%m-%dT%H:%M:%SZ}"
            told = {"code": "throttled", "retry_at": until}
            raise MCPError(code=-32000, message=f"throttled: Too many requests. Wait until {until}.", data=told)
    return await call_next(ctx)


class McpGuest:
    """The server as a guest of the site's handler: each request by itself, with no session."""

    def __init__(self) -> None:
        self.server = make_server()
        self.manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        # A manager runs once; what is served again is served by another one.
        self.server.streamable_http_app(
            stateless_http=True, max_request_body_size=BODY_BYTES_MAX, transport_security=NO_LIST_OF_HOSTS
        )
        self.manager = self.server.session_manager
        try:
            async with self.manager.run():
                yield
        finally:
            self.manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.manager is not None, "The server has not begun."
        message = await receive()
        request, body = scope[VISIT].request, message.get("body", b"")
        refusal = too_large(request) if is_overfull(body) else refusal_of(request, body)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        scope[QUESTION] = key_of_question(body)
        await self.manager.handle_request(scope, first(message, receive), send)


def key_of_question(body: bytes) -> str | None:
    """Return a key for the question that a call answers, by the state that was sealed for it alone; None for others."""
    try:
        message = orjson.loads(body) if b"requestState" in body else None
    except orjson.JSONDecodeError:
        # Whoever reads it next says so.
        return None
    params = message.get("params") if isinstance(message, dict) else None
    state = params.get("requestState") if isinstance(params, dict) else None
    return f"mcp-question-{hashlib.sha256(state.encode()).hexdigest()}" if isinstance(state, str) else None


def too_large(request: HttpRequest) -> Response:
    """Return the refusal of a message that holds too much to be read here."""
    problem = problem_of(request, BodyTooLarge())
    return Response(problem.content, BodyTooLarge.status, media_type=MEDIA_TYPE)


def first(message: Any, receive: Receive) -> Receive:
    """Return a `receive` that hands over `message` before anything else."""
    waiting = [message]

    async def receive_again() -> Any:
        return waiting.pop() if waiting else await receive()

    return receive_again
