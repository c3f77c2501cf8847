"""Events: stored once, worked on with patience, given up for a person to look at, never lost."""

from __future__ import annotations

import pytest

from tests.stripe_double import Fault
from tests.wallet.stripe_play import balances
from wallet import decisions
from wallet.models import StripeEvent
from wallet.stripe_events import inbox
from wallet.stripe_events.inbox import NotWaiting, fetch_missed_events, ignore_event, process_event, retry_event


@pytest.fixture
def event(play, sender):
    """The news of a paid top-up, stored and not worked on."""
    play.topup = play.start(sender)
    play.double.pay(play.topup.stripe_session_id)
    play.double.deliver(play.post, play.double.events("checkout.session.completed"))
    yield StripeEvent.objects.get()
    play.settle(play.topup)


def test_an_event_that_fails_waits_longer_each_time_and_then_succeeds(play, event, sender):
    play.double.next("GET /v1/checkout/sessions/*", Fault.ERROR_UNSAVED, times=2)
    for seconds in (30, 60):
        row = process_event(event_id=event.pk, now=play.now)
        assert (row.status, (row.next_attempt_at - play.now).total_seconds()) == ("failed", seconds)
        assert process_event(event_id=event.pk, now=play.now) is None
        play.wait(seconds=seconds)
    assert process_event(event_id=event.pk, now=play.now).status == "processed"
    assert balances(sender) == {"wallet": 1_000}


def test_after_the_twelfth_failure_it_is_for_a_person_who_may_try_again(play, event, staff, sender):
    play.double.next("GET /v1/checkout/sessions/*", Fault.ERROR_UNSAVED, times=12)
    for _ in range(12):
        row = process_event(event_id=event.pk, now=play.now)
        play.wait(hours=3)
    assert row.status == "dead" and "OutcomeUnknown" in row.last_error
    assert process_event(event_id=event.pk, now=play.now) is None
    retry_event(event=row, staff=staff, reason="Stripe is back", now=play.now)
    assert process_event(event_id=event.pk, now=play.now).status == "processed"
    with pytest.raises(NotWaiting):
        retry_event(event=row, staff=staff, reason="again", now=play.now)


def test_an_event_that_is_ignored_is_left_alone(play, event, staff, sender):
    play.double.next("GET /v1/checkout/sessions/*", Fault.ERROR_UNSAVED)
    process_event(event_id=event.pk, now=play.now)
    ignore_event(event=event, staff=staff, reason="seen by hand", now=play.now)
    assert process_event(event_id=event.pk, now=play.now) is None and balances(sender) == {}


@pytest.mark.parametrize("verb", [retry_event, ignore_event])
def test_what_staff_do_to_an_event_is_not_done_where_it_cannot_be_recorded(play, event, staff, verb, monkeypatch):
    def unrecorded(**_):
        raise RuntimeError

    StripeEvent.objects.update(status="failed", tries=3)
    with monkeypatch.context() as patch:
        patch.setattr(decisions, "record_audit", unrecorded)
        with pytest.raises(RuntimeError):
            verb(event=event, staff=staff, reason="seen by hand", now=play.now)
    event.refresh_from_db()
    assert (event.status, event.tries) == ("failed", 3)
    assert process_event(event_id=event.pk, now=play.now).status == "processed"


def test_what_means_nothing_to_us_is_stored_and_ignored(play, sender):
    play.customer(sender)
    play.deliver()
    assert [(event.type, event.status) for event in StripeEvent.objects.all()] == [("customer.created", "ignored")]


def test_events_that_never_came_are_fetched_once(play, sender):
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id)
    assert fetch_missed_events(now=play.now) == StripeEvent.objects.count() > 0
    assert fetch_missed_events(now=play.now) == 0
    for event in StripeEvent.objects.all():
        inbox.process_event(event_id=event.pk, now=play.now)
    assert balances(sender) == {"wallet": 1_000}


def test_a_refund_whose_topup_was_never_heard_of_credits_first(play, sender):
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id)
    play.double.refund(topup.stripe_session_id, 400)
    play.deliver(events=play.double.events("refund.created"))
    assert balances(sender) == {"wallet": 600}


def test_what_is_about_somebody_elses_money_moves_none_of_ours(play, sender):
    play.topped_up(sender)
    stray = play.double.shelf.put("pi", "payment_intent", amount=5, currency="usd", customer=None, metadata={})
    stray.update(status="succeeded", latest_charge=None, last_payment_error=None)
    play.double.shelf.tell("payment_intent.succeeded", stray)
    play.deliver()
    assert balances(sender) == {"wallet": 1_000} and not StripeEvent.objects.unprocessed().exists()
