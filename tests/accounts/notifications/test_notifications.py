"""Mails and webhooks follow from a notification by its owner's choice: once, at once or by the day."""

import smtplib
from email import message_from_bytes, policy

import pytest
from django.core import mail as sent
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from accounts import tasks
from accounts.models import Mail, MailChoice, Notification, Preference, User
from accounts.notifications import cleaning, mailing, preferences, routing
from accounts.notifications.notify import notify
from accounts.notifications.preferences import Channels
from accounts.notifications.topics import ACCOUNT, TOPICS
from accounts.notifications.unsubscribing import path_for
from tests.api import hold_clock
from tests.play import NOON, after

pytestmark = pytest.mark.django_db
DAY = 86_400


@pytest.fixture(autouse=True)
def site(settings, monkeypatch):
    settings.SITE_URL = "https://clorp.example"
    hold_clock(monkeypatch)


def tell(*users, kind="drop-completed", text="“Ferry” has its winner.", now=NOON, href="/drops/1/pull"):
    notify(users, kind=kind, text=text, href=href, now=now)


def choose(user, topic, **channels):
    preferences.choose_channels(
        user=user, channels={topic: Channels(**{"bell": True, "mail": "at-once", "webhook": True, **channels})}
    )


def deliver(monkeypatch=None, at=NOON):
    if monkeypatch:
        hold_clock(monkeypatch, at)
    tasks.deliver_notices()
    return sent.outbox


def test_a_mail_has_both_parts_and_the_way_out_of_it(agent):
    tell(agent, text="“Ferry <b>& co</b>” has its winner.")
    (letter,) = deliver()
    raw = message_from_bytes(letter.message().as_bytes(), policy=policy.default)
    plain = raw.get_body(("plain",)).get_content()
    html = raw.get_body(("html",)).get_content()
    assert (letter.to, letter.subject) == ([agent.email], "Your drop has its winner")
    assert "“Ferry <b>& co</b>” has its winner.\nhttps://clorp.example/drops/1/pull" in plain
    assert "Ferry &lt;b&gt;&amp; co&lt;/b&gt;" in html and 'href="https://clorp.example/drops/1/pull"' in html
    way_out = raw["List-Unsubscribe"].strip(" <>")
    assert way_out.startswith("https://clorp.example/unsubscribe/") and way_out in plain and way_out in html
    assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert raw["Message-ID"] == f"<{Mail.objects.get().pk.hex}@localhost>"


def test_each_is_routed_and_mailed_once_however_often_the_bell_rings(agent):
    tell(agent)
    deliver()
    assert len(deliver()) == 1
    note, row = Notification.objects.get(), Mail.objects.get()
    assert (note.routed_at, note.mail, row.sent_at, row.next_attempt_at) == (NOON, row, NOON, None)


def test_news_of_one_moment_share_a_mail_and_money_has_one_of_its_own(agent):
    tell(agent)
    tell(agent, kind="entry-won", text="You won “Raft”.")
    tell(agent, kind="withdrawal", text="$5.00 was sent.", href="/wallet")
    both, money = sorted(deliver(), key=lambda letter: "sent" in letter.body)
    assert both.subject == "2 things happened on clorp" and "“Raft”" in both.body and "$5.00" not in both.body
    assert money.subject == "Withdrawal sent" and "List-Unsubscribe" not in money.extra_headers
    assert "can't be turned off" in money.body


def test_who_wants_no_mails_gets_none_but_those_about_money_and_safety(agent):
    for topic in TOPICS:
        choose(agent, topic, mail="never")
    for kind in ("drop-completed", "entry-graded", "topup", "webhook-added"):
        tell(agent, kind=kind)
    assert {letter.subject for letter in deliver()} == {"Money was added", "A webhook was added to your account"}
    assert Notification.objects.filter(routed_at=NOON).count() == 4


def test_without_the_bell_it_stands_in_the_list_as_read(agent, rival):
    choose(agent, "results", bell=False)
    tell(agent, rival)
    assert Notification.objects.get(user=agent).read_at == NOON
    assert Notification.objects.get(user=rival).read_at is None


def test_a_daily_mail_names_what_is_unread_at_eight_utc_and_comes_once(agent, rival, monkeypatch):
    for user in (agent, rival):
        choose(user, "results", mail="daily")
    tell(agent, rival, text="“Ferry” has its winner.")
    tell(agent, text="“Raft” has its winner.", now=after(60))
    tell(agent, text="“Canoe” has its winner.")
    Notification.objects.filter(text__contains="Raft").update(read_at=after(90))
    Notification.objects.filter(user=rival).update(read_at=after(90))
    assert deliver() == [] and deliver(monkeypatch, after(20 * 3_600 - 1)) == []
    (letter,) = deliver(monkeypatch, after(20 * 3_600))
    deliver(monkeypatch, after(2 * DAY))
    assert letter.subject == "Your day on clorp: 2 things happened" and len(sent.outbox) == 1
    assert "“Ferry”" in letter.body and "“Canoe”" in letter.body and "“Raft”" not in letter.body


