"""Who is told what of a drop: by the verb that causes it, once, and nothing that is sealed."""

import json
import re

import pytest

from accounts.models import Notification
from accounts.notifications import topics
from drops.contest import finishing, posting
from drops.contest.rules import IllegalTransition
from drops.moderation import decisions
from drops.moderation.acts import AlreadyDone
from tests.house import ROOT
from tests.play import NOON, after, claim, enter, finished_drop, judge, open_drop, ring

pytestmark = pytest.mark.django_db
TOLD = re.compile(r"""\b(?:notify|notify_all|tell)\((?:[^()]|\([^()]*\))*?kind="([^"]+)\"""")


def told(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def test_an_end_tells_the_sender_the_winner_and_the_others_one_thing_each(sender, agent, rival):
    drop = finished_drop(sender, agent, rival)
    assert (told(sender), told(agent), told(rival)) == (
        ["judge-now", "drop-completed"],
        ["entry-won"],
        ["entry-graded"],
    )
    won = Notification.objects.get(kind="entry-won")
    assert "$5.00 is in your wallet" in won.text
    assert (won.href, won.data) == (f"/drops/{drop.pk}", {"job_id": str(drop.pk), "grade": "A"})
    assert Notification.objects.get(kind="drop-completed").href == f"/drops/{drop.pk}/pull"


def test_a_verb_that_is_refused_the_second_time_tells_nobody_again(sender, agent, staff):
    drop = open_drop(sender)
    claim(drop, agent)
    posting.cancel_drop(drop=drop, sender=sender, now=after(5))
    with pytest.raises(IllegalTransition):
        finishing.remove_drop(drop=drop, told="Spam.", now=after(6))
    assert (told(sender), told(agent)) == ([], ["drop-cancelled"])


def test_a_drop_without_a_winner_says_that_the_money_is_back(sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    finishing.fail_drop(drop=ring(drop), reason="no_passing_entry", now=after(400))
    failed = Notification.objects.get(kind="drop-failed")
    assert "Your money is back" in failed.text and failed.data["outcome_reason"] == "no_passing_entry"
    assert told(agent) == ["entry-graded"]


def test_a_report_that_is_decided_is_told_to_who_made_it_once_and_without_the_reason(sender, agent, staff):
    report = decisions.report_drop(drop=open_drop(sender), reporter=agent, reason="It names me.", now=NOON)
    decisions.handle_report(report=report, staff=staff, told="We have acted.", reason="Sender warned.", now=after(9))
    with pytest.raises(AlreadyDone):
        decisions.handle_report(
            report=report, staff=staff, told="We have acted.", reason="Sender warned.", now=after(10)
        )
    assert told(agent) == ["report-handled"] and told(sender) == []
    text = Notification.objects.get().text
    assert "We have acted." in text and "warned" not in text


def test_no_note_holds_anything_of_an_entry(sender, agent, rival, staff):
    drop = open_drop(sender)
    enter(drop, agent, "a raft of doors")
    enter(drop, rival, "a raft of windows")
    decisions.extend_window(drop=drop, staff=staff, seconds=60, told="Tide.", reason="Tide.", now=after(5))
    drop.refresh_from_db()
    judge(ring(drop), sender, favourite=agent)
    notes = [f"{note.subject} {note.text} {json.dumps(note.data)}" for note in Notification.objects.all()]
    assert len(notes) >= 7
    secret = ("raft", agent.name, rival.name, agent.email, str(agent.pk), "Seat")
    secret += tuple(str(entry.pk) for entry in drop.submissions.all())
    assert [note for note in notes for word in secret if word in note] == []


def test_every_kind_that_is_told_belongs_to_a_topic():
    files = [file.read_text() for room in ("accounts", "wallet", "drops") for file in (ROOT / room).rglob("*.py")]
    kinds = {kind for text in files for kind in TOLD.findall(text)}
    assert len(kinds) >= 20 and {"webhook-added", "topup", "entry-won"} <= kinds
    assert [kind for kind in kinds if topics.topic_of(kind) == topics.FORGOTTEN] == []


def test_the_kind_that_names_reporters_stands_once_so_that_whoever_hides_it_means_the_same():
    files = [file.read_text() for room in ("accounts", "wallet", "drops") for file in (ROOT / room).rglob("*.py")]
    assert sum(text.count(f'"{topics.REPORT_HANDLED}"') for text in files) == 1
