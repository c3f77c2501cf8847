"""The double's HTTP: takes a request, meets the fault that waits for it, answers or does not."""

from __future__ import annotations

import json
import re
import select
import socket
import sys
import time
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.llm_double.faults import (
    COMPLAINTS,
    CUTS,
    OF_OTHERS,
    PAGE,
    SYSTEM_LOST,
    TOLD,
    UNCOUNTED,
    Fault,
    Gate,
    draft_of,
    left_of,
    spoil,
)

if TYPE_CHECKING:
    from tests.llm_double.double import LlmDouble, Request

SILENCE_SECONDS_MAX = 10
CHARS_PER_TOKEN = 4
CHINESE = re.compile("[\u4e00-\u9fff]")
NESTED = {Fault.NESTED, Fault.NESTED_COMPLAINT}
ENDINGS = {Fault.TRUNCATED: "length", Fault.DRAFTED: "length", Fault.GAVE_UP: "error"}
PAUSES = {Fault.RATE_LIMITED, Fault.RATE_LIMITED_UNTIL, Fault.OVERLOADED, Fault.IN_MAINTENANCE, Fault.NO_PAUSE}


def tokens_in(text: str) -> int:
    """The number of tokens in `text`, roughly: two of three characters in Chinese, one of four elsewhere."""
    dense = len(CHINESE.findall(text))
    return dense * 2 // 3 + max((len(text) - dense) // CHARS_PER_TOKEN, len(text.split()))


def elsewhere(fault: Fault | None, answer: str) -> dict[str, Any]:
    """Return what of a message is other than usual, where the server puts the answer into another place."""
    call = {"id": "1", "type": "function", "function": {"name": "verdict", "arguments": answer}}
    thought = [{"type": "text", "text": 'Let me think. {"score": 1, "ranking": []}?'}]
    draft = draft_of(answer) if fault in {Fault.DRAFTED, Fault.GAVE_UP} else ""
    places: dict[Fault | None, dict[str, Any]] = {
        Fault.REASONED: {"content": None, "reasoning_content": f"Let me think. So: {answer}"},
        Fault.IN_PARTS: {"content": [{"type": "thinking", "thinking": thought}, {"type": "text", "text": answer}]},
        Fault.DRAFTED: {"content": None, "reasoning_content": f"Let me think. {draft} But wait, the"},
        Fault.GAVE_UP: {"content": f"First a draft: {draft} But the"},
        Fault.AS_CALL: {"content": None, "tool_calls": [call]},
    }
    if fault is Fault.AS_OBJECT:
        return {"content": json.loads(answer)}
    return places.get(fault, {})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def do_POST(self) -> None:
        double = self.server.double
        size = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(size)
        if len(sent) < size:
            # Whoever asked was killed amid the question.
            self._hang_up()
            return
        body = json.loads(sent)
        if self.path != "/v1/chat/completions" or not self.headers.get("Authorization", "").startswith("Bearer "):
            self._complain(404, None, "Not found.")
            return
        request = double.note(body)
        fault = Fault.SERVER_ERROR if request.model in double.down else double.faults.take(body)
        if isinstance(fault, Gate):
            fault.reached.set()
            while not fault.opened.wait(0.02) and not double.closing.is_set():
                pass
            fault = None
        if fault is Fault.SLOW:
            self._say_nothing()
        elif fault is Fault.DROPPED:
            self._hang_up()
        elif fault in PAUSES:
            self._ask_for_a_pause(fault)
        elif fault in OF_OTHERS:
            kind = "application/json" if fault in NESTED else "text/html"
            self._send(*OF_OTHERS[fault], kind)
        elif fault in COMPLAINTS:
            self._complain(*COMPLAINTS[fault])
        elif fault is Fault.ERROR_AS_ANSWER:
            self._send(200, b'{"error": {"message": "Overloaded.", "code": 529}}', "application/json")
        else:
            self._answer(request, fault)

    def _ask_for_a_pause(self, fault: Fault | None) -> None:
        seconds = 0 if fault is Fault.NO_PAUSE else self.server.double.retry_after_seconds
        until = formatdate(time.time() + seconds, usegmt=True)
        after = {"Retry-After": until if fault in {Fault.RATE_LIMITED_UNTIL, Fault.IN_MAINTENANCE} else str(seconds)}
        if fault is Fault.IN_MAINTENANCE:
            self._send(503, PAGE, "text/html", after)
        else:
            self._complain(529 if fault is Fault.OVERLOADED else 429, None, "Slow down.", after)

    def _answer(self, request: Request, fault: Fault | None) -> None:
        double = self.server.double
        if double.seconds and double.closing.wait(double.seconds):
            self._hang_up()
            return
        if fault not in CUTS:
            double.shown.append(request)
        answer = spoil(fault, double.judge(request), request.user)
        message: dict[str, Any] = {"role": "assistant", "content": answer, "refusal": None}
        if fault is Fault.REFUSAL:
            message = {"role": "assistant", "content": None, "refusal": "I'd rather not judge this."}
        if fault in {Fault.EMPTY, Fault.SCHEMA_SILENCES}:
            message["content"] = None
        message |= elsewhere(fault, answer)
        read = "" if fault in SYSTEM_LOST else request.system
        read += left_of(fault, request.user) if fault in TOLD else request.user
        usage = {
            "prompt_tokens": tokens_in(read),
            "completion_tokens": len(answer) // CHARS_PER_TOKEN,
        }
        usage["total_tokens"] = sum(usage.values())
        odd = {"prompt_tokens": True, "completion_tokens": "many"}
        completion = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": f"{request.model}-2026-01-01",
            "system_fingerprint": "fp_double",
            "choices": [{"index": 0, "finish_reason": ENDINGS.get(fault, "stop"), "message": message}],
            "usage": None if fault in UNCOUNTED else odd if fault is Fault.COUNTED_ODDLY else usage,
        }
        if fault is None:
            double.answered.append(request)
        self._send(200, json.dumps(completion).encode(), "application/json")

    def _complain(self, status: int, param: str | None, words: str, headers: dict[str, str] | None = None) -> None:
        error = {"error": {"message": words, "type": "error", "param": param, "code": None}}
        self._send(status, json.dumps(error).encode(), "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _say_nothing(self) -> None:
        """Keep still until the caller has lost patience."""
        until, line = time.monotonic() + SILENCE_SECONDS_MAX, select.poll()
        line.register(self.connection, select.POLLIN)
        while time.monotonic() < until and not self.server.double.closing.is_set():
            if line.poll(50) and not self.connection.recv(1, socket.MSG_PEEK):
                break
        self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # Nobody may be there any more.
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests read `double.requests` instead."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, double: LlmDouble) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.double = double

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who hung up is part of the game; anything else is a fault of the double's, and is kept."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | OSError):
            self.double.mistakes.append(error)
