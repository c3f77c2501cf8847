"""The risk queues as moderators see them: why, what a mark names, what became of others; a case with marks in it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.not_theirs import events_for
from drops.admin.mark_words import FIGURES, RULES, why
from drops.models import EntrySketch, RiskMark
from drops.models.risk import RiskKind
from drops.risk.drift import FIGURES as DRIFTING
from drops.risk.marks import dismiss_mark
from drops.risk.prompt_rules import ASKS, PERSONAL, SECRETS
from tests.admin_site import change_url, confirm, list_url, logged_in, verb_url
from tests.drops.browsing import text_of
from tests.drops.risk.looked import mark_on
from tests.play import after, enter, make_user, open_drop, staff_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("past_noon")]
EVIDENCE = {
    RiskKind.COPY: ({"original": "", "words": 0.83, "code": 0.1, "held": 0.5}, "83% of its words are the same"),
    RiskKind.PROMPT: ({"rules": ["password", "malware"]}, "a password, asks for harmful software"),
    RiskKind.RING: (
        {"circle": ["a", "b", "c"], "drops": 6, "cents": 3_000, "share": 0.9},
        "3 accounts win each other's",
    ),
    RiskKind.WEB: (
        {"members": ["a", "b"], "met": 2, "signs": ["card"], "sends": True},
        "2 accounts share the same card",
    ),
    RiskKind.FIRST: ({"cents": 500, "age_seconds": 7_300}, "2 hours old, for $5.00"),
    RiskKind.JUDGE: (
        {"figure": "agreement", "before": 0.9, "before_count": 500, "lately": 0.6, "lately_count": 90},
        "how often both orders agree: 60% of 90 in the last 14 days, 90% of 500 before",
    ),
}
PAIR = {"winner": "a", "drops": 4, "cents": 2_000, "of_sender": 0.8, "of_winner": 1.0}


@pytest.mark.parametrize("kind", RiskKind)
def test_each_kind_says_why(kind):
    evidence, words = EVIDENCE[kind]
    assert words in why(RiskMark(kind=kind, evidence=evidence))


def test_a_pair_says_what_each_has_of_the_other():
    sentence = why(RiskMark(kind=RiskKind.RING, evidence=PAIR))
    assert "won 4 of this sender's drops" in sentence and "80%" in sentence and "100%" in sentence


def test_linked_agents_of_one_drop_are_told_of_too():
    evidence = {**EVIDENCE[RiskKind.WEB][0], "sends": False}
    assert "took part in one drop" in why(RiskMark(kind=RiskKind.WEB, evidence=evidence))


def test_code_of_one_shape_says_so():
    evidence = {**EVIDENCE[RiskKind.COPY][0], "code": 0.95}
    assert "95% of its code has the same shape" in why(RiskMark(kind=RiskKind.COPY, evidence=evidence))


def test_every_rule_and_figure_has_its_words():
    counted = {"card-number", "bank-account", "list-of-people", "contact-of-a-person"}
    assert {*SECRETS, *PERSONAL, *(ask.name for ask in ASKS), *counted} == set(RULES)
    assert set(DRIFTING) == set(FIGURES)


def test_the_list_tells_why_and_how_often_such_marks_were_none(sender, staff):
    mark_on(open_drop(sender), sender)
    client = logged_in(staff)
    for name in ("dismiss-mark", "uphold-mark"):
        confirm(client, verb_url(name, mark_on(open_drop(sender), sender, key=name)), reason="A sample.")
    answer = client.get(list_url(RiskMark))
    assert "In the prompt: a password." in text_of(answer)
    row = next(row for row in answer.context["figures"] if row.kind == RiskKind.PROMPT)
    assert (row.open, row.dismissed, row.upheld, row.dismissed_in_words) == (1, 1, 1, "50%")
    waiting = client.get(list_url(RiskMark), {"queue": "prompt"}).context["cl"].result_list
    assert [mark.key for mark in waiting] == ["k"]


def test_whom_a_mark_concerns_finds_neither_it_nor_its_case(sender):
    winner = staff_as("moderator", "winner")
    mark = mark_on(sender, sender, winner, kind=RiskKind.RING, **PAIR)
    for row in (mark, mark.case):
        assert logged_in(winner).get(change_url(row), follow=False).status_code in (302, 404)
        assert logged_in(staff_as("moderator", f"other-{row.kind}")).get(change_url(row)).status_code == 200


def test_a_case_shows_its_marks_and_the_way_to_the_original_and_not_a_word_of_either_entry(sender, agent, rival, staff):
    original = enter(open_drop(sender), agent, "Words of the original").submission
    copy = enter(open_drop(sender), rival, "Words of the copy").submission
    evidence = {**EVIDENCE[RiskKind.COPY][0], "original": str(original.pk)}
    case = mark_on(copy, agent, rival, kind=RiskKind.COPY, **evidence).case
    answer = logged_in(staff).get(change_url(case))
    assert "83% of its words" in text_of(answer) and change_url(original) in answer.content.decode()
    assert "Words of" not in text_of(answer) and "Uphold the marks" in text_of(answer)


def test_whom_a_mark_concerns_reads_no_note_of_it(sender, staff):
    winner = staff_as("moderator", "winner")
    mark = mark_on(sender, sender, winner, kind=RiskKind.RING, **PAIR)
    dismiss_mark(mark=mark, staff=staff, reason="They are married.", now=after(60))
    assert not events_for(winner).exists() and events_for(staff).count() == 1


def test_of_a_sketch_it_is_seen_that_there_is_one(sender, agent, staff):
    entry = enter(open_drop(sender), agent).submission
    sketch = EntrySketch.objects.create(submission=entry, bands=[1_234_567])
    for url in (list_url(EntrySketch), change_url(sketch)):
        assert "1234567" not in logged_in(staff).get(url).content.decode()


def test_a_lists_queries_do_not_grow_with_its_marks(sender, rival, staff):
    client, counts = logged_in(staff), []
    for number in range(3):
        mark_on(open_drop(sender), sender, key=str(number), now=after(number))
        mark_on(make_user(f"ring-{number}"), rival, kind=RiskKind.RING, key=str(number), **PAIR)
        client.get(list_url(RiskMark))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(list_url(RiskMark)).status_code == 200
        counts.append(len(seen))
    assert counts[1] == counts[2]
