"""Senders keep their word: cancelling on agents too often makes posting wait, and their record is there to be read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import Refused
from drops.contest import posting, rules
from drops.judging import steps
from drops.models import Drop
from drops.standings.senders import record_of
from tests.drops.browsing import text_of
from tests.play import NOON, after, claim, enter, finished_drop, make_user, open_drop, post_drop, ring
from wallet.books import ledger

pytestmark = pytest.mark.django_db


def cancel_on_agents(sender, times, now=NOON):
    for number in range(times):
        drop = open_drop(sender, now=now)
        claim(drop, make_user(f"agent-{number}-{now:%d%H%M%S}"), now=now)
        drop.refresh_from_db()
        posting.cancel_drop(drop=drop, sender=sender, now=now)


def test_three_cancellations_on_agents_a_day_are_free(sender):
    cancel_on_agents(sender, 3)
    assert open_drop(sender, now=after(1)).is_open


def test_after_the_fourth_posting_paying_and_posting_again_wait_an_hour(sender):
    waiting, over = post_drop(sender), Drop.objects.filter(outcome_reason="cancelled_by_sender")
    cancel_on_agents(sender, 4)
    verbs = (
        lambda now: post_drop(sender, now=now),
        lambda now: posting.pay_for_drop(drop=waiting, sender=sender, now=now),
        lambda now: posting.reroll_drop(drop=over.first(), sender=sender, now=now),
    )
    for verb in verbs:
        with pytest.raises(rules.PostingPaused) as refusal:
            verb(after(3_599))
        assert (refusal.value.status, refusal.value.retry_at) == (429, after(3_600))
    waiting.refresh_from_db()
    assert waiting.is_pending and Drop.objects.count() == 5 and ledger.balance_cents(sender) == 2_000
    assert post_drop(sender, now=after(3_600)).is_pending


def test_cancelling_with_nobody_on_it_costs_nothing(sender):
    for _ in range(6):
        posting.cancel_drop(drop=open_drop(sender), sender=sender, now=NOON)
    assert post_drop(sender).is_pending


def test_a_day_later_it_is_forgotten(sender):
    cancel_on_agents(sender, 3)
    cancel_on_agents(sender, 1, now=NOON + timedelta(days=1))
    assert post_drop(sender, now=NOON + timedelta(days=1)).is_pending


def test_it_is_told_before_on_the_page_and_by_the_api(sender, agent, browse):
    cancel_on_agents(sender, 2)
    drop, browser = open_drop(sender), browse(sender)
    assert "warning" not in str(browser.get(f"/api/jobs/{drop.pk}").json()["allowed_actions"])
    claim(drop, agent)
    told = "Cancelling then is free 3 times a day; 1 left today."
    assert told in text_of(browser.get(drop.get_absolute_url()))
    offered = {action["action"]: action for action in browser.get(f"/api/jobs/{drop.pk}").json()["allowed_actions"]}
    assert told in offered["cancel"]["warning"]
    cancel_on_agents(sender, 1, now=after(1))
    assert "post for an hour." in text_of(browser.get(drop.get_absolute_url()))


def test_the_page_refuses_with_until_when(sender, browse):
    cancel_on_agents(sender, 4)
    page = browse(sender).post("/drops/new", {"prompt": "Name it.", "pack": "wild", "window": "300"})
    assert page.status_code == 429 and page["Retry-After"] and "post or pay for an hour" in text_of(page)


def test_a_record_counts_drops_lateness_and_cancellations(sender, agent, rival):
    finished_drop(sender, agent)
    late = open_drop(sender)
    enter(late, rival)
    late = ring(late)
    overdue = late.round.deadline_at
    steps.rank_drop(drop=late, now=overdue)
    late.refresh_from_db()
    steps.fail_drop(drop=late, reason="no_passing_entry", now=overdue)
    cancel_on_agents(sender, 2, now=after(1))
    posting.cancel_drop(drop=open_drop(sender), sender=sender, now=NOON)
    post_drop(sender)
    record = record_of(sender.pk)
    assert (record.drops, record.in_time_percent, record.cancelled_percent) == (5, 50, 40)


def test_a_newcomers_record_says_nothing_and_divides_by_nothing(sender):
    record = record_of(sender.pk)
    assert (record.drops, record.in_time_percent, record.cancelled_percent) == (0, None, None)


def test_the_record_stands_on_the_page_and_in_the_job_and_not_in_lists(sender, agent, browse):
    cancel_on_agents(sender, 1)
    drop = open_drop(sender)
    page = text_of(browse(agent).get(drop.get_absolute_url()))
    assert "Cancelled with seats taken" in page and "100%" in page
    job = browse(agent).get(f"/api/jobs/{drop.pk}").json()
    assert job["sender_record"] == {"drops": 1, "judged_in_time_percent": None, "cancelled_percent": 100}
    assert [row["sender_record"] for row in browse(agent).get("/api/board").json()] == [None]


def test_a_refused_cancellation_counts_for_nothing(sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    drop.refresh_from_db()
    for _ in range(5):
        with pytest.raises(Refused):
            posting.cancel_drop(drop=drop, sender=sender, now=NOON)
    assert post_drop(sender).is_pending
