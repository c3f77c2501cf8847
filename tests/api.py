"""The API as a program meets it: a key in the header, JSON in and out, and a clock that the test holds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.keys import create_key
from accounts.models import User
from core import clock
from tests.browsers import signed_in
from tests.play import NOON
from tests.reference import DOCUMENT

ERROR_CODES = DOCUMENT["components"]["schemas"]["ErrorCode"]["x-error-codes"]
CONVERTED = re.compile(r"<\w+:(\w+)>")


@dataclass
class Api:
    """`get`, `post`, `patch` and `delete` below /api/, as `user` (None: a stranger)."""

    user: User | None = None
    scopes: list[str] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = Client()
        if self.user is not None:
            _, token = create_key(user=self.user, name="test", scopes=self.scopes, now=clock.now())
            self.headers = {"Authorization": f"Bearer {token}", **self.headers}

    def get(self, path: str, **headers: str) -> HttpResponse:
        return documented(self.client.get(f"/api/{path}", headers={**self.headers, **headers}))

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> HttpResponse:
        return self.send("post", path, body, key=key)

    def patch(self, path: str, body: Any = None) -> HttpResponse:
        return self.send("patch", path, body)

    def delete(self, path: str, body: Any = None) -> HttpResponse:
        return self.send("delete", path, body)

    def send(self, method: str, path: str, body: Any, *, key: str | None = None) -> HttpResponse:
        headers = {**self.headers, **({} if key is None else {"Idempotency-Key": key})}
        packed = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/json"
        return documented(
            self.client.generic(method.upper(), f"/api/{path}", packed, content_type=kind, headers=headers)
        )

    def upload(self, upload: Any, *, key: str | None = None) -> HttpResponse:
        headers = {**self.headers, **({} if key is None else {"Idempotency-Key": key})}
        return documented(self.client.post("/api/attachments", {"file": upload}, headers=headers))


def documented(response: HttpResponse) -> HttpResponse:
    """The answer, after a look into the reference: its status is one that the operation is said to answer with, and a
    refusal is what docs/errors.md says of its code."""
    asked = response.wsgi_request
    path = CONVERTED.sub(r"{\1}", f"/{response.resolver_match.route}") if response.resolver_match else ""
    operation = DOCUMENT["paths"].get(path, {}).get(asked.method.lower())
    if operation is not None:
        assert str(response.status_code) in operation["responses"], (asked.method, path, response.status_code)
    if response.get("Content-Type") == "application/problem+json":
        body = response.json()
        told = ERROR_CODES[body["code"]]
        assert body["status"] in told["status"] and body["retryable"] is told["retryable"], body
    return response


def api_of_browser(user: User, *, lately: bool = True) -> Api:
    """Return the API as the browser of somebody who signed in calls it, `lately` or long ago."""
    api = Api()
    api.client = signed_in(user, lately=lately)
    return api


def hold_clock(monkeypatch: pytest.MonkeyPatch, at: datetime = NOON) -> None:
    """Let every door read `at`."""
    monkeypatch.setattr(clock, "now", lambda: at)


def is_problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """Assert that the answer is this refusal in the one form all of them have; give back its members."""
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json"), response.content
    body = response.json()
    assert {"error", "code", "status", "request_id", "type", "title", "retryable"} <= set(body)
    assert (body["detail"], body["instance"]) == (body["error"], f"#{body['request_id']}")
    assert (body["code"], body["status"]) == (code, status), body
    assert body["error"] and body["request_id"] == response["X-Request-ID"]
    return body
