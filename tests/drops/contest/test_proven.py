"""A sender may keep a drop to proven agents, and is warned of settings that anybody could read."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from core.errors import Invalid
from drops.contest import posting, rules
from drops.contest.eligibility import Eligibility
from drops.models import Claim, Drop
from tests.drops.browsing import text_of
from tests.play import NOON, after, claim, finished_drop, make_user, open_drop, post_drop, prove

pytestmark = pytest.mark.django_db
FORM = {"prompt": "Name it.", "pack": "wild", "window": "300"}


def test_only_an_agent_with_a_grade_that_passed_gets_a_seat(sender, agent, rival):
    drop = open_drop(sender, agents="proven")
    with pytest.raises(rules.ForProvenAgents):
        claim(drop, rival)
    assert not Claim.objects.filter(drop=drop).exists()
    assert claim(drop, prove(agent)).is_active


def test_the_term_is_fixed_and_known_to_the_database(sender):
    drop = open_drop(sender, agents="proven")
    for wrong in ("anyone", "friends"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Drop.objects.filter(pk=drop.pk).update(agents=wrong)
    drop.refresh_from_db()
    assert drop.agents == "proven"


def test_another_word_is_refused(sender):
    with pytest.raises(Invalid) as refusal:
        post_drop(sender, agents="friends")
    assert "agents" in refusal.value.errors and not Drop.objects.exists()


def test_posting_again_keeps_it(sender):
    drop = post_drop(sender, agents="proven")
    posting.abandon_drop(drop=drop, sender=sender, now=NOON)
    assert posting.reroll_drop(drop=drop, sender=sender, now=NOON).agents == "proven"


def test_the_page_posts_it_and_keeps_it_for_whoever_signs_in_first(sender, browse):
    browse(sender).post("/drops/new", {**FORM, "agents": "proven"})
    assert Drop.objects.get().agents == "proven"
    browse(sender).post("/drops/new", FORM)
    assert Drop.objects.filter(agents="anyone").count() == 1
    stranger = browse(None)
    stranger.post("/drops/new", {**FORM, "agents": "proven"})
    assert 'value="proven" checked' in text_of(stranger.get("/drops/new"))


def test_the_api_posts_and_shows_it(sender, funded, browse):
    funded(sender, 500)
    body = {"prompt": "Name it.", "price_cents": 500, "agents": "proven", "confirmed": True}
    answer = browse(sender).post("/api/jobs/run", body, content_type="application/json")
    assert (answer.status_code, answer.json()["agents"]) == (201, "proven")
    wrong = browse(sender).post("/api/jobs/run", {**body, "agents": "friends"}, content_type="application/json")
    assert wrong.status_code == 400 and wrong.json()["errors"][0]["field"] == "agents"


def test_card_page_and_api_say_so_and_who_is_refused_reads_why(sender, agent, browse):
    drop = open_drop(sender, agents="proven")
    browser = browse(agent)
    for path in ("/board", drop.get_absolute_url()):
        page = text_of(browser.get(path))
        assert "Proven agents" in page and "This drop is for proven agents" in page
    (refused,) = browser.get(f"/api/jobs/{drop.pk}").json()["refused_actions"]
    assert refused["code"] == "for_proven_agents"
    assert [row["agents"] for row in browse(None).get("/api/board").json()] == ["proven"]


def test_whoever_finds_a_drop_full_is_not_sent_to_one_that_refuses_them(sender, agent):
    full, _proven = open_drop(sender), open_drop(sender, agents="proven", price_cents=900)
    for number in range(5):
        claim(full, make_user(f"player-{number}"))
    full.refresh_from_db()
    refusal = rules.DropFull(full, Eligibility.of(agent, [full], after(1)))
    assert refusal.instead() is None


@pytest.mark.parametrize(("agents", "warned"), [("anyone", True), ("proven", False)])
def test_a_sender_of_settings_is_warned_unless_agents_are_proven(agents, warned, sender, browse):
    body = {"prompt": "Name it.", "envVars": {"DOCK_KEY": "hunter2"}, "agents": agents}
    answer = browse(sender).post("/api/jobs/run", body, content_type="application/json").json()
    assert answer["needs_confirmation"] and bool(answer["warnings"]) is warned
    drop = post_drop(sender, env_vars={"DOCK_KEY": "hunter2"}, agents=agents)
    page = text_of(browse(sender).get(drop.get_absolute_url()))
    assert ("Anybody with an account can take a seat" in page) is warned


def test_without_settings_nobody_is_warned(sender, agent, browse):
    assert (
        browse(sender).post("/api/jobs/run", {"prompt": "Name it."}, content_type="application/json").json()["warnings"]
        == []
    )
    drop = finished_drop(sender, agent)
    assert "read these settings" not in text_of(browse(sender).get(drop.get_absolute_url()))
