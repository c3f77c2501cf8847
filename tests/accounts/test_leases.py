"""A worker stalls until its lease is over, and another one delivers: what the first one finds counts no more."""

from __future__ import annotations

import pytest

from accounts.models import Mail, Notification, WebhookDelivery, WebhookEndpoint
from accounts.notifications import mailing, routing
from accounts.notifications.notify import notify
from accounts.webhooks import delivering, endpoints, http_post
from accounts.webhooks.answers import Answer
from accounts.webhooks.guard import Unreachable
from tests.play import NOON, after

pytestmark = pytest.mark.django_db
LATER = after(600)


def tell(user):
    notify([user], kind="entry-won", text="You won “Raft”.", href="/drops/1", now=NOON)
    routing.route_notices(now=NOON)


def test_a_mail_that_somebody_else_sent_is_not_sent_again(agent, mailoutbox, monkeypatch):
    tell(agent)
    mail, send = Mail.objects.get(), mailing.EmailMultiAlternatives.send

    def hang(letter):
        monkeypatch.setattr(mailing.EmailMultiAlternatives, "send", send)
        mailing.send_mail(mail_id=mail.pk, now=LATER)
        raise TimeoutError

    monkeypatch.setattr(mailing.EmailMultiAlternatives, "send", hang)
    assert mailing.send_mail(mail_id=mail.pk, now=NOON) is False
    mail.refresh_from_db()
    assert (mail.sent_at, mail.next_attempt_at, mail.tries, len(mailoutbox)) == (LATER, None, 1, 1)


def test_a_message_that_somebody_else_delivered_is_no_failure_of_its_address(agent, monkeypatch):
    endpoints.add_webhook(user=agent, url="https://hook.example", now=NOON)
    Notification.objects.update(routed_at=NOON)
    tell(agent)
    (taken,) = WebhookDelivery.objects.all()
    first = WebhookDelivery.objects.take(taken.pk, NOON)
    monkeypatch.setattr(delivering, "post", lambda url, **_: http_post.Reply(204))
    assert delivering.deliver_batch(clock=lambda: LATER) == 1
    away = Answer(None, str(Unreachable("It did not answer.")))
    delivering.note_answer(delivery=first, answer=away, now=LATER)
    taken.refresh_from_db()
    assert (taken.delivered_at, taken.next_attempt_at) == (LATER, None)
    assert WebhookEndpoint.objects.get().failures == 0
