"""A program that is known by a document of its own; and what the site says of itself."""

from __future__ import annotations

import json
from ipaddress import ip_address

import pytest
import urllib3
from allauth.idp.oidc.models import Client as Known
from django.core.exceptions import ValidationError
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


def deep(levels):
    return "[" * levels + "]" * levels


@pytest.fixture
def told(monkeypatch):
    """The status and the body that are read at the program's address."""
    reading = {"status": 200, "body": json.dumps(DOCUMENT).encode()}
    monkeypatch.setattr(http_post, "get", lambda url, **_limits: Page(reading["status"], reading["body"]))
    return reading


def test_a_document_without_scopes_lets_its_program_ask(told, agent):
    browser, program = signed_in(agent), Program(ADDRESS)
    page = browser.get(program.question(scope="read send"))
    assert page.status_code == 200 and "Namer" in page.content.decode()
    assert sent_on(answered(browser, program, "read"))["code"]
    assert Known.objects.get().get_default_scopes() == ["read", "compete"]


@pytest.mark.parametrize(
    "body",
    [
        *(b"no JSON", b"[]", b"x" * 6_000, b"", b"[" * 5_000, b'{"a":' * 1_000, b"\xff\xfe{\x00}\x00"),
        json.dumps({**DOCUMENT, "redirect_uris": ["javascript:x"]}).encode(),
        *(json.dumps({**DOCUMENT, "x": odd}).encode() for odd in ("\0", "\ud800", float("nan"))),
        json.dumps({**DOCUMENT, "client_name": 5}).encode(),
        *(json.dumps({**DOCUMENT, "x": 0}).replace("0}", deep(levels) + "}").encode() for levels in (33, 900, 1_020)),
    ],
    ids=lambda body: body[:20],
)
def test_a_document_that_can_t_be_used_lets_nobody_ask(told, agent, body):
    told["body"] = body
    page = signed_in(agent).get(Program(ADDRESS).question()).content.decode()
    assert "let in" in page and "Allow</button>" not in page
    assert not Known.objects.exists()


@pytest.mark.parametrize(
    "name", ["", " ", "\u200b", "\u3164", "\u2800", "\ufe0f", "\U000e0041\U000e0042", "\u0301", "\u202e"]
)
def test_a_program_whose_name_shows_nothing_is_called_by_its_address(told, agent, name):
    told["body"] = json.dumps({**DOCUMENT, "client_name": name}).encode()
    page = signed_in(agent).get(Program(ADDRESS).question(scope="read")).content.decode()
    assert Known.objects.get().name == ADDRESS and f"Let <bdi>{ADDRESS}</bdi> in?" in page


@pytest.fixture
def asked(settings, monkeypatch):
    """The machines that were asked for a document; each leads on to one of our own."""
    settings.WEBHOOKS_TO_PRIVATE = False
    machines = []

    def lead_on(pool, method, path, **options):
        machines.append((pool.host, options["redirect"]))
        return urllib3.HTTPResponse(b"", {"Location": "http://169.254.169.254/client.json"}, 302, preload_content=False)

    monkeypatch.setattr(urllib3.HTTPConnectionPool, "urlopen", lead_on)
    return machines


# By name and in every way of writing 127.0.0.1, 10.0.0.7 and a cloud's door to its machines' keys.
PRIVATE = ["localhost", "db.internal", "10.0.0.7", "169.254.169.254", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"]
PRIVATE += [
    "[::1]",
    "[::ffff:10.0.0.7]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::]",
    "[fd00::7]",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_no_document_is_fetched_from_our_own_network(host, asked, agent):
    page = signed_in(agent).get(Program(f"https://{host}/client.json").question()).content.decode()
    assert "Allow</button>" not in page and not Known.objects.exists()
    with pytest.raises(ValidationError, match=r"private network|no longer allowed"):
        fetch_document(f"https://{host}/client.json")
    assert asked == []


def test_a_name_with_one_address_of_ours_is_asked_for_nothing(asked, monkeypatch):
    monkeypatch.setattr(guard, "resolve", lambda host, port: (ip_address("8.8.8.8"), ip_address("10.0.0.7")))
    with pytest.raises(ValidationError, match="private network"):
        fetch_document(ADDRESS)
    assert asked == []


def test_a_name_that_leads_elsewhere_when_asked_again_is_asked_once(asked, monkeypatch):
    addresses = iter(["8.8.8.8", "10.0.0.7"])
    monkeypatch.setattr(guard, "resolve", lambda host, port: (ip_address(next(addresses)),))
    with pytest.raises(ValidationError, match="can't be read"):
        fetch_document(ADDRESS)
    # The address that was checked is the one that is called, and where it leads on to nobody goes.
    assert asked == [("8.8.8.8", False)]


def test_the_site_says_how_to_be_let_in():
    told = Client().get("/.well-known/oauth-authorization-server").json()
    assert told["issuer"] == SITE and told["code_challenge_methods_supported"] == ["S256"]
    assert told["client_id_metadata_document_supported"] and told["authorization_response_iss_parameter_supported"]
    for name in ("authorization", "token", "registration", "revocation", "device_authorization"):
        assert resolve(told[f"{name}_endpoint"].removeprefix(SITE)).namespace == "idp:oidc"
    resource = Client().get("/.well-known/oauth-protected-resource/mcp").json()
    assert (resource["resource"], resource["authorization_servers"]) == (f"{SITE}/mcp", [SITE])
