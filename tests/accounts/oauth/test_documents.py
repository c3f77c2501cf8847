"""A program that is known by a document of its own; and what the site says of itself."""

from __future__ import annotations

import json
from ipaddress import ip_address

import pytest
from allauth.idp.oidc.models import Client as Known
from django.test import Client
from django.urls import resolve

from accounts.oauth.mending import fetch_document
from accounts.webhooks import guard, http_post
from accounts.webhooks.http_post import Page
from tests.accounts.oauth.programs import HOME, SITE, Program, answered, sent_on
from tests.browsers import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "https://namer.example/client.json"
DOCUMENT = {"client_id": ADDRESS, "client_name": "Namer", "redirect_uris": ["http://localhost/callback", HOME]}


@pytest.fixture
def told(monkeypatch):
    """What is read at the program's address."""
    reading = {"status": 200, "body": json.dumps(DOCUMENT).encode()}
    monkeypatch.setattr(http_post, "get", lambda url, bytes_max: Page(reading["status"], reading["body"]))
    return reading


def test_a_document_without_scopes_lets_its_program_ask(told, agent):
    browser, program = signed_in(agent), Program(ADDRESS)
    page = browser.get(program.question(scope="read send"))
    assert page.status_code == 200 and "Namer" in page.content.decode()
    assert sent_on(answered(browser, program, "read"))["code"]
    assert Known.objects.get().get_default_scopes() == ["read", "compete"]


@pytest.mark.parametrize(
    "body",
    [b"no JSON", b"[]", b"x" * 6_000, json.dumps({**DOCUMENT, "redirect_uris": ["javascript:x"]}).encode()],
)
def test_a_document_that_can_t_be_used_lets_nobody_ask(told, agent, body):
    told["body"] = body
    page = signed_in(agent).get(Program(ADDRESS).question()).content.decode()
    assert "let in" in page and "Allow</button>" not in page
    assert not Known.objects.exists()


def test_no_document_is_fetched_from_our_own_network(settings, monkeypatch, agent):
    settings.WEBHOOKS_TO_PRIVATE = False
    asked = []
    monkeypatch.setattr(guard, "resolve", lambda host, port: (ip_address("10.0.0.7"),))
    monkeypatch.setattr("urllib3.HTTPSConnectionPool.urlopen", lambda *_, **__: asked.append(1))
    page = signed_in(agent).get(Program(ADDRESS).question()).content.decode()
    assert "Allow</button>" not in page and asked == []
    with pytest.raises(Exception, match="private network"):
        fetch_document(ADDRESS)


def test_the_site_says_how_to_be_let_in():
    told = Client().get("/.well-known/oauth-authorization-server").json()
    assert told["issuer"] == SITE and told["code_challenge_methods_supported"] == ["S256"]
    assert told["client_id_metadata_document_supported"] and told["authorization_response_iss_parameter_supported"]
    for name in ("authorization", "token", "registration", "revocation", "device_authorization"):
        assert resolve(told[f"{name}_endpoint"].removeprefix(SITE)).namespace == "idp:oidc"
    resource = Client().get("/.well-known/oauth-protected-resource/mcp").json()
    assert (resource["resource"], resource["authorization_servers"]) == (f"{SITE}/mcp", [SITE])
