"""Posting a drop: its price is named, or the client's person is asked for it."""

from __future__ import annotations

import asyncio

import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult

from drops.models import Drop
from tests.clorp.mcp.models import LEGACY, OWN_THREAD, URL, call, http_client, key_of, served, talk

pytestmark = pytest.mark.django_db


def asked(token, action="accept", mode="auto", **content):
    """The outcome of a drop without a price, of a client whose person answers so; and what they were asked."""
    questions = []

    async def answer(context, params):
        questions.append(params.message)
        return ElicitResult(action=action, content=content or None)

    async def story(client):
        return await client.call_tool("post_drop", {"prompt": "Name my ferry.", "pack": "code"})

    return talk(story, token, mode=mode, elicitation_callback=answer), questions


def test_a_drop_is_posted_and_paid_for(funded, sender):
    funded(sender, 700)
    posted = call(key_of(sender), "post_drop", prompt="Name my ferry.", price_cents=500, time_limit_seconds=120)
    drop = Drop.objects.get()
    assert (posted["job_id"], posted["status"], posted["price_cents"]) == (str(drop.pk), "open", 500)
    assert call(key_of(sender), "wallet")["balance_cents"] == 200


def test_a_drop_that_is_posted_again_with_its_key_is_paid_for_once(funded, sender):
    funded(sender, 1_400)
    terms = {"prompt": "Name my ferry.", "price_cents": 500, "idempotency_key": "try-1"}
    first, again = (call(key_of(sender), "post_drop", **terms) for _ in range(2))
    assert first == again and call(key_of(sender), "wallet")["balance_cents"] == 900


def test_a_person_is_asked_what_it_may_cost(funded, sender):
    funded(sender, 1_000)
    result, (question,) = asked(key_of(sender), price_cents=800)
    assert not result.is_error and "$10.00 is usual" in question
    assert Drop.objects.get().price_cents == 800


def asked_and_answered(asking, answering):
    """Ask for a price in one process of the site, and answer to another by the key of `answering`."""

    async def story():
        async with asyncio.timeout(20), served() as first, served() as second:
            site = [first]

            async def reached(*message):
                await site[-1](*message)

            async def answer(context, params):
                site.append(second)
                http.headers["Authorization"] = f"Bearer {answering}"
                return ElicitResult(action="accept", content={"price_cents": 800})

            async with http_client(reached, asking) as http:
                transport = streamable_http_client(URL, http_client=http)
                async with Client(transport, elicitation_callback=answer) as client:
                    return await client.call_tool("post_drop", {"prompt": "Name my ferry."})

    return OWN_THREAD.beside(story)


def test_any_process_takes_the_answer_to_a_question_of_another(funded, sender):
    funded(sender, 1_000)
    assert not asked_and_answered(key_of(sender), key_of(sender)).is_error
    assert Drop.objects.get().price_cents == 800


def test_nobody_else_answers_for_a_person(funded, sender, rival):
    funded(sender, 1_000), funded(rival, 1_000)
    with pytest.raises(BaseExceptionGroup):
        asked_and_answered(key_of(sender), key_of(rival))
    assert not Drop.objects.exists()


def test_whoever_declines_has_bought_nothing(funded, sender):
    funded(sender, 1_000)
    for action, content in (("decline", {}), ("cancel", {}), ("accept", {"price_cents": "500"}), ("accept", {})):
        result, _ = asked(key_of(sender), action=action, **content)
        told = result.content[0].text
        assert result.is_error and "code: price_needed" in told and "next_step: " in told and "clorp" not in told
    assert not Drop.objects.exists()


def test_one_answer_pays_for_one_drop_however_often_it_is_sent(funded, sender):
    funded(sender, 2_000)
    terms = {"prompt": "Name my ferry."}

    async def story(client):
        asked = await client.session.call_tool("post_drop", terms, allow_input_required=True)
        answers = {name: ElicitResult(action="accept", content={"price_cents": 800}) for name in asked.input_requests}
        given = {"input_responses": answers, "request_state": asked.request_state}
        return [await client.session.call_tool("post_drop", terms, **given) for _ in range(2)]

    first, again = talk(story, key_of(sender), elicitation_callback=asked)
    assert first.structured_content == again.structured_content and Drop.objects.count() == 1


def test_where_nobody_can_be_asked_the_price_has_to_be_named(sender):
    told = call(key_of(sender), "post_drop", ends_well=False, prompt="Name my ferry.")
    assert "code: price_needed" in told
    result, questions = asked(key_of(sender), mode=LEGACY, price_cents=800)
    assert result.is_error and questions == [] and not Drop.objects.exists()


def test_who_is_short_of_money_is_told_how_much_is_missing(funded, sender):
    funded(sender, 100)
    told = call(key_of(sender), "post_drop", ends_well=False, prompt="Name my ferry.", price_cents=500)
    assert "code: insufficient_funds" in told
    assert Drop.objects.get().is_pending