def test_who_wants_no_number_but_a_daily_mail_gets_the_mail(agent, monkeypatch):
    choose(agent, "results", mail="daily", bell=False)
    tell(agent)
    deliver()
    (letter,) = deliver(monkeypatch, at=after(DAY))
    assert "“Ferry” has its winner." in letter.body


@pytest.mark.parametrize(("now", "hours"), [(NOON, 20), (after(20 * 3_600), 24), (after(20 * 3_600 - 1), 1 / 3_600)])
def test_the_next_daily_mail_is_at_the_next_eight_oclock(now, hours):
    assert (routing.next_digest(now) - now).total_seconds() == pytest.approx(hours * 3_600)


def test_what_was_turned_off_while_it_waited_is_not_sent(agent, monkeypatch):
    choose(agent, "results", mail="daily")
    tell(agent)
    tell(agent, kind="entry-won")
    routing.route_notices(now=NOON)
    preferences.stop_mails(user=agent, topics=["results", "wins"])
    assert deliver(monkeypatch, after(2 * DAY)) == []
    assert (Mail.objects.get().next_attempt_at, Mail.objects.get().last_error) == (None, "no longer wanted")


class Server(EmailBackend):
    """A mail server that does not know one address, and another time is away."""

    trouble: dict[str, Exception] = {}

    def send_messages(self, letters):
        for letter in letters:
            if letter.to[0] in self.trouble:
                raise self.trouble[letter.to[0]]
        return super().send_messages(letters)


