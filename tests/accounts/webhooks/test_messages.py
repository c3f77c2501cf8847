"""The messages of webhooks, for programs that none could reach: as a list, and as a stream that loses nothing."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from accounts.api import message_stream
from accounts.models import MailChoice, Notification, WebhookDelivery
from accounts.notifications.notify import notify
from accounts.notifications.preferences import Channels, choose_channels
from accounts.notifications.routing import route_notices
from accounts.webhooks import messages
from accounts.webhooks.endpoints import add_webhook
from core.live import threads
from core.live.mailbox import Closed
from tests.api import Api, hold_clock, is_problem
from tests.core.live.story import read_whole
from tests.play import NOON, after
from tests.reference import as_the_reference_has_them

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    hold_clock(monkeypatch)

    async def ask(call):
        return call()

    monkeypatch.setattr(threads, "ask", ask)


def tell(user, text, *, kind="entry-won", now=NOON):
    notify([user], kind=kind, text=text, href="/board", data={"job_id": str(UUID(int=1))}, now=now)


def heard(user, *acts, number=None, is_let_in=lambda: True):
    """All events of a stream during which `acts` happen, one after the other."""
    waiting = list(acts)

    class Line:
        async def next(self, *, seconds):
            if not waiting:
                raise Closed
            waiting.pop(0)()

    @contextmanager
    def follow_badge(reader, mailbox):
        yield Line()

    events = message_stream.message_events(
        SimpleNamespace(follow_badge=follow_badge), user, number, is_let_in=is_let_in
    )
    return as_the_reference_has_them("/api/webhooks/messages", read_whole(events))


def texts(events):
    return [json.loads(data["body"])["data"]["text"] for name, data, _ in events if name == "message"]


def test_a_message_is_what_a_webhook_is_sent(agent):
    api = Api(agent)
    add_webhook(user=agent, url="https://example.com/hook", now=NOON)
    tell(agent, "You won.")
    route_notices(now=NOON)
    sent = {row.body for row in WebhookDelivery.objects.all()}
    listed = api.get("webhooks/messages").json()
    assert {message["body"] for message in listed} >= sent and len(sent) > 1
    assert listed[0]["type"] == "entry_won" and listed[0]["id"].startswith("msg_")


def test_messages_come_as_they_happen_and_each_once(agent, rival):
    tell(agent, "before")
    events = heard(agent, lambda: tell(agent, "one"), lambda: tell(rival, "another's"), lambda: tell(agent, "two"))
    assert [name for name, _, _ in events] == ["begin", "message", "message"]
    assert texts(events) == ["one", "two"]


def test_whoever_comes_again_misses_nothing_also_of_what_was_seen_late(agent):
    for number in range(5):
        tell(agent, f"{number}", now=after(number * 40))
    marks = {data["id"]: mark for name, data, mark in heard(agent, number=0) if name == "message"}
    third = list(marks.values())[2]
    # Behind the third, and what might have been written within the minute before it.
    assert texts(heard(agent, number=int(third))) == ["1", "2", "3", "4"]


def test_what_has_a_lower_number_and_is_seen_later_comes_too(agent):
    tell(agent, "late")
    late = Notification.objects.get()
    number = late.pk
    late.delete()
    late.pk = number

    events = heard(agent, lambda: tell(agent, "early"), lambda: late.save(force_insert=True))
    assert texts(events) == ["early", "late"]


def test_only_what_was_chosen_for_webhooks_and_of_the_last_days(agent):
    tell(agent, "old", now=NOON - timedelta(days=4))
    tell(agent, "unwanted")
    choose_channels(user=agent, channels={"wins": Channels(bell=True, mail=MailChoice.NEVER, webhook=False)})
    tell(agent, "wanted", kind="program-allowed")
    assert texts(heard(agent, number=0)) == ["wanted"]


def test_what_is_no_news_any_more_keeps_nobody_waiting_for_what_is(agent, monkeypatch):
    monkeypatch.setattr(messages, "AT_ONCE_MAX", 2)
    for number in range(5):
        tell(agent, f"A drop that is over, {number}", kind="new-drop")
    tell(agent, "You won.")
    assert texts(heard(agent, number=0)) == ["You won."]


def test_it_ends_with_its_key(agent):
    door = [True]
    events = heard(agent, door.clear, lambda: tell(agent, "after"), is_let_in=lambda: bool(door))
    assert texts(events) == []


def test_it_takes_a_key_that_reads_and_acts_and_a_mark_of_ours(agent):
    for scopes in (["read"], ["compete"]):
        is_problem(Api(agent, scopes=scopes).get("webhooks/messages"), 403, "missing_scope")
    api = Api(agent, scopes=["read", "compete"])
    assert api.get("webhooks/messages").status_code == 200
    is_problem(api.get("webhooks/messages", Accept="text/event-stream"), 503, "no_stream")
    stream = {"Accept": "text/event-stream", "Last-Event-ID": "ferry"}
    is_problem(api.get("webhooks/messages", **stream), 400, "invalid")
