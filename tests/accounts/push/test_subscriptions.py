"""The browsers that show somebody's notifications: added by the page's form, tried, removed, forgotten."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.models import Notification, PushDelivery, PushSubscription
from accounts.notifications import cleaning
from accounts.push import subscriptions
from accounts.push.names import name_of_browser
from core.errors import Invalid
from tests.api import hold_clock
from tests.browsers import signed_in
from tests.play import NOON, after
from tests.push_double import Browser

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


@pytest.fixture(autouse=True)
def site(settings, monkeypatch):
    settings.WEBHOOKS_TO_PRIVATE = False
    hold_clock(monkeypatch)


def add(user, browser=None, now=NOON, **more):
    given = {**(browser or Browser()).keys, "label": "Firefox on Linux", **more}
    return subscriptions.add_browser(user=user, now=now, **given)


def test_the_form_adds_the_browser_once_and_its_owner_is_told(agent):
    client, browser = signed_in(agent), Browser()
    for _ in range(2):
        page = client.post("/me/push", browser.keys, headers={"User-Agent": FIREFOX}, follow=True)
        assert "Notifications are on in this browser." in page.content.decode()
    row = PushSubscription.objects.get()
    assert (row.user, row.endpoint, row.label) == (agent, browser.endpoint, "Firefox on Linux")
    assert list(Notification.objects.values_list("kind", flat=True)) == ["push-added"]
    assert "Firefox on Linux" in client.get("/me").content.decode()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("endpoint", "https://127.0.0.1/send"),
        ("endpoint", "http://push.example/send"),
        ("endpoint", "https://push.example:8443/send"),
        ("endpoint", f"https://push.example/{'x' * 1_000}"),
        ("endpoint", ""),
        ("p256dh", "BBBB"),
        ("p256dh", ""),
        ("p256dh", "B" + "A" * 86),
        ("auth", "short"),
        ("auth", "é" * 22),
    ],
)
def test_what_is_no_browsers_is_refused_and_not_kept(agent, field, wrong):
    with pytest.raises(Invalid) as refusal:
        add(agent, **{field: wrong})
    assert list(refusal.value.errors) == [field] and not PushSubscription.objects.exists()


def test_a_browser_shows_the_account_that_turned_it_on_last(agent, rival):
    browser = Browser()
    add(agent, browser), add(rival, browser)
    assert PushSubscription.objects.get().user == rival


def test_an_account_has_ten_browsers_at_most(agent):
    rows = [add(agent, Browser(f"https://push.example/{number}")) for number in range(10)]
    with pytest.raises(subscriptions.TooManyBrowsers):
        add(agent, Browser("https://push.example/more"))
    add(agent, Browser(rows[0].endpoint))
    assert PushSubscription.objects.count() == 10


def test_nobody_tries_or_removes_the_browser_of_somebody_else(agent, rival):
    row = add(agent)
    for path in ("test", "remove"):
        assert signed_in(rival).post(f"/me/push/{row.pk}/{path}").status_code == 404
    assert PushSubscription.objects.exists() and not PushDelivery.objects.exists()


def test_a_test_is_put_in_the_queue_and_not_twice_in_ten_seconds(agent):
    row = add(agent)
    assert signed_in(agent).post(f"/me/push/{row.pk}/test").status_code == 302
    with pytest.raises(subscriptions.PushTestedJustNow) as refusal:
        subscriptions.send_test_push(user=agent, subscription_id=row.pk, now=after(9))
    assert refusal.value.retry_at == after(10)
    assert PushDelivery.objects.get().kind == "test"


def test_removing_takes_what_waits_along(agent):
    row = add(agent)
    subscriptions.send_test_push(user=agent, subscription_id=row.pk, now=NOON)
    assert signed_in(agent).post(f"/me/push/{row.pk}/remove").status_code == 302
    assert not PushSubscription.objects.exists() and not PushDelivery.objects.exists()


def test_who_signs_out_leaves_no_browser_that_goes_on_showing_what_they_are_told(agent):
    here, elsewhere = signed_in(agent), signed_in(agent)
    here.post("/me/push", Browser("https://push.example/here").keys)
    elsewhere.post("/me/push", Browser("https://push.example/elsewhere").keys)
    here.post("/accounts/logout/")
    assert PushSubscription.objects.get().endpoint == "https://push.example/elsewhere"


def turned_on(user, name):
    client = signed_in(user)
    client.post("/me/push", Browser(f"https://push.example/{name}").keys)
    return client


def endpoints():
    return [row.endpoint.rpartition("/")[2] for row in PushSubscription.objects.order_by("endpoint")]


def test_a_new_password_ends_it_in_all_other_browsers_and_signing_out_then_here_too(agent, with_mail):
    agent.set_password("first words of mine"), agent.save()
    here, _ = turned_on(agent, "here"), turned_on(agent, "there")
    form = {
        "oldpassword": "first words of mine",
        "password1": "other words of mine",
        "password2": "other words of mine",
    }
    assert here.post("/accounts/password/change/", form).status_code == 302
    assert endpoints() == ["here"]
    here.post("/accounts/logout/")
    assert endpoints() == []


def test_a_session_ended_from_the_list_leaves_no_browser_behind(agent):
    here, there = turned_on(agent, "here"), turned_on(agent, "there")
    for client in (here, there):
        key = client.session.session_key
        UserSession.objects.create(user=agent, session_key=key, ip="127.0.0.1", user_agent="")
    UserSession.objects.get(session_key=there.session.session_key).end()
    assert endpoints() == ["here"]


def test_a_session_that_ran_out_is_forgotten_with_its_browser(agent):
    turned_on(agent, "here"), add(agent, Browser("https://push.example/of-no-session"))
    there = turned_on(agent, "there")
    Session.objects.update(expire_date=after(60))
    Session.objects.filter(session_key=there.session.session_key).update(expire_date=NOON)
    cleaning.clean_up(now=after(1))
    assert endpoints() == ["here", "of-no-session"]


def test_the_script_is_served_from_the_root_to_anybody_and_kept_by_nobody(client):
    script = client.get("/sw.js")
    assert script["Content-Type"] == "text/javascript; charset=utf-8"
    assert "no-store" in script["Cache-Control"] and "notificationclick" in script.content.decode()
    assert "worker-src 'self'" in script["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("agent_name", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_called_what_a_person_calls_it(agent_name, name):
    assert name_of_browser(agent_name) == name
