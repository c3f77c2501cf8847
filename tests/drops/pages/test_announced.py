"""Every change that a page shows is announced."""

from __future__ import annotations

import pytest

from drops.contest import closing, competing, finishing, posting
from drops.judging import rounds
from drops.moderation import decisions
from tests.drops.announced import marks, said_by
from tests.play import NOON, after, claim, enter, judge, open_drop, post_drop, ring, submit

pytestmark = pytest.mark.django_db


def prepared(stage, sender, agent, rival):
    drop = open_drop(sender)
    if stage in ("claimed", "entered", "ranking"):
        claim(drop, agent)
    if stage in ("entered", "ranking"):
        submit(drop, agent)
        enter(drop, rival)
    return ring(drop) if stage == "ranking" else drop


STORIES = {
    "claim": ("open", lambda drop, who: claim(drop, who["agent"])),
    "release": ("claimed", lambda drop, who: competing.release_claim(drop_id=drop.pk, agent=who["agent"], now=NOON)),
    "lapse": ("claimed", lambda drop, who: competing.lapse_claim(claim=drop.claims.get(), now=after(121))),
    "submit": ("claimed", lambda drop, who: submit(drop, who["agent"])),
    "cancel": ("open", lambda drop, who: posting.cancel_drop(drop=drop, sender=who["sender"], now=NOON)),
    "remove": ("open", lambda drop, who: finishing.remove_drop(drop=drop, told="Spam.", now=NOON)),
    "extend": (
        "open",
        lambda drop, who: decisions.extend_window(
            drop=drop, staff=who["staff"], seconds=9, told="x", reason="x", now=NOON
        ),
    ),
    "bell": ("entered", lambda drop, who: closing.close_due(now=drop.bell)),
    "judge chosen": ("entered", lambda drop, who: ring(drop)),
    "verdict": ("ranking", lambda drop, who: judge(drop, who["sender"])),
    "handed on": ("ranking", lambda drop, who: rounds.hand_to_staff(drop=drop, reason="late", now=NOON)),
    "stopped": (
        "ranking",
        lambda drop, who: decisions.stop_drop(drop=drop, staff=who["staff"], told="x", reason="x", now=NOON),
    ),
}


@pytest.fixture
def cast(sender, agent, rival, staff):
    return {"sender": sender, "agent": agent, "rival": rival, "staff": staff}


@pytest.mark.parametrize("name", STORIES)
def test_what_a_page_shows_is_announced_when_it_changes(name, cast, monkeypatch, django_capture_on_commit_callbacks):
    stage, act = STORIES[name]
    drop = prepared(stage, cast["sender"], cast["agent"], cast["rival"])
    before = marks(drop)
    announced = said_by(django_capture_on_commit_callbacks, monkeypatch, lambda: act(drop, cast))
    assert marks(drop) != before and announced == {str(drop.pk)}


def test_a_payment_is_announced(sender, funded, monkeypatch, django_capture_on_commit_callbacks):
    drop = post_drop(funded(sender, 500))

    def pay():
        posting.pay_for_drop(drop=drop, sender=sender, now=NOON)

    assert said_by(django_capture_on_commit_callbacks, monkeypatch, pay) == {str(drop.pk)}
