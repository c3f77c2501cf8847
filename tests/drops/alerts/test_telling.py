"""Who hears of a drop that opens, once and at once; and that nobody hears of one that they can't claim."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Mail, Notification, WebhookDelivery
from accounts.notifications import mailing, preferences, routing
from accounts.notifications.preferences import Channels
from accounts.outbound import send_at_once
from accounts.webhooks import delivering, endpoints
from accounts.webhooks.http_post import Reply
from drops import tasks
from drops.alerts import following, telling
from drops.contest import links, posting
from drops.models import Drop, Opening
from drops.models.alert import ANY_PACK
from drops.moderation.people import suspend_user
from drops.moderation.takedowns import hide_drop, unhide_drop
from drops.notifications import ALERTS
from tests.api import hold_clock
from tests.play import NOON, after, claim, enter, fund, judge, make_user, open_drop, post_drop, prove, ring

pytestmark = pytest.mark.django_db


def follow(user, pack=ANY_PACK, cents=0):
    return following.follow_pack(user=user, pack=pack, min_price_cents=cents, now=NOON)


def tell(drop, now=NOON):
    telling.tell_followers(drop_id=drop.pk, now=now)


def told(*users):
    notes = Notification.objects.filter(kind="new-drop").order_by("pk").select_related("user")
    return [note.user for note in notes if not users or note.user in users]


def test_opening_a_drop_leaves_one_row_however_many_follow(sender, agent, rival):
    drops = [post_drop(sender) for _ in range(3)]
    fund(sender, 9_000)
    counts = []
    for number, drop in enumerate(drops):
        with CaptureQueriesContext(connection) as seen:
            posting.pay_for_drop(drop=drop, sender=sender, now=NOON)
        counts.append(len(seen))
        follow(make_user(f"follower{number}")), follow(make_user(f"reader{number}"))
    assert counts[1] == counts[2]
    assert Opening.objects.count() == 3 and told() == []


def test_followers_are_told_once_with_what_they_need_to_decide(sender, agent):
    follow(agent, "roast", 500), follow(agent)
    drop = open_drop(sender, pack="roast", title="My ferry", window_seconds=600)
    tell(drop), tell(drop)
    note = Notification.objects.get(kind="new-drop")
    assert note.text == "New Roast drop for $5.00, open for 10 minutes: “My ferry”"
    assert (note.user, note.href, note.read_at) == (agent, f"/drops/{drop.pk}", None)
    assert note.data == {
        "job_id": str(drop.pk),
        "pack": "roast",
        "price_cents": 500,
        "prize_cents": 500,
        "window_closes_at": "2030-01-01T12:10:00Z",
    }


def test_the_prize_that_is_told_is_what_the_winner_gets(sender, agent, settings):
    settings.FEE_BPS = 1_000
    follow(agent)
    tell(open_drop(sender))
    assert "drop for $4.50, " in Notification.objects.get(kind="new-drop").text


@pytest.mark.parametrize(
    ("pack", "cents", "hears"),
    [("wild", 500, True), (ANY_PACK, 500, True), ("wild", 501, False), ("roast", 0, False), (ANY_PACK, 501, False)],
)
def test_only_the_pack_and_the_prize_that_they_follow(sender, agent, pack, cents, hears):
    follow(agent, pack, cents)
    tell(open_drop(sender))
    assert told() == ([agent] if hears else [])


def test_nobody_hears_of_a_drop_that_they_may_not_claim(sender, agent, rival, staff):
    twin, gone = make_user("twin"), make_user("gone", is_active=False)
    for user in (sender, agent, rival, twin, gone):
        follow(user)
    suspend_user(user=rival, staff=staff, told="Spam.", reason="Spam.", now=NOON)
    links.register(links.LinkKind.CARD, lambda user: ["one card"] if user in (sender, twin) else [])
    try:
        links.note_evidence(sender, NOON), links.note_evidence(twin, NOON)
        tell(open_drop(sender))
    finally:
        links.register(links.LinkKind.CARD, links.signs_of_cards)
    assert told() == [agent]


def test_a_drop_for_proven_agents_tells_those(sender, agent, rival):
    follow(agent), follow(rival)
    prove(agent)
    Notification.objects.all().delete()
    tell(open_drop(sender, agents="proven"))
    assert told() == [agent]


@pytest.mark.parametrize(("seats", "hears"), [(2, True), (3, False)])
def test_who_holds_as_many_seats_as_they_may_hears_nothing(sender, agent, rival, seats, hears):
    prove(agent)
    for _ in range(seats):
        claim(open_drop(sender), agent)
    claim(open_drop(sender), rival)
    follow(agent), follow(rival)
    Notification.objects.filter(kind="new-drop").delete()
    tell(open_drop(sender))
    assert told() == ([agent] if hears else [])


def test_who_has_a_seat_there_hears_nothing(sender, agent):
    prove(agent)
    follow(agent)
    drop = open_drop(sender)
    claim(drop, agent)
    tell(drop)
    assert told(agent) == []


def test_who_lost_the_origin_hears_nothing_of_its_reroll(sender, agent, rival):
    origin = open_drop(sender)
    enter(origin, agent), enter(origin, rival)
    origin = judge(ring(origin), sender, favourite=agent)
    follow(agent), follow(rival)
    fund(sender)
    again = posting.reroll_drop(drop=origin, sender=sender, now=after(900))
    tell(posting.pay_for_drop(drop=again, sender=sender, now=after(900)), after(900))
    assert told() == [agent]


def test_a_drop_that_is_full_or_over_by_then_tells_nobody(sender, agent):
    follow(agent)
    full, over, cancelled = open_drop(sender), open_drop(sender), open_drop(sender)
    for number in range(5):
        claim(full, make_user(f"quick{number}"))
    posting.cancel_drop(drop=cancelled, sender=sender, now=after(1))
    tell(full), tell(cancelled, after(2)), tell(over, over.window_closes_at)
    assert told() == [] and not Opening.objects.exists()


def test_what_is_out_of_sight_is_told_once_it_is_in_sight_again(sender, agent, staff):
    follow(agent)
    drop = open_drop(sender)
    hide_drop(drop=drop, staff=staff, told="Names somebody.", reason="Names somebody.", now=after(1))
    tell(drop, after(2))
    assert told() == []
    unhide_drop(drop=drop, staff=staff, told="Fine.", reason="Fine.", now=after(3))
    tell(drop, after(4))
    assert told() == [agent]


def test_who_opens_drop_after_drop_rings_for_some_of_them(sender, agent, monkeypatch):
    monkeypatch.setattr(telling, "OF_ONE_SENDER_MAX", 2)
    follow(agent)
    for number in range(4):
        tell(open_drop(sender, now=after(number)), after(number))
    tell(open_drop(sender, now=after(3_700)), after(3_700))
    assert len(told()) == 3


def test_the_periodic_task_tells_what_no_announcement_did(sender, agent, rival, monkeypatch):
    hold_clock(monkeypatch)
    follow(agent), follow(rival)
    open_drop(sender), open_drop(sender)
    assert (tasks.tell_followers(), tasks.tell_followers()) == (2, 0)
    assert sorted(user.pk for user in told()) == sorted([agent.pk, rival.pk] * 2)


@pytest.fixture
def posted(monkeypatch, settings):
    """The bodies that webhooks were sent, without a network."""
    settings.WEBHOOKS_TO_PRIVATE = False
    sent = []
    monkeypatch.setattr(delivering, "post", lambda url, **more: sent.append(more["body"]) or Reply(204))
    return sent


def test_a_webhook_hears_of_it_in_the_same_pass_and_other_news_waits_its_turn(sender, agent, posted, monkeypatch):
    hold_clock(monkeypatch)
    endpoints.add_webhook(user=agent, url="https://hook.example/", now=NOON)
    follow(agent)
    drop = open_drop(sender)
    assert tasks.pass_on_alerts() > 0
    (body,) = posted
    assert '"type":"new_drop"' in body and f'"job_id":"{drop.pk}"' in body and '"topic":"alerts"' in body
    assert Notification.objects.get(kind="webhook-added").routed_at is None
    assert (tasks.pass_on_alerts(), len(posted)) == (0, 1)


def test_a_webhook_is_not_called_about_a_drop_that_is_over_when_its_turn_comes(sender, agent, posted):
    endpoints.add_webhook(user=agent, url="https://hook.example/", now=NOON)
    follow(agent)
    drop = open_drop(sender)
    tell(drop)
    routing.route_notices(now=NOON, urgent=ALERTS)
    delivering.deliver_batch(clock=lambda: drop.window_closes_at)
    row = WebhookDelivery.objects.get()
    assert (posted, row.is_waiting, row.last_error) == ([], False, "no longer wanted")


def mails_at(now):
    routing.route_notices(now=NOON)
    for row in Mail.objects.all():
        mailing.send_mail(mail_id=row.pk, now=now)
    return [each.subject for each in mail.outbox]


def test_it_is_mailed_with_a_link_that_ends_such_mails(sender, agent):
    follow(agent)
    tell(open_drop(sender))
    assert mails_at(after(5)) == ["New Wild drop: $5.00"]
    assert mail.outbox[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    preferences.stop_mails(user=agent, topics=["alerts"])
    tell(open_drop(sender))
    assert len(mails_at(after(6))) == 1


@pytest.mark.parametrize("what", ["full", "suspended", "claimed", "busy"])
def test_no_mail_about_what_can_no_longer_be_claimed(sender, agent, staff, what):
    follow(agent)
    drop = open_drop(sender)
    tell(drop)
    if what == "full":
        Drop.objects.filter(pk=drop.pk).update(claims_count=5)
    elif what in {"claimed", "busy"}:
        prove(agent)
        for each in [drop] if what == "claimed" else [open_drop(sender) for _ in range(3)]:
            claim(each, agent)
    else:
        suspend_user(user=agent, staff=staff, told="Spam.", reason="Spam.", now=NOON)
    assert "New Wild drop: $5.00" not in mails_at(after(5))


def test_who_wants_no_number_finds_it_in_the_list_as_read(sender, agent):
    follow(agent)
    quiet = Channels(bell=False, mail="never", webhook=False)
    preferences.choose_channels(user=agent, channels={"alerts": quiet})
    tell(open_drop(sender))
    assert Notification.objects.get(kind="new-drop").read_at == NOON
    routing.route_notices(now=NOON)
    assert not Mail.objects.exists() and not WebhookDelivery.objects.exists()


def test_whom_nothing_calls_waits_for_the_next_pass(sender, agent):
    follow(agent)
    tell(open_drop(sender))
    assert send_at_once(topic=ALERTS, clock=lambda: NOON) == 0
    assert Notification.objects.get().routed_at is None


def test_telling_costs_no_more_queries_for_more_followers(sender):
    counts = []
    for size in (2, 12):
        for number in range(size):
            follow(make_user(f"follower{size}-{number}"))
        drop = open_drop(sender)
        with CaptureQueriesContext(connection) as seen:
            tell(drop)
        counts.append(len(seen))
    assert counts[0] == counts[1] and len(told()) == 16
