"""A small authorization server of RFC 8414, 8628, 7591 and 7009, in front of a site that knows its tokens.

`answers` are the errors that the token endpoint gives one after the other before it grants.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


class AuthorizationServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.answers: list[str] = []
        self.metadata: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.tokens: set[str] = set()
        self.granted = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_address[1]}"

    def grant(self) -> dict[str, Any]:
        self.granted += 1
        self.tokens = {f"access-{self.granted}"}
        return {
            "access_token": f"access-{self.granted}",
            "refresh_token": f"refresh-{self.granted}",
            "token_type": "Bearer",
            "expires_in": 3600,
        }

    def device_code(self) -> dict[str, Any]:
        return {
            "device_code": "d-1",
            "user_code": "WDJB-MJHT",
            "verification_uri": f"{self.url}/device",
            "expires_in": 600,
            "interval": 1,
        }

    def described(self) -> dict[str, Any]:
        ways = ("token", "device_authorization", "registration", "revocation")
        return {f"{way}_endpoint": f"{self.url}/oauth/{way}" for way in ways} | self.metadata


class Door(BaseHTTPRequestHandler):
    server: AuthorizationServer

    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        if self.path == "/.well-known/oauth-authorization-server":
            self.answer(200, self.server.described())
        elif self.headers.get("Authorization", "").removeprefix("Bearer ") in self.server.tokens:
            self.answer(200, {"user": {"id": "1", "name": "Ada", "email": "ada@example.com", "balance_cents": 0}})
        else:
            self.answer(401, {"error": "This key is unknown.", "code": "bad_key", "status": 401})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        is_json = "json" in self.headers["Content-Type"]
        form = json.loads(body) if is_json else {name: values[0] for name, values in parse_qs(body).items()}
        way = self.path.rpartition("/")[2]
        self.server.asked.append((way, form))
        if way == "registration":
            # As allauth has it.
            is_whole = form.get("redirect_uris") and form.get("response_types") != []
            self.answer(*(201, {"client_id": "client-1"}) if is_whole else (400, {"error": "invalid_client_metadata"}))
        elif way == "device_authorization":
            self.answer(200, self.server.device_code())
        elif way == "token" and self.server.answers:
            error = self.server.answers.pop(0)
            self.answer(int(error) if error.isdigit() else 400, {"error": error})
        elif form.get("grant_type") == "refresh_token" and form["refresh_token"] != f"refresh-{self.server.granted}":
            # A refresh token is good once.
            self.answer(400, {"error": "invalid_grant"})
        else:
            self.answer(200, self.server.grant() if way == "token" else {})

    def answer(self, status: int, document: object) -> None:
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Request-ID", "r1")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def authorization_server() -> Iterator[AuthorizationServer]:
    server = AuthorizationServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
