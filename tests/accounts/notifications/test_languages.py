"""Everybody is told in their own language, whoever causes it."""

import pytest
from django.core import mail as sent
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, override

from accounts import tasks
from accounts.models import Notification, User
from accounts.notifications.notify import notify, notify_all
from tests.api import hold_clock
from tests.play import NOON

pytestmark = pytest.mark.django_db
MAY = gettext_lazy("May")


def test_each_reads_a_note_in_their_own(agent, rival):
    agent.language = "de"
    with override("es"):
        text = format_lazy("{month}.", month=MAY)
        notify([agent, rival], kind="drop-completed", subject=MAY, text=text, href="/", now=NOON)
    told = {note.user_id: (note.subject, note.text) for note in Notification.objects.all()}
    assert told == {agent.pk: ("Mai", "Mai."), rival.pk: ("May", "May.")}


def test_a_mail_is_in_the_sites_where_nobody_has_chosen(agent, monkeypatch):
    hold_clock(monkeypatch, NOON)
    notify([agent], kind="drop-completed", text=MAY, href="/", now=NOON)
    with override("de"):
        tasks.deliver_notices()
    (letter,) = sent.outbox
    assert letter.subject == "Your drop has its winner"


def test_of_many_that_a_query_finds_each_reads_their_own(agent, rival, sender):
    User.objects.filter(pk=agent.pk).update(language="de")
    User.objects.filter(pk=sender.pk).update(language="tlh")
    told = {"kind": "new-drop", "text": format_lazy("{month}.", month=MAY), "href": "/", "subject": MAY, "data": {}}
    with override("es"):
        notify_all(User.objects.all(), **told, now=NOON)
    texts = dict(Notification.objects.values_list("user_id", "text"))
    assert [texts[user.pk] for user in (agent, rival, sender)] == ["Mai.", "May.", "May."]
