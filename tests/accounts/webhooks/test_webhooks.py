"""People's own webhooks: who may be called, what is signed, and what becomes of an address that takes nothing."""

import base64
import hashlib
import hmac
import json
import re
from datetime import timedelta

import pytest
from django.core import mail

from accounts import tasks
from accounts.models import Notification, User, WebhookDelivery, WebhookEndpoint
from accounts.notifications import preferences, routing
from accounts.notifications.notify import notify
from accounts.notifications.preferences import Channels
from accounts.webhooks import delivering, endpoints, http_post, signing
from accounts.webhooks.guard import Unreachable
from core.errors import Refused
from tests.api import hold_clock
from tests.browsers import signed_in
from tests.play import NOON, after

pytestmark = pytest.mark.django_db
URL = "https://hook.example/clorp?a=1"


class Ear:
    """Stands in for the network: what was posted, and what is answered."""

    def __init__(self):
        self.heard, self.status, self.faults, self.retry_after = [], 204, {}, None

    def __call__(self, url, *, body, headers):
        self.heard.append((url, body, dict(headers)))
        status = self.faults.get(url, self.status)
        if isinstance(status, Exception):
            raise status
        return http_post.Reply(status, self.retry_after)


@pytest.fixture
def ear(monkeypatch):
    ear = Ear()
    monkeypatch.setattr(delivering, "post", ear)
    return ear


@pytest.fixture(autouse=True)
def site(settings, monkeypatch):
    settings.WEBHOOKS_TO_PRIVATE = False
    settings.SITE_URL = "https://clorp.example"
    hold_clock(monkeypatch)


def add(user, url=URL):
    """A webhook that is not sent the news of its own beginning."""
    made = endpoints.add_webhook(user=user, url=url, now=NOON)
    Notification.objects.update(routed_at=NOON)
    return made


@pytest.fixture
def hook(agent):
    return add(agent)


def tell(user, kind="entry-won", now=NOON):
    notify([user], kind=kind, text="You won “Fähre”.", href="/drops/1", data={"job_id": "1", "grade": "A"}, now=now)


def ring(monkeypatch, at=NOON):
    hold_clock(monkeypatch, at)
    return tasks.deliver_notices()