def test_a_dead_address_is_given_up_and_a_silent_server_tried_again(agent, rival, settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    refused = smtplib.SMTPRecipientsRefused({agent.email: (550, b"no such user")})
    monkeypatch.setattr(Server, "trouble", {agent.email: refused, rival.email: TimeoutError()})
    tell(agent, rival)
    assert deliver() == []
    dead, waiting = (Mail.objects.get(user=user) for user in (agent, rival))
    assert (dead.next_attempt_at, dead.last_error, dead.tries) == (None, "SMTPRecipientsRefused", 1)
    assert 30 <= (waiting.next_attempt_at - NOON).total_seconds() <= 36
    monkeypatch.setattr(Server, "trouble", {})
    assert [letter.to for letter in deliver(monkeypatch, after(40))] == [[rival.email]]


TO = "agent@example.com"
SMTP = {
    "nobody there": (smtplib.SMTPRecipientsRefused({TO: (550, b"no such user")}), True),
    "greylisted": (smtplib.SMTPRecipientsRefused({TO: (451, b"come again")}), False),
    "nobody there, it says": (smtplib.SMTPRecipientsRefused({TO: (550, b"5.1.1 no such user")}), True),
    "a mailbox that takes none": (smtplib.SMTPRecipientsRefused({TO: (554, "5.2.1 disabled")}), True),
    "us at the address": (smtplib.SMTPRecipientsRefused({TO: (554, b"5.7.1 203.0.113.9 is listed")}), False),
    "a letter it will not have": (smtplib.SMTPDataError(554, b"5.6.0 looks like no letter"), True),
    "a letter too large": (smtplib.SMTPDataError(552, b"5.3.4 too big"), True),
    "a mailbox gone meanwhile": (smtplib.SMTPDataError(550, b"5.1.10 null MX\n5.1.10 ask them"), True),
    "no reason": (smtplib.SMTPDataError(554, b"transaction failed"), False),
    "us it has suspended": (smtplib.SMTPDataError(554, b"5.7.1 account suspended"), False),
    "our quota": (smtplib.SMTPDataError(550, "5.4.5 daily sending quota exceeded"), False),
    "our address": (smtplib.SMTPDataError(553, b"5.1.8 sender's domain not found"), False),
    "a letter it has no room for now": (smtplib.SMTPDataError(452, b"full"), False),
    "us it does not know": (smtplib.SMTPAuthenticationError(535, b"wrong password"), False),
    "us it does not let write": (smtplib.SMTPSenderRefused(550, b"not you", "us@example.com"), False),
    "no service": (smtplib.SMTPConnectError(554, b"closed"), False),
    "gone": (smtplib.SMTPServerDisconnected("away"), False),
}


@pytest.mark.parametrize("answer", SMTP)
def test_each_answer_of_a_mail_server_is_for_good_or_for_now(agent, settings, monkeypatch, answer):
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    error, is_for_good = SMTP[answer]
    monkeypatch.setattr(Server, "trouble", {agent.email: error})
    tell(agent)
    assert deliver() == []
    assert (Mail.objects.get().next_attempt_at is None) is is_for_good


def test_a_mail_that_can_not_be_written_waits_longer_each_time_and_ends(agent, monkeypatch):
    tell(agent)
    routing.route_notices(now=NOON)
    monkeypatch.setattr(mailing, "compose", lambda *_: 1 / 0)
    row = Mail.objects.get()
    for _ in range(mailing.TRIES_MAX):
        row.refresh_from_db()
        assert not mailing.send_mail(mail_id=row.pk, now=row.next_attempt_at)
    row.refresh_from_db()
    assert (row.tries, row.next_attempt_at, row.last_error) == (mailing.TRIES_MAX, None, "ZeroDivisionError")


def test_the_way_out_needs_no_login_and_asks_before_it_does_anything(agent):
    stranger, way_out = Client(enforce_csrf_checks=True), path_for(agent.pk, [TOPICS["results"], TOPICS["grades"]])
    page = stranger.get(way_out)
    assert page.status_code == 200 and "How your drops end" in page.content.decode()
    assert not Preference.objects.exists()
    done = stranger.post(way_out, {"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200 and "Done." in done.content.decode()
    assert set(Preference.objects.values_list("user", "topic", "mail", "bell")) == {
        (agent.pk, "results", "never", True),
        (agent.pk, "grades", "never", True),
    }
    tell(agent)
    assert deliver() == []


def test_the_way_out_can_not_be_forged_and_turns_no_money_mail_off(agent, rival):
    good = path_for(agent.pk, [TOPICS["results"]])
    token = good.rpartition("/")[2]
    other = path_for(rival.pk, [TOPICS["results"]]).rpartition("/")[2]
    body, _, signature = token.partition(":")
    for bad in (token[:-1], f"{other.partition(':')[0]}:{signature}", "x", f"{body}:x:y"):
        assert Client().post(f"/unsubscribe/{bad}").status_code == 404
    Client().post(path_for(agent.pk, [ACCOUNT, TOPICS["money"]]))
    assert not Preference.objects.exists()


def test_settings_are_saved_by_topic_and_money_stays_mailed(agent):
    browser = Client()
    browser.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = browser.get("/me").content.decode()
    assert "Your money" in page and 'name="money-mail"' not in page and "Judging that needs you" not in page
    mails = {f"{slug}-mail": "daily" for slug in TOPICS}
    answer = browser.post("/me/notifications/settings", {**mails, "results-bell": "on", "judges-mail": "never"})
    assert answer.status_code == 302
    chosen = Preference.objects.get(user=agent, topic="results")
    assert (chosen.mail, chosen.bell, chosen.webhook) == ("daily", True, False)
    assert Preference.objects.get(user=agent, topic="money").mail == MailChoice.AT_ONCE
    assert not Preference.objects.filter(topic="judges").exists()
    assert browser.post("/me/notifications/settings", {**mails, "results-mail": "hourly"}).status_code == 422


def test_one_note_is_marked_as_read_by_its_owner_alone(agent, rival):
    tell(agent, rival)
    mine, theirs = (Notification.objects.get(user=user) for user in (agent, rival))
    browser = Client()
    browser.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    for note in (mine, theirs):
        browser.post(f"/me/notifications/{note.pk}/read")
    assert list(Notification.objects.filter(read_at=None)) == [theirs]


def test_the_list_goes_on_to_older_ones(agent):
    for number in range(52):
        tell(agent, text=f"News {number}.")
    browser = Client()
    browser.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = browser.get("/me/notifications").content.decode()
    oldest = Notification.objects.order_by("pk")[2].pk
    assert "News 51." in page and "News 1." not in page and f"?before={oldest}" in page
    page = browser.get(f"/me/notifications?before={oldest}").content.decode()
    assert "News 1." in page and "News 2." not in page and "?before=" not in page


def test_what_was_read_and_sent_long_ago_goes_and_nothing_else(agent):
    tell(agent, text="old", now=NOON)
    deliver()
    tell(agent, text="unread", now=NOON)
    Notification.objects.filter(text="old").update(read_at=NOON)
    cleaning.clean_up(now=after(31 * DAY))
    assert (Mail.objects.count(), Notification.objects.count()) == (0, 2)
    cleaning.clean_up(now=after(91 * DAY))
    assert [note.text for note in Notification.objects.all()] == ["unread"]


def test_a_note_that_nobody_reads_goes_after_a_year(agent):
    tell(agent, text="unread", now=NOON)
    deliver()
    Notification.objects.update(digest_at=None)
    cleaning.clean_up(now=after(365 * DAY - 1))
    assert Notification.objects.exists()
    cleaning.clean_up(now=after(365 * DAY))
    assert not Notification.objects.exists()


def test_what_nobody_tries_again_is_found_in_the_admin(agent, settings):
    settings.STAFF_SECOND_FACTOR = False
    for number, at in enumerate((None, NOON)):
        Mail.objects.create(user=agent, created_at=NOON, next_attempt_at=at, last_error=f"Failure{number}")
    chief = Client()
    chief.force_login(User.objects.create_superuser("chief@example.com"))
    for state, shown in (("dead", "Failure0"), ("waiting", "Failure1")):
        page = chief.get(f"/admin/accounts/mail/?state={state}").content.decode()
        assert shown in page and page.count("Failure") == 1
    assert chief.get("/admin/accounts/webhookdelivery/?state=dead").status_code == 200
