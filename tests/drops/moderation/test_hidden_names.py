"""No note, mail or message names what is out of sight to anybody but whose it is."""

import pytest

from accounts.models import User, WebhookDelivery
from accounts.notifications.routing import route_notices
from accounts.push import sending, subscriptions
from accounts.tasks import deliver_notices
from accounts.webhooks import delivering, endpoints, http_post
from drops.contest import courtesies, finishing, posting
from drops.models import Takedown
from drops.moderation import takedowns
from drops.notifications import tell
from tests.api import Api, hold_clock
from tests.drops.browsing import text_of
from tests.play import NOON, after, claim, finished_drop, fund, judge, make_user, open_drop, ring, submit
from tests.push_double import Browser, PushService

pytestmark = pytest.mark.django_db
SECRET = "quagga"


def test_notes_name_a_hidden_drop_to_its_sender_alone_old_ones_too(sender, agent, staff, browse, mailoutbox):
    drop, rival = open_drop(sender, title=f"A {SECRET}", prompt=SECRET), make_user("rival")
    for user in (agent, rival):
        claim(drop, user), submit(drop, user, "Words.")
    moved = after(60)
    text = f"“{drop.heading}” has a new bell."
    tell([agent, sender], drop, kind="drop-extended", text=text, now=moved)
    tell([agent], drop, kind="drop-extended", text=text, now=moved)
    takedowns.hide_drop(drop=drop, staff=staff, told="An address.", reason="Reported.", now=after(500))
    judge(ring(drop), sender)
    deliver_notices()
    for user in (agent, rival):
        page = text_of(browse(user).get("/me/notifications"))
        assert SECRET not in page and "a drop that is out of sight" in page
    mailed = {mail.to[0]: mail.body for mail in mailoutbox}
    assert SECRET not in mailed[agent.email] + mailed.get(rival.email, "") and "out of sight" in mailed[agent.email]
    assert SECRET in text_of(browse(sender).get("/me/notifications"))
    Takedown.objects.update(lifted_at=after(900))
    assert SECRET in text_of(browse(agent).get("/me/notifications"))


def hide(drop, staff):
    takedowns.hide_drop(drop=drop, staff=staff, told="An address.", reason="Reported.", now=after(500))


def bodies_of(user):
    return " ".join(message["body"] for message in Api(user).get("webhooks/messages").json())


def test_whoever_asks_for_their_messages_reads_no_more_than_on_the_page(sender, agent, staff, monkeypatch):
    hold_clock(monkeypatch, after(600))
    drop = open_drop(sender, title=f"A {SECRET}")
    tell([agent, sender], drop, kind="drop-extended", text=f"“{drop.heading}” has a new bell.", now=after(60))
    assert SECRET in bodies_of(agent)
    hide(drop, staff)
    assert SECRET not in bodies_of(agent) and "a drop that is out of sight" in bodies_of(agent)
    assert SECRET in bodies_of(sender)


def test_what_waits_for_a_webhook_or_a_browser_no_longer_names_it(sender, agent, staff, monkeypatch, settings):
    settings.WEBHOOKS_TO_PRIVATE = False
    sent, service, browser = [], PushService(), Browser()
    monkeypatch.setattr(delivering, "post", lambda url, **message: sent.append(message["body"]) or http_post.Reply(500))
    monkeypatch.setattr(sending, "post", service.post)
    endpoints.add_webhook(user=agent, url="https://example.com/hook", now=NOON)
    subscriptions.add_browser(user=agent, label="Firefox", now=NOON, **browser.keys)
    agent.notifications.update(routed_at=NOON)
    drop = open_drop(sender, title=f"A {SECRET}")
    tell([agent], drop, kind="drop-extended", text=f"“{drop.heading}” has a new bell.", now=NOON)
    route_notices(now=NOON)
    assert SECRET in WebhookDelivery.objects.get().body
    hide(drop, staff)
    delivering.deliver_batch(clock=lambda: after(600)), sending.send_pushes(clock=lambda: after(600))
    sent += [str(browser.read(message.body)) for message in service.sent]
    assert len(sent) == 2 and all("out of sight" in body and SECRET not in body for body in sent)


def test_the_name_goes_with_its_quotation_marks_in_the_language_of_whoever_was_told(sender, agent, staff, browse):
    User.objects.filter(pk=agent.pk).update(language="de")
    drop = open_drop(sender, title=f"A {SECRET}")
    tell([User.objects.get(pk=agent.pk)], drop, kind="drop-extended", text=f"„{drop.heading}“ läuft länger.", now=NOON)
    hide(drop, staff)
    agent.notifications.update(routed_at=None)
    endpoints.add_webhook(user=agent, url="https://example.com/hook", now=NOON)
    route_notices(now=NOON)
    (body,) = WebhookDelivery.objects.filter(kind="drop-extended").values_list("body", flat=True)
    assert "„" not in body and "out of sight" not in body and "läuft länger." in body


def test_a_name_that_is_a_common_word_leaves_the_sentence_whole(sender, agent, staff):
    drop = open_drop(sender, title="new")
    tell([agent], drop, kind="drop-extended", text="“new” has a new bell.", now=NOON)
    tell([agent], drop, kind="drop-extended", text="Look at new", now=NOON)
    hide(drop, staff)
    assert bodies_of(agent).count("a drop that is out of sight has a new bell.") == 1
    assert "Look at a drop that is out of sight" in bodies_of(agent)


def test_an_invitation_to_a_rematch_no_longer_names_the_drop_that_was_won(sender, agent, rival, staff, browse):
    won = finished_drop(sender, agent, rival, title=f"A {SECRET}")
    won = finishing.pull_drop(drop=won, sender=sender, now=after(400))
    courtesies.invite_winner(drop=won, sender=sender, now=after(450))
    again = posting.reroll_drop(drop=won, sender=sender, now=after(460), changes={"title": "Another"})
    posting.pay_for_drop(drop=again, sender=fund(sender), now=after(460))
    assert f"“A {SECRET}”" in agent.notifications.get(kind="rematch-opened").text
    hide(won, staff)
    assert SECRET not in text_of(browse(agent).get("/me/notifications"))
