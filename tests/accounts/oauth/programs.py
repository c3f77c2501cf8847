"""A program that wants to be let in, and the browser of whoever it asks."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpResponse
from django.test import Client

HOME = "http://localhost:3118/callback"
MCP, SITE = "http://testserver/mcp", "http://testserver"
VERIFIER = "a verifier that is long enough to be taken for one, by far"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def register(**metadata: Any) -> HttpResponse:
    told = {
        "client_name": "Ferry namer",
        "redirect_uris": [HOME],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token", DEVICE_GRANT],
        **metadata,
    }
    return Client().post("/identity/o/api/clients", json.dumps(told), "application/json")


@dataclass
class Program:
    """A public client, by its id."""

    client_id: str
    home: str = HOME

    @classmethod
    def known(cls, **metadata: Any) -> Program:
        answer = register(**metadata)
        assert answer.status_code == 201, answer.content
        return cls(answer.json()["client_id"])

    def question(self, **more: str | list[str]) -> str:
        """The address to which the program sends a browser."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.home,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "state": "s1",
            "resource": MCP,
            **more,
        }
        return f"/identity/o/authorize?{urlencode({k: v for k, v in asked.items() if v is not None}, doseq=True)}"

    def ask(self, path: str, **form: Any) -> HttpResponse:
        body = urlencode({"client_id": self.client_id, **form})
        return Client().post(f"/identity/o/api/{path}", body, "application/x-www-form-urlencoded")

    def exchange(self, code: str, **more: str) -> HttpResponse:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.home, "code_verifier": VERIFIER}
        return self.ask("token", **{**form, **more})


def hidden(page: HttpResponse) -> str:
    return unescape(re.search(r'name="request" value="([^"]*)"', page.content.decode())[1])


def answered(browser: Client, program: Program, *scopes: str, action: str = "grant", **more: Any) -> HttpResponse:
    """The answer that sends the browser on once its person has ticked `scopes`."""
    page = browser.get(program.question(**more))
    assert page.status_code == 200, page.headers
    form = {"request": hidden(page), "scopes": scopes, "action": action}
    return browser.post("/identity/o/authorize", form)


def sent_on(response: HttpResponse) -> dict[str, str]:
    """The parameters for the program in the address that the browser goes on to."""
    assert response.status_code == 302, response.content
    return dict(parse_qsl(urlsplit(response["Location"]).query))


def let_in(browser: Client, program: Program, *scopes: str, **more: Any) -> dict[str, Any]:
    """The tokens of a program that a person has let in."""
    tokens = program.exchange(sent_on(answered(browser, program, *scopes, **more))["code"])
    assert tokens.status_code == 200, tokens.content
    return tokens.json()


def by(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
