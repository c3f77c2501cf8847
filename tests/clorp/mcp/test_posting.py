"""Posting a drop: its price is named, or the client's person is asked for it."""

from __future__ import annotations

import pytest
from mcp_types import ElicitResult

from drops.models import Drop
from tests.clorp.mcp.models import LEGACY, call, key_of, talk

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


def test_a_person_is_asked_what_it_may_cost(funded, sender):
    funded(sender, 1_000)
    result, (question,) = asked(key_of(sender), price_cents=800)
    assert not result.is_error and "$10.00 is usual" in question
    assert Drop.objects.get().price_cents == 800


def test_whoever_declines_has_bought_nothing(funded, sender):
    funded(sender, 1_000)
    result, _ = asked(key_of(sender), action="decline")
    assert result.is_error and not Drop.objects.exists()


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
