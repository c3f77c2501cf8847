"""Refusals, and how a model is told of them."""

from __future__ import annotations

import json

import pytest

from accounts.models import ApiKey, IdempotencyKey
from clorp.mcp.server import key_of_question
from core import clock
from drops.models import Claim, Drop
from tests.api import Api
from tests.clorp.mcp.models import call, key_of, post, talk
from tests.play import after, claim, open_drop, pause_part

pytestmark = pytest.mark.django_db
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
METADATA = 'resource_metadata="http://localhost/.well-known/oauth-protected-resource/mcp"'


def test_a_refusal_tells_a_model_what_it_tells_a_program(sender, agent, settings):
    settings.SEATS_UNPROVEN_MAX = 1
    claim(open_drop(sender), agent)
    other = open_drop(sender)
    told = call(key_of(agent), "claim", ends_well=False, job_id=other.pk)
    problem = Api(agent).post(f"jobs/{other.pk}/claim").json()
    assert f"code: {problem['code']}" in told and problem["error"] in told and problem["next_step"] in told
    assert Claim.objects.filter(user=agent).count() == 1


def test_what_staff_have_paused_says_why_and_until_when(sender, agent):
    drop = open_drop(sender)
    pause_part("claims", now=clock.now())
    told = call(key_of(agent), "claim", ends_well=False, job_id=drop.pk)
    assert "code: paused" in told and "Our bank is away." in told and "retry_at" in told


def test_what_ends_by_itself_says_when(sender, agent):
    drop, key = open_drop(sender), key_of(agent)
    call(key, "claim", job_id=drop.pk)
    call(key, "release", job_id=drop.pk)
    told = call(key, "claim", ends_well=False, job_id=drop.pk)
    until = after(30).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert "code: cooling_down" in told and f"retry_at: {until}" in told


def test_fields_at_fault_are_named(sender):
    told = call(key_of(sender), "post_drop", ends_well=False, prompt=" ", price_cents=1)
    assert "code: invalid" in told and "field prompt:" in told and "field price_cents:" in told
    assert not Drop.objects.exists()


def test_a_drop_that_is_not_there_is_no_failure_of_ours(agent):
    told = call(key_of(agent), "get_drop", ends_well=False, job_id="6f0c0b0e-8f4f-4b7e-9d5e-0d6f4f1f4f4f")
    assert "code: not_found" in told


def test_arguments_of_the_wrong_kind_are_named_as_fields_are(agent):
    told = call(key_of(agent), "claim", ends_well=False, job_id="the ferry")
    assert "code: invalid" in told and "field job_id:" in told and "next_step:" in told
    pack = call(key_of(agent), "find_drops", ends_well=False, pack="poem")
    assert "field pack: Input should be 'roast'" in pack and "pydantic" not in pack and "Arguments" not in pack


@pytest.mark.parametrize("content", ["no!", "☃"])
def test_a_file_that_is_no_base64_is_refused(agent, content):
    told = call(key_of(agent), "upload_file", ends_well=False, name="a.txt", content_base64=content)
    assert "not base64" in told
    assert "one of them" in call(key_of(agent), "upload_file", ends_well=False, name="a.txt")


def test_a_repeat_with_another_body_is_refused(sender, agent):
    drop, key = open_drop(sender), key_of(agent)
    claim(drop, agent)
    call(key, "submit", job_id=drop.pk, text="One", idempotency_key="try-1")
    told = call(key, "submit", ends_well=False, job_id=drop.pk, text="Two", idempotency_key="try-1")
    assert "code: idempotency_key_reused" in told
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.parametrize("token", [None, "clorp_pat_none"])
def test_whoever_is_not_let_in_is_told_where_to_ask(db, token):
    answer = post(INITIALIZE, token)
    challenge = answer.headers["WWW-Authenticate"]
    assert answer.status_code == 401 and METADATA in challenge and 'scope="read compete"' in challenge
    assert ('error="invalid_token"' in challenge) is (token is not None)


def test_a_session_lets_no_page_in(client, agent):
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post("/mcp", json.dumps(INITIALIZE), content_type="application/json")
    assert answer.status_code == 401


