"""No account makes the site mail and call more than so often an hour, nor pile up what waits for one address."""

import json

import pytest

from accounts import changes
from accounts.keys import create_key
from accounts.models import ApiKey, Mail, Notification, PushDelivery, PushSubscription, Scope, WebhookDelivery
from accounts.notifications.notify import notify
from accounts.notifications.routing import route_notices
from accounts.push import subscriptions
from accounts.webhooks import endpoints
from tests.api import Api, hold_clock, is_problem
from tests.play import NOON, after
from tests.push_double import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(settings, monkeypatch):
    settings.WEBHOOKS_TO_PRIVATE = True
    settings.ACCOUNT_CHANGES_PER_HOUR = 3
    hold_clock(monkeypatch)


def renew(user, now):
    endpoint = user.webhooks.first()
    if endpoint is None:
        endpoint, _ = endpoints.add_webhook(user=user, url="https://hook.example/0", now=now)
    endpoints.renew_secret(user=user, endpoint_id=endpoint.pk, now=now)


def add_and_remove_webhook(user, now):
    endpoint, _ = endpoints.add_webhook(user=user, url="https://hook.example/", now=now)
    endpoints.remove_webhook(user=user, endpoint_id=endpoint.pk)


def make_and_revoke_key(user, now):
    maker = ApiKey.objects.filter(user=user, name="maker").first()
    if maker is None:
        maker, _ = create_key(user=user, name="maker", scopes=[Scope.READ], now=now)
    create_key(user=user, name="made", by=maker, now=now)[0].delete()


def add_and_remove_browser(user, now):
    row = subscriptions.add_browser(user=user, label="Firefox", now=now, **Browser().keys)
    subscriptions.remove_browser(user=user, subscription_id=row.pk)


@pytest.mark.parametrize("act", [renew, add_and_remove_webhook, make_and_revoke_key, add_and_remove_browser])
def test_each_act_that_is_always_mailed_has_a_limit_an_hour_for_an_account(agent, rival, act):
    for _ in range(3):
        act(agent, NOON)
    told = Notification.objects.filter(user=agent).count()
    with pytest.raises(changes.TooManyChanges) as refusal:
        act(agent, after(600))
    assert refusal.value.retry_at == after(3600) and "can still revoke keys" in str(refusal.value.next_step)
    assert Notification.objects.filter(user=agent).count() == told
    act(rival, after(600))
    act(agent, after(3600))


def test_the_api_says_until_when(agent):
    api = Api(agent)  # Which is a key that moves money, and counts too.
    made = [api.post("keys", {"name": "n", "scopes": ["read"]}) for _ in range(3)]
    refused = is_problem(made[2], 429, "too_many_changes")
    assert [answer.status_code for answer in made[:2]] == [201] * 2
    assert made[2]["Retry-After"] == "3601" and "within the hour" in refused["error"]


def tell(user, number, now):
    notify([user], kind="entry-won", text=f"News {number}.", href="/me", now=now)
    route_notices(now=now)


def test_beyond_so_many_that_wait_for_an_address_the_oldest_is_skipped(agent, rival, settings):
    settings.DELIVERIES_WAITING_MAX = 2
    for user in (agent, rival):
        endpoints.add_webhook(user=user, url="https://hook.example/", now=NOON)
        browser = Browser(endpoint=f"https://push.example/{user.pk}")
        subscriptions.add_browser(user=user, label="Firefox", now=NOON, **browser.keys)
    Notification.objects.all().delete()
    for number in range(4):
        tell(agent, number, after(number))
    tell(rival, 0, after(5))
    for rows, receivers in ((WebhookDelivery, "endpoint__user"), (PushDelivery, "subscription__user")):
        waiting = rows.objects.filter(next_attempt_at__isnull=False)
        assert [waiting.filter(**{receivers: user}).count() for user in (agent, rival)] == [2, 1]
        texts = [str(json.loads(row.body)) for row in waiting.filter(**{receivers: agent}).order_by("created_at")]
        assert "News 2." in texts[0] and "News 3." in texts[1]
        assert set(rows.objects.filter(next_attempt_at=None).values_list("last_error", flat=True)) == {
            "skipped: too much waited for this address"
        }
    assert Mail.objects.filter(user=agent).count() == 4 and PushSubscription.objects.count() == 2
