"""A confirmation that waited too long: it does not open, and says how things stand."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent, User
from core import clock
from drops.contest.finishing import fail_drop
from tests.admin_site import logged_in, verb_url
from tests.drops.admin.verb_cases import TOLD, WHY
from tests.play import NOON, after, enter, open_drop, ring

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("past_noon")]


@pytest.fixture
def too_late(sender, agent, rival, monkeypatch):
    """Rows by the verbs that fitted them a while ago."""
    over, ranked = open_drop(sender), open_drop(sender)
    enter(over, agent)
    enter(ranked, rival)
    fail_drop(drop=ring(over), reason="no_passing_entry", now=after(310))
    ring(ranked)
    rung = open_drop(sender, now=after(400))
    User.objects.filter(pk=agent.pk).update(suspended_at=NOON, suspended_reason="Rude.")
    monkeypatch.setattr(clock, "now", lambda: after(700))
    return {"extend": rung, "remove": ranked, "stop": over, "suspend": agent, "reinstate": rival}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("extend", "Its bell has just rung."),
        ("remove", "Its bell has rung, and it is being judged by the sender."),
        ("stop", "It has ended: no entry was good enough."),
        ("suspend", "This account is suspended since 2030-01-01 12:00 UTC"),
        ("reinstate", "This account is not suspended."),
    ],
)
def test_a_stale_confirmation_does_not_open_and_says_why(too_late, staff, name, why):
    moderator = logged_in(staff)
    url = verb_url(name, too_late[name])
    for page in (moderator.get(url, follow=True), moderator.post(url, {"reason": WHY, "told": TOLD}, follow=True)):
        assert why in " ".join(map(str, page.context["messages"]))
        assert "Note for moderators" not in page.content.decode()
    assert not AuditEvent.objects.exists()
