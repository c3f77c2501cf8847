"""The site's MCP server for clients that speak by stdin and stdout alone: each line is a message, either way."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import httpx

from clorp_cli.errors import Failure
from clorp_cli.following import events_in
from clorp_cli.site import Site, problem_of

Json = dict[str, Any]
# So many calls may wait for their answers, such as those for a result.
AT_ONCE_MAX = 16
VERSION = "io.modelcontextprotocol/protocolVersion"
# What a message is about, which its header says too.
NAMES = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
NO_JSON, NOT_DONE = -32700, -32000


class Bridge:
    """Passes messages on to the site, several at a time, and each answer back once it is there."""

    def __init__(self, site: Site, write: Callable[[str], None]) -> None:
        self.site, self.write = site, write
        self.alone = Lock()
        # Of clients of the older kind, which agree on one as they begin and say it no more.
        self.version = ""

    def run(self, lines: Iterable[str]) -> None:
        """Pass on each line until there are no more, and wait for the last answers."""
        with ThreadPoolExecutor(AT_ONCE_MAX) as pool:
            for line in lines:
                if line.strip():
                    # The first message decides how all others are sent.
                    wait = not self.version and '"initialize"' in line
                    passed = pool.submit(self.pass_on, line)
                    if wait:
                        passed.result()

    def pass_on(self, line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return self.fail(None, NO_JSON, "This is no JSON.")
        if not isinstance(message, dict):
            return self.fail(None, NO_JSON, "Send one message a line.")
        try:
            with self.site.send_message(line, self.headers_of(message)) as answer:
                self.answer(message, answer)
        except Failure as failure:
            self.fail(message.get("id"), NOT_DONE, failure.message)
        return None

    def headers_of(self, message: Json) -> dict[str, str]:
        """Return what the headers of a message say again of it."""
        method, params = str(message.get("method") or ""), message.get("params")
        params = params if isinstance(params, dict) else {}
        meta = params.get("_meta")
        version = (meta.get(VERSION) if isinstance(meta, dict) else "") or self.version
        headers = {"MCP-Protocol-Version": str(version)} if version else {}
        if method and version:
            headers["Mcp-Method"] = header_value(method)
        if version and isinstance(name := params.get(NAMES.get(method, "")), str):
            headers["Mcp-Name"] = header_value(name)
        return headers

    def answer(self, message: Json, answer: httpx.Response) -> None:
        if "text/event-stream" in answer.headers.get("Content-Type", ""):
            for event in events_in(answer.iter_lines()):
                self.tell(message, event.data)
            return
        answer.read()
        problem = problem_of(answer)
        if answer.content and "jsonrpc" in (said := _json_of(answer)):
            self.tell(message, said)
        elif not answer.is_success:
            words = problem.get("error") or f"The site answered {answer.status_code}."
            self.fail(message.get("id"), NOT_DONE, f"{problem.get('code', 'refused')}: {words}")

    def tell(self, message: Json, said: Any) -> None:
        if message.get("method") == "initialize" and isinstance(said, dict):
            self.version = str((said.get("result") or {}).get("protocolVersion") or "")
        with self.alone:
            self.write(json.dumps(said, ensure_ascii=False))

    def fail(self, number: Any, code: int, words: str) -> None:
        """Answer a message that asks for an answer; of others there is nobody to tell."""
        if number is not None or code == NO_JSON:
            self.tell({}, {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": words}})


def _json_of(answer: httpx.Response) -> Json:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def header_value(value: str) -> str:
    """Return a value as the protocol writes it into a header, in base64 where it would not survive as it is."""
    if value.isascii() and value.isprintable() and value == value.strip() and not value.startswith("=?base64?"):
        return value
    return f"=?base64?{b64encode(value.encode()).decode()}?="