def signature(secret, headers, body):
    """As the specification has it, worked out here once more."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def row():
    return WebhookDelivery.objects.latest("created_at")


def test_a_message_is_what_standard_webhooks_says(agent, hook, ear, monkeypatch):
    tell(agent)
    ring(monkeypatch)
    ((url, body, headers),) = ear.heard
    message = json.loads(body)
    assert url == URL and headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    assert headers["webhook-id"] == row().message_id
    assert headers["webhook-signature"] == signature(hook[1], headers, body)
    assert (message["type"], message["timestamp"]) == ("entry_won", "2030-01-01T12:00:00Z")
    assert message["data"] == {
        "job_id": "1",
        "grade": "A",
        "id": str(Notification.objects.get(kind="entry-won").pk),
        "topic": "wins",
        "text": "You won “Fähre”.",
        "url": "https://clorp.example/drops/1",
    }


def test_a_closed_account_is_sent_nothing_more(agent, hook, ear, monkeypatch):
    tell(agent)
    routing.route_notices(now=NOON)
    User.objects.filter(pk=agent.pk).update(is_active=False)
    ring(monkeypatch)
    assert ear.heard == [] and row().is_waiting


def test_what_was_turned_off_while_it_waited_is_not_sent(agent, hook, ear, monkeypatch):
    tell(agent)
    routing.route_notices(now=NOON)
    preferences.choose_channels(user=agent, channels={"wins": Channels(bell=True, mail="never", webhook=False)})
    ring(monkeypatch)
    assert ear.heard == [] and (row().is_waiting, row().last_error) == (False, "no longer wanted")


def test_an_address_that_another_worker_calls_now_is_left_alone(agent, hook, ear, monkeypatch):
    tell(agent)
    tell(agent, kind="drop-completed")
    routing.route_notices(now=NOON)
    WebhookDelivery.objects.take(row().pk, NOON)
    ring(monkeypatch, after(1))
    assert ear.heard == []
    ring(monkeypatch, after(301))
    assert len(ear.heard) == 2


def test_it_is_sent_once_to_each_address_that_wants_it_and_to_nobody_elses(agent, rival, hook, ear, monkeypatch):
    add(rival)
    preferences.choose_channels(user=agent, channels={"results": Channels(bell=True, mail="never", webhook=False)})
    tell(agent)
    tell(agent, kind="drop-completed")
    for seconds in (0, 20, 40):
        ring(monkeypatch, after(seconds))
    assert [json.loads(body)["type"] for _, body, _ in ear.heard] == ["entry_won"] and row().endpoint == hook[0]
    assert (row().delivered_at, row().last_status, row().tries) == (NOON, 204, 1)


def test_both_secrets_are_good_for_a_day_after_a_change_and_neither_is_stored(agent, hook):
    endpoint, old = hook
    endpoint, new = endpoints.renew_secret(user=agent, endpoint_id=endpoint.pk, now=NOON)
    assert old != new and re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", new)
    stored = json.dumps(list(WebhookEndpoint.objects.values()), default=str)
    assert old[6:] not in stored and new[6:] not in stored
    for seconds, secrets in ((86_399, [new, old]), (86_400, [new])):
        headers = signing.headers_for(endpoint, "msg_1", "{}", after(seconds))
        assert headers["webhook-signature"].split() == [signature(secret, headers, "{}") for secret in secrets]


def test_what_is_not_taken_comes_again_later_each_time_with_the_same_bytes(agent, hook, ear, monkeypatch):
    ear.status, at = 500, NOON
    tell(agent)
    for tries, seconds in enumerate((30, 60, 120, 240), start=1):
        ring(monkeypatch, at)
        ring(monkeypatch, at + timedelta(seconds=seconds - 1))
        waited = (row().next_attempt_at - at).total_seconds()
        # Both the message and its address wait, each with its own jitter; the later of them counts.
        assert (row().tries, row().last_status) == (tries, 500) and seconds <= waited <= seconds * 1.2
        at = row().next_attempt_at
    assert len({(body, headers["webhook-id"]) for _, body, headers in ear.heard}) == 1 and len(ear.heard) == 4
    ear.status = 200
    ring(monkeypatch, at)
    assert row().delivered_at == at and WebhookEndpoint.objects.get().failures == 0


def test_a_message_is_given_up_in_the_end(agent, hook, ear, monkeypatch):
    ear.status = 500
    tell(agent)
    ring(monkeypatch)
    WebhookDelivery.objects.update(tries=delivering.TRIES_MAX - 1)
    ring(monkeypatch, after(3_600))
    assert (row().tries, row().next_attempt_at, row().delivered_at) == (delivering.TRIES_MAX, None, None)
    assert row().last_error == "answered 500"


@pytest.mark.parametrize("wait", [(300, 300, 300), (1, 30, 36), (10**9, 21_600, 21_600)], ids=str)
def test_an_address_is_left_alone_as_long_as_it_asks_within_reason(agent, hook, ear, monkeypatch, wait):
    asked, least, most = wait
    ear.status, ear.retry_after = 503, asked
    tell(agent)
    tell(agent)
    ring(monkeypatch)
    waits = [
        (time - NOON).total_seconds() for time in WebhookDelivery.objects.values_list("next_attempt_at", flat=True)
    ]
    assert len(waits) == 2 and all(least <= wait <= most for wait in waits)


def test_trouble_of_one_address_puts_off_its_own_messages_and_nobody_elses(agent, rival, ear, monkeypatch):
    (bad, _), (good, _) = add(agent, "https://bad.example/"), add(rival)
    for _ in range(3):
        tell(agent)
        tell(rival)
    ear.faults["https://bad.example/"] = Unreachable("no connection")
    ring(monkeypatch)
    assert WebhookDelivery.objects.filter(endpoint=good, delivered_at__isnull=False).count() == 3
    waiting = WebhookDelivery.objects.filter(endpoint=bad)
    assert sorted(waiting.values_list("tries", flat=True)) == [0, 0, 1]
    assert all(row.next_attempt_at > after(29) for row in waiting)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500, Unreachable("it took too long to answer")])
def test_nothing_but_a_2xx_is_taken_and_no_redirect_is_followed(agent, hook, ear, monkeypatch, status):
    ear.status = status
    tell(agent)
    ring(monkeypatch)
    assert len(ear.heard) == 1
    assert not WebhookDelivery.objects.filter(delivered_at__isnull=False).exists()


def test_after_five_days_without_one_taken_it_is_turned_off_and_its_owner_told(agent, hook, ear, monkeypatch):
    ear.status = 500
    tell(agent)
    for hours in (0, 24, 119):
        ring(monkeypatch, after(hours * 3_600))
    assert not WebhookEndpoint.objects.get().is_disabled
    tell(agent, now=after(129 * 3_600))
    ring(monkeypatch, after(130 * 3_600))
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.is_disabled and "no message for 5 days" in endpoint.disabled_reason
    assert not WebhookDelivery.objects.filter(next_attempt_at__isnull=False).exists()
    assert Notification.objects.filter(kind="webhook-disabled", user=agent).count() == 1
    with pytest.raises(Refused, match="turned off"):
        endpoints.send_test(user=agent, endpoint_id=endpoint.pk, now=after(131 * 3_600))
    endpoints.turn_on(user=agent, endpoint_id=endpoint.pk, now=after(131 * 3_600))
    ear.status = 200
    tell(agent, now=after(132 * 3_600))
    ring(monkeypatch, after(132 * 3_600))
    assert row().delivered_at is not None


def test_gone_means_gone_at_once(agent, hook, ear, monkeypatch):
    ear.status = 410
    tell(agent)
    ring(monkeypatch)
    assert WebhookEndpoint.objects.get().is_disabled


def test_one_has_five_at_most_and_none_twice_and_hears_of_each_by_mail(agent, hook):
    for number in range(4):
        endpoints.add_webhook(user=agent, url=f"https://hook.example/{number}", now=NOON)
    for url in (URL, "https://hook.example/5"):
        with pytest.raises(Refused):
            endpoints.add_webhook(user=agent, url=url, now=NOON)
    assert Notification.objects.filter(user=agent, kind="webhook-added").count() == 5


def test_whoever_owns_a_webhook_hears_by_mail_that_its_secret_is_another(agent, hook, monkeypatch):
    endpoints.renew_secret(user=agent, endpoint_id=hook[0].pk, now=NOON)
    ring(monkeypatch)
    (letter,) = (letter for letter in mail.outbox if "secret" in letter.subject)
    assert letter.to == [agent.email] and hook[0].url not in letter.body


def test_the_pages_show_the_secret_once_and_what_was_sent(agent, rival, ear, monkeypatch):
    browser, other = signed_in(agent), signed_in(rival)
    assert "No webhooks yet" in browser.get("/me").content.decode()
    page = browser.post("/me/webhooks", {"url": URL}).content.decode()
    endpoint = WebhookEndpoint.objects.get()
    secret = signing.secret_of(endpoint.secret_id).replace("+", "&#x2B;")
    path = f"/me/webhooks/{endpoint.pk}"
    assert "whsec_" in page and (secret in page or signing.secret_of(endpoint.secret_id) in page)
    assert "whsec_" not in browser.get(path).content.decode()
    assert browser.post(f"{path}/test").status_code == 302 and browser.post(f"{path}/test").status_code == 429
    ear.status = 503
    ring(monkeypatch)
    assert "answered 503" in browser.get(path).content.decode()
    assert "whsec_" in browser.post(f"{path}/secret").content.decode()
    assert browser.post("/me/webhooks", {"url": "https://10.0.0.1/"}).status_code == 422
    assert {other.get(path).status_code, other.post(f"{path}/remove").status_code} == {404}
    assert browser.post(f"{path}/remove").status_code == 302 and not WebhookEndpoint.objects.exists()
