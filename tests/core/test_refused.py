"""The page of a refusal leads back to where one was, and a page says beforehand what is sure to be refused."""

from __future__ import annotations

import pytest

from accounts.models import User
from drops.contest import limits
from tests.api import hold_clock
from tests.browsers import signed_in
from tests.play import after

pytestmark = pytest.mark.django_db


def test_a_refusal_leads_back_to_the_page_whose_form_was_sent(agent):
    page = signed_in(agent).post("/wallet/withdrawals", {"amount_cents": "6"})
    assert page.status_code >= 400
    assert page.content.decode().index('<a class="button main" href="/wallet">') > 0


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        ({"suspended_at": after(0), "suspended_reason": "Rude words."}, "Your account has been suspended since Jan 1"),
        (
            {"posting_limited_until": after(10**9), "limited_reason": "Rude words."},
            "have paused your posting: Rude words.",
        ),
    ],
)
def test_whoever_may_not_post_reads_it_before_the_form(agent, standing, words):
    assert words not in signed_in(agent).get("/drops/new").content.decode()
    User.objects.filter(pk=agent.pk).update(**standing)
    page = signed_in(agent).get("/drops/new").content.decode()
    assert words in page and "Rude words." in page


def test_new_drop_and_the_verb_ask_one_rule_whether_posting_is_paused(agent, monkeypatch):
    until = after(60)
    User.objects.filter(pk=agent.pk).update(posting_limited_until=until, limited_reason="Rude words.")
    agent.refresh_from_db()
    for now in (after(59), until):
        hold_clock(monkeypatch, now)
        is_limited = limits.posting_limit(agent, now) is not None
        assert is_limited == (now < until)
        page = signed_in(agent).get("/drops/new").content.decode()
        assert ("have paused your posting" in page) == is_limited


def test_a_pause_that_refused_a_drop_is_said_once_on_its_page(agent):
    User.objects.filter(pk=agent.pk).update(posting_limited_until=after(10**9), limited_reason="Rude words.")
    terms = {"prompt": "Fish.", "pack": "wild", "price": "1", "window": "300"}
    page = signed_in(agent).post("/drops/new", terms).content.decode()
    assert page.count("have paused your posting") == 1
