"""The double's HTTP: takes a request, meets the faults that wait for it, answers or does not."""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.stripe_double import pages
from tests.stripe_double.calls import Call, find
from tests.stripe_double.errors import ApiError
from tests.stripe_double.faults import Fault, Gate, Trouble, refusal
from tests.stripe_double.keys import Answer
from tests.stripe_double.params import read_form, read_params
from tests.stripe_double.permissions import refusal_of

if TYPE_CHECKING:
    from tests.stripe_double.double import StripeDouble

BEFORE = {Fault.TIMEOUT_BEFORE_EFFECT, Fault.DROP_BEFORE_EFFECT, Fault.GARBLED}
AFTER = {Fault.TIMEOUT_AFTER_EFFECT, Fault.DROP_AFTER_EFFECT}
SILENT = {Fault.TIMEOUT_BEFORE_EFFECT, Fault.TIMEOUT_AFTER_EFFECT}
SILENCE_SECONDS_MAX = 10
GARBLE = Answer(502, "<html>Bad gateway</html>")


@dataclass(frozen=True)
class Seen:
    """A request as it came in, without its authorisation."""

    method: str
    path: str
    params: dict[str, Any]
    key: str | None
    account: str | None = None

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"


class Unanswered(Exception):
    """The connection ends without an answer; `silent` is how long it takes the caller to notice."""

    def __init__(self, *, silent: bool) -> None:
        super().__init__()
        self.silent = silent


def answer(double: StripeDouble, seen: Seen) -> Answer:
    """Return Stripe's answer. Raises Unanswered where the fault is in the network."""
    try:
        replay = double.keys.open(seen.key, (seen.route, seen.params)) if seen.key else None
    except ApiError as error:
        return Answer.of(error)
    trouble = double.faults.take(seen.route, fresh=replay is None)
    try:
        done = replay or _work(double, seen, trouble)
    except Unanswered:
        raise
    except ApiError as error:
        done = Answer.of(error)
    if trouble and trouble.fault in AFTER:
        raise Unanswered(silent=trouble.fault in SILENT)
    return done


def _work(double: StripeDouble, seen: Seen, trouble: Trouble | None) -> Answer:
    """Do it under its key: the answer is saved, or the key is given back."""
    fault = trouble.fault if trouble else None
    if fault is Fault.LANDS_LATER:
        double.in_flight.append(lambda: _finish(double, seen, None))
        raise Unanswered(silent=False)
    if fault in BEFORE:
        _give_back(double, seen)
        if fault is Fault.GARBLED:
            return GARBLE
        raise Unanswered(silent=fault in SILENT)
    if isinstance(fault, Gate) and not fault.after_effect:
        _wait_at(double, fault)
    done = _finish(double, seen, trouble)
    if isinstance(fault, Gate):
        if fault.after_effect:
            _wait_at(double, fault)
        fault.passed.set()
    return done


def _wait_at(double: StripeDouble, gate: Gate) -> None:
    gate.reached.set()
    while not gate.opened.wait(0.02):
        if double.closing.is_set():
            raise Unanswered(silent=False)


def _finish(double: StripeDouble, seen: Seen, trouble: Trouble | None) -> Answer:
    saved = False
    try:
        no = refusal(trouble) if trouble else None
        if no:
            raise no
        done = Answer(200, _execute(double, seen, trouble))
        if trouble and trouble.fault is Fault.ERROR_SAVED_AFTER_EFFECT:
            raise ApiError(500, "Something went wrong.", kind="api_error", headers={"Stripe-Should-Retry": "false"})
        saved = True
    except ApiError as error:
        done = Answer.of(error)
        # v2 tries failed work anew instead of replaying the failure.
        saved = error.saved and not seen.path.startswith("/v2/")
    if seen.key:
        double.keys.close(seen.key, done if saved else None)
    return done


def _give_back(double: StripeDouble, seen: Seen) -> None:
    if seen.key:
        double.keys.close(seen.key, None)


def _execute(double: StripeDouble, seen: Seen, trouble: Trouble | None) -> Any:
    match = find(seen.method, seen.path)
    if not match:
        raise ApiError(404, f"Unrecognized request URL ({seen.route}).", saved=False)
    route, ids = match
    params = read_params(seen.params, route.typed, extra=route.extra)
    with double.shelf.lock:
        done = route.work(Call(double.shelf, seen.path, ids, params, trouble, seen.account))
        # Lists expand themselves, page by page.
        expand = [] if done.get("object") == "list" else params.get("expand")
        return double.shelf.show(done, expand)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        split = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        double = self.server.double
        if pages.is_page(split.path):
            with double.shelf.lock:
                page = pages.serve(double, self.command, split.path, parse_qs(body))
            self._send(page)
            return
        sends_json = "json" in self.headers.get("Content-Type", "")
        params = json.loads(body) if sends_json else read_form(body or split.query)
        key, account = self.headers.get("Idempotency-Key"), self.headers.get("Stripe-Account")
        seen = Seen(self.command, split.path, params, key, account)
        double.requests.append(seen)
        refused = self._stranger()
        try:
            self._send(refused or answer(double, seen))
        except Unanswered as silence:
            self._hang_up(silence)

    def _stranger(self) -> Answer | None:
        double = self.server.double
        if self.headers.get("Authorization") != f"Bearer {double.api_key}":
            return Answer.of(ApiError(401, "Invalid API Key provided: sk_test_****"))
        if self.headers.get("Stripe-Version") != double.shelf.version:
            return Answer.of(ApiError(400, "Not the version this double speaks.", saved=False))
        no = refusal_of(self.command, urlsplit(self.path).path, double.permissions)
        return Answer.of(no) if no else None

    def _send(self, done: Answer) -> None:
        text = isinstance(done.body, str)
        body = done.body.encode() if text else json.dumps(done.body).encode()
        self.send_response(done.status)
        self.send_header("Content-Type", "text/html; charset=utf-8" if text else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Request-Id", f"req_{len(self.server.double.requests)}")
        for name, value in done.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self, silence: Unanswered) -> None:
        """Close without a word, at once or when the caller has lost patience."""
        self.close_connection = True
        if silence.silent:
            self.server.double.lost_patience.append(self._caller_leaves())
        self.connection.shutdown(socket.SHUT_RDWR)

    def _caller_leaves(self) -> bool:
        """Whether the caller hangs up before our own patience ends."""
        until, line = time.monotonic() + SILENCE_SECONDS_MAX, select.poll()
        line.register(self.connection, select.POLLIN)
        while time.monotonic() < until and not self.server.double.closing.is_set():
            if line.poll(50) and not self.connection.recv(1, socket.MSG_PEEK):
                return True
        return False

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests read `double.requests` instead."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, double: StripeDouble) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.double = double

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who hung up is part of the game; anything else is a fault of the double's, and is kept."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            self.double.mistakes.append(error)
