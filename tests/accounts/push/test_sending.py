"""Messages to browsers: once, readable by them alone, tried again as asked, and nothing for browsers that are gone."""

from datetime import timedelta

import pytest

from accounts.models import PushDelivery, PushSubscription
from accounts.notifications import preferences, routing
from accounts.notifications.notify import notify
from accounts.notifications.preferences import Channels
from accounts.push import sending, subscriptions, vapid
from accounts.webhooks.guard import Unreachable
from accounts.webhooks.http_post import Reply
from drops import tasks
from drops.alerts import following
from tests.api import hold_clock
from tests.play import NOON, after, open_drop
from tests.push_double import Browser, PushService
from tests.push_double.service import claims_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(monkeypatch, settings):
    settings.WEBHOOKS_TO_PRIVATE = False
    hold_clock(monkeypatch)
    double = PushService()
    monkeypatch.setattr(sending, "post", double.post)
    return double


@pytest.fixture
def browser(agent):
    made = Browser()
    subscriptions.add_browser(user=agent, label="Firefox", now=NOON, **made.keys)
    return made


def send(now=NOON):
    return sending.send_pushes(clock=lambda: now)


def told(agent, kind="entry-won", **more):
    """Tell the agent something, and nothing of the browser that was added."""
    PushDelivery.objects.all().delete()
    routing.route_notices(now=NOON)
    PushDelivery.objects.all().delete()
    notify([agent], **{"kind": kind, "text": "You won.", "href": "/board", "now": NOON, **more})
    routing.route_notices(now=NOON)


def waiting():
    return list(PushDelivery.objects.values_list("tries", "next_attempt_at"))


def test_a_browser_reads_what_its_owner_was_told_and_knows_that_it_is_us(agent, service, browser):
    told(agent)
    assert (send(), send()) == (1, 0)
    (sent,) = service.sent
    message = browser.read(sent.body)
    assert (message["title"], message["text"], message["path"]) == ("You won", "You won.", "/board")
    assert claims_of(sent.headers)[1] == vapid.public_key(NOON)
    assert {sent.headers[name] for name in ("TTL", "Content-Encoding")} == {"86400", "aes128gcm"}
    assert PushSubscription.objects.get().last_success_at == NOON


def test_a_follower_sees_the_drop_its_prize_and_the_way_there_and_for_as_long_as_it_is_open(
    sender, agent, service, browser
):
    told(agent), send()
    service.sent.clear()
    following.follow_pack(user=agent, pack="", min_price_cents=0, now=NOON)
    drop = open_drop(sender, title="My ferry", window_seconds=600)
    assert tasks.pass_on_alerts() > 0
    (sent,) = service.sent
    message = browser.read(sent.body)
    assert message["title"] == "New Wild drop: $5.00" and message["path"] == f"/drops/{drop.pk}"
    assert message["text"] == "New Wild drop for $5.00, open for 10 minutes: “My ferry”"
    assert sent.headers["TTL"] == "600"


def test_a_drop_that_is_over_when_its_turn_comes_is_not_sent(sender, agent, service, browser):
    told(agent), send()
    service.sent.clear()
    following.follow_pack(user=agent, pack="", min_price_cents=0, now=NOON)
    drop = open_drop(sender)
    tasks.tell_followers()
    routing.route_notices(now=NOON)
    assert (send(drop.window_closes_at), service.sent) == (1, [])


def test_even_the_longest_news_fits_what_a_service_takes(agent, service, browser):
    told(agent, text="🎉" * 4_000, subject="🎉" * 120)
    send()
    assert len(service.sent[0].body) <= 4_096 and browser.read(service.sent[0].body)["title"] == "🎉" * 120


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(agent, service, browser, status):
    service.answers = [Reply(status)]
    told(agent), send()
    assert not PushSubscription.objects.exists() and not PushDelivery.objects.exists()


@pytest.mark.parametrize(
    ("reply", "seconds"), [(Reply(429, 90.0), 90), (Reply(503), 5), (Reply(413, 60.0), 60), (Reply(406, 7.0), 7)]
)
def test_it_is_tried_again_when_the_service_wants_it_and_not_before(agent, service, browser, reply, seconds):
    service.answers = [reply]
    told(agent), send()
    ((tries, again),) = waiting()
    assert tries == 1 and after(seconds) <= again <= after(seconds * 1.2)
    assert (send(after(seconds - 1)), send(again), len(service.sent)) == (0, 1, 2)
    assert PushSubscription.objects.get().failing_since is None


def test_trouble_of_one_browser_puts_off_its_own_messages_and_nobody_elses(agent, rival, service, browser, monkeypatch):
    good = Browser("https://good.example/1")
    subscriptions.add_browser(user=rival, label="Firefox", now=NOON, **good.keys)
    told(agent)
    for number in range(3):
        notify([agent, rival], kind="entry-won", text=f"You won {number}.", href="/board", now=NOON)
    routing.route_notices(now=NOON)
    monkeypatch.setattr(sending, "AT_ONCE_MAX", 2)
    service.refusing = {browser.endpoint: Reply(503)}
    assert [send() for _ in range(4)] == [2, 1, 1, 0]
    assert [sent.endpoint for sent in service.sent].count(browser.endpoint) == 1
    waiting = PushDelivery.objects.filter(subscription__user=agent)
    assert sorted(waiting.values_list("tries", flat=True)) == [0, 0, 0, 1]
    assert all(row.next_attempt_at >= after(5) for row in waiting)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 406, 413])
def test_what_is_refused_for_good_is_not_tried_again(agent, service, browser, status):
    service.answers = [Reply(status)]
    told(agent), send()
    assert waiting() == [(1, None)]
    assert PushSubscription.objects.get().failing_since == NOON


def test_a_service_that_does_not_answer_is_tried_ten_times(agent, service, browser, monkeypatch):
    def nothing(url, **unused):
        raise Unreachable("it took too long to answer")

    monkeypatch.setattr(sending, "post", nothing)
    told(agent)
    for number in range(12):
        send(after(number * 7_000))
    assert waiting() == [(10, None)]


def test_a_browser_that_takes_nothing_for_five_days_is_forgotten(agent, service, browser):
    told(agent)
    PushSubscription.objects.update(failing_since=NOON - timedelta(days=5))
    service.answers = [Reply(500)]
    send()
    assert not PushSubscription.objects.exists()


def test_what_was_turned_off_while_it_waited_is_not_shown(agent, service, browser):
    told(agent)
    quiet = Channels(bell=True, mail="never", webhook=True, push=False)
    preferences.choose_channels(user=agent, channels={"wins": quiet})
    assert (send(), service.sent, waiting()) == (1, [], [(0, None)])


def test_what_comes_once_a_day_by_mail_interrupts_nobody_by_itself(agent, service, browser):
    told(agent, kind="entry-graded")
    assert send() == 0


def test_a_test_reaches_the_browser_whatever_is_turned_off(agent, service, browser):
    told(agent), send()
    service.sent.clear()
    row = PushSubscription.objects.get()
    subscriptions.send_test_push(user=agent, subscription_id=row.pk, now=NOON)
    send()
    assert browser.read(service.sent[0].body)["text"] == "It works: this is a test."