@pytest.mark.parametrize("accepted", ["application/json, text/event-stream", "text/event-stream"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_no_stream_is_held_open_and_no_session_ended(agent, method, accepted):
    answer = post(None, key_of(agent), method, Accept=accepted)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_another_host_is_none_of_ours(agent):
    assert post(INITIALIZE, key_of(agent), Host="evil.example").status_code == 400


def test_a_page_of_another_site_is_refused(agent):
    key = key_of(agent)
    assert post(INITIALIZE, key, Origin="https://evil.example").json()["code"] == "foreign_origin"
    assert post(INITIALIZE, key, Origin="http://localhost").status_code == 200


def test_a_server_without_streams_says_so(agent):
    answer = Api(agent).client.post("/mcp", "{}", "application/json", headers=Api(agent).headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_served_here")


def test_strangers_are_counted_and_so_are_members(agent, settings):
    settings.API_ANONYMOUS_PER_MINUTE, settings.API_USER_PER_MINUTE = 1, 3
    assert [post(INITIALIZE).status_code for _ in range(2)] == [401, 429]
    key = key_of(agent)

    async def story(client):
        return [(await client.call_tool("wallet", {})).content[0].text for _ in range(3)]

    *_, last = talk(story, key)
    assert "code: throttled" in last
    assert "retry_at: " in last


def test_messages_that_ask_nothing_are_counted_too(agent, settings):
    settings.API_USER_PER_MINUTE = 2
    key = key_of(agent)
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "no tool", "arguments": {}}}
    assert [post(asked, key).status_code for _ in range(5)] == [200] * 4 + [429]


def test_one_who_lists_too_often_is_told_until_when(agent, settings):
    settings.API_USER_PER_MINUTE = 1
    key = key_of(agent)
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    _first, second = (json.loads(post(asked, key).text.partition("data:")[2]) for _ in range(2))
    assert second["error"]["data"]["code"] == "throttled"
    assert second["error"]["data"]["retry_at"] in second["error"]["message"]


MANY = 3_000


@pytest.mark.parametrize("method", ["initialize", "tools/call"])
@pytest.mark.parametrize(
    "held",
    [[{"b": {}}] * MANY, {str(number): 0 for number in range(MANY)}, [0] * 300_000, [[[0] * MANY]]],
    ids=["objects", "names", "numbers", "a deep list"],
)
def test_a_message_that_keeps_everybody_waiting_is_not_read(agent, method, held):
    params = {**INITIALIZE["params"], "name": "find_drops", "arguments": {"held": held}}
    answer = post({**INITIALIZE, "method": method, "params": params}, key_of(agent))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_the_longest_entry_is_read_whatever_it_is_made_of(sender, agent, settings):
    drop = open_drop(sender)
    claim(drop, agent)
    body = (",:[{" * settings.SUBMISSION_CHARS_MAX)[: settings.SUBMISSION_CHARS_MAX]
    assert call(key_of(agent), "submit", job_id=drop.pk, text=body)["revision"] == 1


@pytest.mark.parametrize("line", ['{"a": [1, 2]}\n', "1,2,3\\\n", "[{,:"])
def test_a_file_as_large_as_the_tool_says_is_read_whatever_it_is_made_of(agent, line):
    text = line * (5_000_000 // len(line))
    assert call(key_of(agent), "upload_file", name="a.txt", text=text)["size"] == len(text)


def test_a_key_that_was_revoked_is_refused(agent):
    key = key_of(agent)
    ApiKey.objects.all().delete()
    assert post(INITIALIZE, key).status_code == 401


def test_an_argument_that_is_misspelt_is_named_and_buys_nothing(funded, sender):
    funded(sender, 1_000)
    terms = {"prompt": "Name my ferry.", "price_cents": 500, "time_limit": 60}
    told = call(key_of(sender), "post_drop", ends_well=False, **terms)
    assert "code: invalid" in told and "field time_limit: There is no such argument." in told
    assert "time_limit_seconds" in told and not Drop.objects.exists()


@pytest.mark.parametrize(
    "body", [b'{"requestState"', b'["requestState"]', b'{"params": ["requestState"]}', b'"requestState"']
)
def test_what_is_no_call_brings_no_answer(body):
    assert key_of_question(body) is None
