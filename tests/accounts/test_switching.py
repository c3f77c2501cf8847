"""Switches: who may pause a part of the site, what is on record, and how it ends by itself."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent
from accounts.switching import SwitchUnchanged, pause, resume
from core import clock, switches
from core.errors import Forbidden, Invalid
from core.models import Switch
from core.switches import Part, Pause, Paused, pause_of, require_going
from tests.admin_site import change_url, confirm, list_url, logged_in, verb_url
from tests.play import NOON, after, staff_as

pytestmark = pytest.mark.django_db
WHY, TOLD = "The bank is down.", "Our bank is away"


@pytest.fixture
def lead(db):
    return staff_as("lead")


@pytest.fixture
def switch(db):
    return Switch.objects.update_or_create(part=Part.CLAIMS)[0]


def do_pause(switch, lead, *, minutes=60, told=TOLD, now=NOON):
    return pause(switch=switch, minutes=minutes, staff=lead, told=told, reason=WHY, now=now)


def test_what_is_paused_is_refused_with_why_and_until_when(switch, lead):
    do_pause(switch, lead)
    with pytest.raises(Paused) as refusal:
        require_going(Part.CLAIMS, after(3_599))
    assert (refusal.value.status, refusal.value.retry_at) == (503, after(3_600)) and refusal.value.is_retryable()
    assert TOLD in str(refusal.value) and refusal.value.extra == {"paused": "claims"}
    require_going(Part.POSTING, after(1))


def test_a_pause_ends_by_itself_at_its_time(switch, lead):
    do_pause(switch, lead)
    assert pause_of(Part.CLAIMS, after(3_599.999)) and pause_of(Part.CLAIMS, after(3_600)) is None
    assert not Switch.objects.get(pk="claims").is_paused(after(3_600))


def test_each_act_leaves_one_record_with_before_and_after(switch, lead):
    do_pause(switch, lead)
    do_pause(switch, lead, minutes=120, now=after(300))
    resume(switch=switch, staff=lead, reason=WHY, now=after(600))
    events = list(AuditEvent.objects.order_by("id").values_list("action", "target", "actor", "changes"))
    times = [None, str(after(3_600)), str(after(7_500)), None]
    assert [event[:3] for event in events] == [
        (act, "switch:claims", lead.pk) for act in ("pause", "pause", "end-pause")
    ]
    assert [event[3]["paused_until"] for event in events] == [times[:2], times[1:3], times[2:]]
    assert [event[3]["told"] for event in events] == [["", f"{TOLD}."], [f"{TOLD}."] * 2, [f"{TOLD}.", ""]]
    assert pause_of(Part.CLAIMS, after(601)) is None


def test_of_a_pause_that_is_over_the_record_says_that_nothing_stood(switch, lead):
    do_pause(switch, lead)
    do_pause(switch, lead, now=after(9_000))
    assert AuditEvent.objects.latest("id").changes["paused_until"] == [None, str(after(12_600))]


def test_the_same_twice_is_refused_and_leaves_no_second_record(switch, lead):
    do_pause(switch, lead)
    with pytest.raises(SwitchUnchanged):
        do_pause(switch, lead, now=after(5))
    resume(switch=switch, staff=lead, reason=WHY, now=after(10))
    with pytest.raises(SwitchUnchanged):
        resume(switch=switch, staff=lead, reason=WHY, now=after(11))
    assert AuditEvent.objects.count() == 2


@pytest.mark.parametrize("asked", [{"minutes": 0}, {"minutes": 10_081}, {"told": " "}, {"told": "x" * 9_999}])
def test_a_pause_has_an_end_within_a_week_and_a_reason(switch, lead, asked):
    with pytest.raises(Invalid) as refusal:
        do_pause(switch, lead, **asked)
    assert set(refusal.value.errors) == set(asked)
    assert not AuditEvent.objects.exists() and pause_of(Part.CLAIMS, after(1)) is None


@pytest.mark.parametrize("role", ["viewer", "moderator", "judge", "finance"])
def test_only_a_lead_pauses(switch, role):
    other = staff_as(role)
    with pytest.raises(Forbidden):
        do_pause(switch, other)
    with pytest.raises(Forbidden):
        resume(switch=switch, staff=other, reason=WHY, now=NOON)
    assert logged_in(other).get(list_url(Switch)).status_code == 403


def test_the_page_pauses_and_lets_go_on(switch, lead, monkeypatch):
    boss = logged_in(lead)
    page = confirm(boss, verb_url("pause", switch), minutes="60", told=TOLD, reason=WHY)
    assert page.status_code == 200 and Switch.objects.get(pk="claims").told == f"{TOLD}."
    assert TOLD in boss.get(change_url(switch)).content.decode()
    confirm(boss, verb_url("end-pause", switch), reason=WHY)
    assert list(AuditEvent.objects.order_by("id").values_list("action", flat=True)) == ["pause", "end-pause"]


def test_one_query_a_second_tells_what_is_paused(monkeypatch, django_assert_num_queries, switch):
    seconds = [100.0]
    monkeypatch.setattr(switches, "READ_AGAIN_AFTER_SECONDS", 1.0)
    monkeypatch.setattr(clock, "count_seconds", lambda: seconds[0])
    monkeypatch.setattr(switches, "reader", switches.Reader())
    with django_assert_num_queries(1):
        assert [pause_of(part, NOON) for part in Part] == [None] * 5
    # Changed elsewhere, by another process.
    Switch.objects.filter(pk="claims").update(paused_at=NOON, paused_until=after(60), told="Fish.")
    seconds[0] += 0.9
    with django_assert_num_queries(0):
        assert pause_of(Part.CLAIMS, NOON) is None
    seconds[0] += 0.2
    with django_assert_num_queries(1):
        assert pause_of(Part.CLAIMS, NOON) == Pause("claims", after(60), "Fish.")
