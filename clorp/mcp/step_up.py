"""A token that lacks the scope of a tool is answered as the protocol says, so that its client can ask for more.

A key can't be given more, so whoever has one reads the refusal as the tool's own.
"""

from __future__ import annotations

import orjson
from django.http import HttpRequest
from starlette.responses import Response

from accounts.api.auth import CHALLENGE, MissingScope
from accounts.models import Scope
from accounts.oauth.grants import Pass
from accounts.oauth.scopes import known_scopes
from clorp.mcp.door import METADATA_PATH, PATH
from core.api.problems import MEDIA_TYPE, problem_of
from core.http import site_of

# By tool: any one of these scopes lets it do its work. What is not named takes `read`.
SCOPES: dict[str, tuple[Scope, ...]] = {
    "claim": (Scope.COMPETE,),
    "submit": (Scope.COMPETE,),
    "release": (Scope.COMPETE,),
    "upload_file": (Scope.COMPETE, Scope.SEND),
    "post_drop": (Scope.SEND,),
}
READ = (Scope.READ,)
OF_ALL_TOOLS = {Scope.READ, Scope.COMPETE, Scope.SEND}


def refusal_of(request: HttpRequest, body: bytes) -> Response | None:
    """Return the answer to a call of a tool by a token without its scope; None for whatever may go on."""
    token = getattr(request, "auth", None)
    if not isinstance(token, Pass) or set(token.scopes) >= OF_ALL_TOOLS:
        return None
    needed = needed_by(body)
    if not needed or set(needed) & set(token.scopes):
        return None
    return answer(request, MissingScope(needed), known_scopes([*token.scopes, needed[0]]))


def needed_by(body: bytes) -> tuple[Scope, ...]:
    """Return the scopes of which one lets a message call its tool; none for any message that calls none."""
    if b"tools/call" not in body:
        return ()
    try:
        message = orjson.loads(body)
        if message["method"] != "tools/call":
            return ()
        tool, given = str(message["params"]["name"]), message["params"].get("arguments")
    except (ValueError, KeyError, TypeError, AttributeError):
        # The server says what is wrong with it.
        return ()
    # To ask for a question takes less than to answer it.
    answers = tool == "answer_pick" and isinstance(given, dict) and given.get("left") is not None
    return (Scope.SEND,) if answers else SCOPES.get(tool, READ)


def answer(request: HttpRequest, refusal: MissingScope, wanted: list[str]) -> Response:
    """Return a 403 that names what the token would need, with what it has (RFC 6750, section 3.1)."""
    metadata = f'resource_metadata="{site_of(request)}{METADATA_PATH}{PATH}"'
    asks = f'{CHALLENGE}, error="insufficient_scope", scope="{" ".join(wanted)}", {metadata}'
    problem = problem_of(request, refusal)
    return Response(problem.content, refusal.status, {"WWW-Authenticate": asks}, media_type=MEDIA_TYPE)
