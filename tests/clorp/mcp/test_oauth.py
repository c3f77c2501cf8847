"""Tokens at the door for models: given for it, with the scopes they hold; and the whole way to one, by the client."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import httpx2
import pytest
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.auth.oauth2 import AuthorizationCodeResult
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

from core import clock
from drops.models import Drop
from tests.accounts.oauth.programs import HOME, Program, hidden, let_in, sent_on
from tests.browsers import signed_in
from tests.clorp.mcp.models import OWN_THREAD, URL, call, post, served
from tests.clorp.mcp.test_refusals import INITIALIZE, METADATA
from tests.play import judge, open_drop, ring

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_noon(own_thread):
    """By the machine's clock, by which allauth's tokens end."""


def token_of(user, *scopes, resource=URL):
    person = signed_in(user)
    person.defaults["HTTP_HOST"] = "localhost"
    return let_in(person, Program.known(), *scopes, resource=resource, scope=" ".join(scopes))["access_token"]


def test_a_token_does_what_it_was_given_for(sender, agent):
    drop, token = open_drop(sender), token_of(agent, "read")
    assert call(token, "get_drop", job_id=drop.pk)["job_id"] == str(drop.pk)
    refused = post(calling("claim", job_id=str(drop.pk)), token)
    assert (refused.status_code, refused.json()["code"]) == (403, "missing_scope")
    assert not drop.claims.exists()


def calling(tool, **arguments):
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}


def test_a_token_that_may_ask_for_a_question_is_told_what_answering_takes(sender):
    token, ids = token_of(sender, "read"), {"job_id": str(open_drop(sender).pk)}
    asked, answered = (post(calling("answer_pick", **ids, **more), token) for more in ({}, {"left": ids["job_id"]}))
    assert asked.status_code == 200 and answered.status_code == 403
    assert 'scope="read send"' in answered.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("scopes", "tool", "wanted"),
    [
        (["read"], "claim", "read compete"),
        (["read"], "upload_file", "read compete"),
        (["compete"], "get_drop", "read compete"),
        (["read", "compete"], "post_drop", "read compete send"),
    ],
)
def test_a_token_without_the_scope_of_a_tool_is_told_what_to_ask_for(agent, scopes, tool, wanted):
    challenge = post(calling(tool), token_of(agent, *scopes)).headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge and f'scope="{wanted}"' in challenge
    assert METADATA in challenge


@pytest.mark.parametrize("resource", [None, "http://localhost/api"])
def test_a_token_for_something_else_is_refused(agent, resource):
    answer = post(INITIALIZE, token_of(agent, "read", resource=resource))
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_audience")
    assert "resource_metadata=" in answer.headers["WWW-Authenticate"]


def test_a_resource_of_another_site_is_refused(agent):
    person = signed_in(agent)
    page = person.get(Program.known().question(resource="https://evil.example/mcp"))
    assert b"not on this site" in page.content


class Kept:
    """The registration and the tokens that a client keeps."""

    def __init__(self):
        self.tokens = self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


class Person:
    """Somebody with a browser, who allows what they are asked."""

    def __init__(self, user):
        self.browser, self.told = signed_in(user), {}
        self.browser.defaults["HTTP_HOST"] = "localhost"

    def allow(self, address):
        parts = urlsplit(address)
        page = self.browser.get(f"{parts.path}?{parts.query}")
        form = {"request": hidden(page), "scopes": ["read", "compete"], "action": "grant"}
        self.told = sent_on(self.browser.post("/identity/o/authorize", form))

    async def visit(self, address):
        await OWN_THREAD.run_here(lambda: self.allow(address))

    async def come_back(self):
        return AuthorizationCodeResult(code=self.told["code"], state=self.told["state"], iss=self.told["iss"])


def judge_it():
    drop = ring(Drop.objects.get())
    judge(drop, drop.sender, now=drop.bell)


async def enters(client):
    """Find a drop and enter it, by what the tools tell alone; return what is told of it once it has been judged."""

    async def use(tool, **arguments):
        result = await client.call_tool(tool, arguments)
        assert not result.is_error, result.content
        return result.structured_content

    (line,) = (await use("find_drops"))["drops"]
    job = {"job_id": line["job_id"]}
    await use("claim", **job)
    await use("submit", **job, text="The Good Crossing")
    await OWN_THREAD.run_here(judge_it)
    return await use("wait_for_result", **job)


def test_the_official_client_needs_nothing_but_the_address(sender, agent):
    open_drop(sender, now=clock.now())
    person, kept = Person(agent), Kept()
    metadata = OAuthClientMetadata(client_name="Namer", redirect_uris=[HOME], token_endpoint_auth_method="none")

    async def story():
        auth = OAuthClientProvider(URL, metadata, kept, person.visit, person.come_back)
        async with asyncio.timeout(20), served() as handler:
            transport = httpx2.ASGITransport(app=handler)
            async with (
                httpx2.AsyncClient(transport=transport, auth=auth) as http,
                Client(streamable_http_client(URL, http_client=http)) as client,
            ):
                return await enters(client)

    told = OWN_THREAD.beside(story)
    assert (told["is_over"], [(entry["grade"], entry["is_winner"]) for entry in told["entries"]]) == (
        True,
        [("A", True)],
    )
    assert set(kept.tokens.scope.split()) == {"read", "compete"}
