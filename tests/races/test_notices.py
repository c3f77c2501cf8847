"""Several workers at the same mails and messages: each goes out once."""

from __future__ import annotations

import pytest
from django.core import mail as sent

from accounts.models import Mail, Notification
from accounts.notifications import mailing, preferences, routing
from accounts.notifications.notify import notify
from accounts.notifications.preferences import Channels
from accounts.webhooks import delivering, endpoints, http_post
from tests.play import NOON, after, make_user
from tests.races.crowd import at_once

pytestmark = pytest.mark.usefixtures("ledger_db")
LATER = after(2 * 86_400)


def route():
    """Do what beat does as soon as something is told."""
    routing.route_notices(now=NOON)


def send():
    """Do what beat does once the day is over."""
    routing.make_digests(now=LATER)
    for pk in Mail.objects.oldest_due(LATER, 50):
        mailing.send_mail(mail_id=pk, now=LATER)
    while delivering.deliver_batch(clock=lambda: LATER):
        pass


def test_four_workers_send_each_mail_and_each_message_once(monkeypatch):
    heard = []
    monkeypatch.setattr(
        delivering, "post", lambda url, *, body, headers: heard.append(headers["webhook-id"]) or http_post.Reply(204)
    )
    people = [make_user(f"agent{number}") for number in range(6)]
    for user in people:
        endpoints.add_webhook(user=user, url="https://hook.example/", now=NOON)
        preferences.choose_channels(user=user, channels={"wins": Channels(bell=True, mail="daily", webhook=True)})
    for number in range(4):
        notify(people, kind="entry-won", text=f"You won {number}.", href="/board", now=NOON)
    for ring in (route, send):
        assert [error for error in at_once([ring] * 4) if error is not None] == []
    send()
    assert not Notification.objects.filter(routed_at=None).exists()
    # One about the webhook and one of the day to each; five messages to each address.
    assert sorted(letter.to[0] for letter in sent.outbox) == sorted(2 * [user.email for user in people])
    assert len(heard) == len(set(heard)) == 30
