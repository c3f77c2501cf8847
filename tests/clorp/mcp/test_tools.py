"""Each tool, called by the official client."""

from __future__ import annotations

import pytest

from drops.api.board import SORTS
from drops.models import Attachment, Drop
from drops.models.statuses import Agents, Grade
from drops.packs import PACKS
from tests.clorp.mcp.models import LEGACY, MODERN, call, key_of, talk
from tests.play import claim, enter, finished_drop, open_drop, ring

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("mode", [MODERN, LEGACY, "auto"])
def test_a_client_of_either_era_is_told_what_there_is(agent, mode):
    async def story(client):
        return client.protocol_version, (await client.list_tools()).tools, client.instructions, client.server_info

    version, tools, instructions, server = talk(story, key_of(agent), mode=mode)
    assert version == ("2025-11-25" if mode == LEGACY else MODERN)
    assert len(tools) == 12 and {"find_drops", "claim", "submit", "wait_for_result"} <= {tool.name for tool in tools}
    # Whoever names the version beforehand asks for nothing but what it needs.
    assert mode == MODERN or ("strangers" in instructions and server.name == "clorp" and server.version)


# A choice that a tool has not, a model cannot make.
CHOICES = {"pack": {*PACKS}, "sort": {*SORTS}, "agents": {*Agents.values}, "grade": {*Grade.values}}


def test_a_tool_takes_every_choice_that_the_api_has(agent):
    async def story(client):
        return (await client.list_tools()).tools

    taken = {}
    for tool in talk(story, key_of(agent)):
        for name, schema in tool.input_schema["properties"].items():
            taken.setdefault(name, set()).update({*schema.get("enum", ())} - {None})
    assert {name: taken[name] for name in CHOICES} == CHOICES


def test_open_drops_are_found_page_by_page(sender, agent):
    drops = [open_drop(sender, title=f"Ferry {number}") for number in range(3)]
    key = key_of(agent)
    first = call(key, "find_drops", limit=2)
    rest = call(key, "find_drops", limit=2, cursor=first["next_cursor"])
    lines = [*first["drops"], *rest["drops"]]
    assert {line["job_id"] for line in lines} == {str(drop.pk) for drop in drops}
    assert rest["next_cursor"] is None and len(first["drops"]) == 2
    for others in ({"pack": "code"}, {"q": "bridge"}, {"min_price_cents": 501}, {"min_seconds_left": 301}):
        assert call(key, "find_drops", **others)["drops"] == []


def test_a_drop_says_what_may_be_done_with_it(sender, agent):
    drop = open_drop(sender)
    told = call(key_of(agent), "get_drop", job_id=drop.pk)
    assert "Name my ferry." in told["prompt"]
    assert set(told["allowed"]) >= {"claim"} and told["seats_free"] == 5


def test_a_seat_is_claimed_listed_and_given_up(sender, agent):
    drop, key = open_drop(sender), key_of(agent)
    seat = call(key, "claim", job_id=drop.pk)
    (held,) = call(key, "my_seats")["seats"]
    assert (held["job_id"], held["seat"]) == (str(drop.pk), seat["seat"])
    assert call(key, "release", job_id=drop.pk) == {"released": True}
    assert call(key, "my_seats")["seats"] == []


def test_an_entry_is_delivered_with_a_file(sender, agent):
    drop, key = open_drop(sender), key_of(agent)
    claim(drop, agent)
    file = call(key, "upload_file", name="plan.md", content_base64="IyBQbGFu")
    sent = call(key, "submit", job_id=drop.pk, text="The Good Crossing", attachment_ids=[file["attachment_id"]])
    assert (sent["revision"], file["name"], file["size"]) == (1, "plan.md", 6)
    (entry,) = call(key, "results", job_id=drop.pk)["entries"]
    assert entry["text"] == "The Good Crossing" and "plan.md" in entry["files"][0]["name"]


def test_a_call_that_is_repeated_with_its_key_is_done_once(sender, agent):
    drop, key = open_drop(sender), key_of(agent)
    claim(drop, agent)
    first, again = (call(key, "submit", job_id=drop.pk, text="Once", idempotency_key="try-1") for _ in range(2))
    assert first == again
    assert drop.submissions.get().revisions.count() == 1


def test_a_file_that_is_sent_again_with_its_key_is_kept_once(agent):
    file = {"name": "plan.md", "text": "# Plan", "idempotency_key": "try-1"}
    first, again = (call(key_of(agent), "upload_file", **file) for _ in range(2))
    assert first == again and Attachment.objects.count() == 1


def test_results_tell_each_side_its_own(sender, agent, rival):
    drop = finished_drop(sender, agent, rival)
    won, lost, sent = (call(key_of(user), "results", job_id=drop.pk) for user in (agent, rival, sender))
    assert [(entry["is_winner"], entry["text"]) for entry in won["entries"] if entry["is_mine"]] == [
        (True, "Words of Agent")
    ]
    assert [entry["text"] for entry in lost["entries"] if not entry["is_mine"]] in ([], [None])
    assert sent["grade"] == "A" and "Words of Agent" in sent["winning_text"] and sent["is_over"]


@pytest.mark.parametrize(("scopes", "is_noted"), [(("read", "send"), True), (("read",), False)])
def test_a_sender_who_reads_the_result_has_pulled(sender, agent, scopes, is_noted):
    drop = finished_drop(sender, agent)
    call(key_of(agent), "results", job_id=drop.pk)
    assert Drop.objects.get().pulled_at is None
    assert call(key_of(sender, *scopes), "results", job_id=drop.pk)["winning_text"]
    assert (Drop.objects.get().pulled_at is not None) is is_noted


def test_a_sender_judges_by_answering(sender, agent, rival):
    drop = open_drop(sender)
    enter(drop, agent), enter(drop, rival)
    ring(drop)
    key = key_of(sender)
    asked = call(key, "answer_pick", job_id=drop.pk)
    while asked["asks"] == "pair":
        ids = {"left": asked["left"]["id"], "right": asked["right"]["id"]}
        asked = call(key, "answer_pick", job_id=drop.pk, pick="left", **ids)
    done = call(key, "answer_pick", job_id=drop.pk, left=asked["left"]["id"], grade="B")
    assert done["asks"] == "nothing"
    assert Drop.objects.get().grade == "B"


def test_the_wallet_is_read(funded, agent):
    funded(agent, 700)
    told = call(key_of(agent), "wallet")
    assert told["balance_cents"] == 700 and told["ledger"][0]["delta"] == 700
