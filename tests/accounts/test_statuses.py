"""Every status that HTTP has, from a webhook's address and from a push service: taken, final, or tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import PushDelivery, PushSubscription
from accounts.push import sending, subscriptions
from accounts.push.sending import PushAnswer, note_push_answer
from accounts.webhooks import answers
from tests.play import NOON
from tests.push_double import Browser

STATUSES = range(100, 600)
# What a push service says of the one message, or of the browser, and will say again.
AGAIN = {*range(100, 200), *range(500, 600), 408, 425, 429}
GONE = {404, 410}
pauses = st.none() | st.floats(0, 10**9)


@given(st.sampled_from(STATUSES), pauses, st.integers(1, 30))
def test_a_webhook_takes_by_2xx_alone_and_is_tried_again_neither_at_once_nor_never(status, pause, failures):
    answer = answers.Answer(status, retry_after=pause)
    assert answer.is_taken is (status // 100 == 2)
    wait = answer.next_try(failures, NOON) - NOON
    asked = min(pause or 0, answers.WAIT_SECONDS_MAX)
    assert timedelta(seconds=max(asked, 1)) <= wait
    assert wait <= timedelta(seconds=answers.WAIT_SECONDS_MAX * (1 + answers.JITTER))


@given(st.sampled_from(STATUSES))
def test_what_says_when_to_come_again_is_no_refusal_for_good(status):
    assert not PushAnswer(status, retry_after=7).is_final


@given(st.sampled_from(STATUSES) | st.none())
def test_a_push_service_takes_refuses_for_good_or_is_tried_again(status):
    answer = PushAnswer(status)
    assert answer.is_taken is (status is not None and status // 100 == 2)
    assert answer.is_final is not (answer.is_taken or status is None or status in AGAIN)


@pytest.mark.django_db
def test_a_browser_is_kept_by_every_status_but_those_that_say_it_is_gone(agent):
    subscriptions.add_browser(user=agent, label="Firefox", now=NOON, **Browser().keys)
    (browser,), kept = PushSubscription.objects.all(), set()
    for status in set(STATUSES) - GONE:
        PushDelivery.objects.all().delete()
        delivery = subscriptions.send_test_push(user=agent, subscription_id=browser.pk, now=NOON)
        note_push_answer(delivery=delivery, answer=PushAnswer(status), now=NOON)
        delivery.refresh_from_db()
        assert (delivery.next_attempt_at is not None) is (status in AGAIN), status
        kept.add(PushSubscription.objects.count())
    assert kept == {1} and sending.GONE == GONE
