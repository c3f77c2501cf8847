"""Nothing secret in logs, errors, stored rows or pages, whatever goes wrong."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.test import Client

from accounts.models import Notification
from core.logs import logging_config
from tests.admin_site import change_url, logged_in
from tests.browsers import signed_in
from tests.stripe_double import Fault
from tests.wallet.stripe_play import sees
from wallet import tasks
from wallet.models import StripeEvent, Topup, Withdrawal
from wallet.stripe_events import inbox

ROUTES = ["POST /v1/checkout/sessions", "POST /v1/payment_intents", "POST /v1/transfers", "GET /v1/*", "GET /v2/*"]
FAULTS = [fault for fault in Fault if fault not in (Fault.TIMEOUT_BEFORE_EFFECT, Fault.TIMEOUT_AFTER_EFFECT)]


@pytest.fixture
def log():
    """Everything that is logged, down to DEBUG, as production writes it."""
    stream, root = io.StringIO(), logging.getLogger()
    formatter = dict(logging_config(debug=False)["formatters"]["lines"])
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter.pop("()")(**formatter))
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def secrets_of(play):
    """The keys, and every address that lets in whoever has it."""
    things = play.double.shelf.things.values()
    links = [thing["url"] for thing in things if str(thing.get("url") or "").startswith(play.double.url)]
    return [play.double.api_key, play.double.webhook_secret, play.double.connect_webhook_secret, "Bearer ", *links]


def assert_none_in(play, *texts):
    for secret in secrets_of(play):
        assert not [text for text in texts if secret in text], secret


def anything_goes(play, sender, agent, fault):
    """Money in and out by the pages' own addresses, with the same fault at every turn."""
    details = {"code": "account_invalid"} if fault is Fault.REFUSED else {}
    for route in ROUTES:
        play.double.next(route, fault, **details)
    pages = []
    for user in (sender, agent):
        browser = signed_in(user)
        browser.raise_request_exception = False
        for path, form in (("topups", {"amount_cents": "10"}), ("withdrawals", {"amount_cents": "6"})):
            pages.append(browser.post(f"/wallet/{path}", form).content.decode())
    for _ in range(3):
        tasks.send_outbound()
        play.double.land()
        play.double.deliver(play.post)
        play.wait(hours=1)
    return [page for page in pages if "On to Stripe" not in page]


@pytest.mark.turns(2)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_whatever_goes_wrong_no_secret_is_told(fault, play, sender, agent, log):
    play.earned(agent)
    play.connected(agent)
    play.automatic(sender)
    pages = anything_goes(play, sender, agent, fault)
    pages += [sees(sender), sees(agent, "/wallet/earnings")]
    rows = [*Topup.objects.all(), *Withdrawal.objects.all(), *StripeEvent.objects.all(), *Notification.objects.all()]
    stored = [str([value for value in vars(row).values() if isinstance(value, str)]) for row in rows]
    assert log.getvalue()
    assert_none_in(play, log.getvalue(), *pages, *stored)
    settle_all(play)


def settle_all(play):
    """Let everything come to its end, for the look at the books."""
    play.double.faults.clear()
    for _ in range(6):
        play.double.deliver(play.post)
        tasks.send_outbound()
        play.wait(hours=7)


def test_a_wrong_key_is_not_repeated_by_its_refusal(play, sender, settings, log):
    settings.STRIPE_SECRET_KEY = "sk_test_not_the_right_one"
    browser = Client()
    browser.force_login(sender, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = browser.post("/wallet/topups", {"amount_cents": "10"})
    settings.STRIPE_SECRET_KEY = play.double.api_key
    assert page.status_code == 503 and "sk_test_not" not in page.content.decode() + log.getvalue()


def test_a_refused_webhook_says_nothing_of_what_was_wrong(play, log):
    headers = {"Stripe-Signature": "t=1,v1=abc"}
    answer = Client().post("/api/stripe/webhook", b'{"card": "4242"}', content_type="application/json", headers=headers)
    assert answer.status_code == 400 and not StripeEvent.objects.exists()
    assert_none_in(play, answer.content.decode(), log.getvalue())
    assert "4242" not in answer.content.decode() + log.getvalue()


def test_what_would_let_a_reader_pay_is_not_kept(play, sender, admin_user):
    stray = {"id": "pi_1", "object": "payment_intent", "client_secret": "pi_1_secret_x", "list": [{"client_secret": 1}]}
    play.double.shelf.tell("payment_intent.processing", stray)
    play.double.deliver(play.post)
    event = StripeEvent.objects.get()
    assert "secret" not in json.dumps(event.payload) and event.payload["data"]["object"]["list"] == [{}]
    assert inbox.process_event(event_id=event.pk, now=play.now).status == "ignored"
    assert "pi_1_secret" not in logged_in(admin_user).get(change_url(event)).content.decode()
