"""Entries that are like an earlier one on another drop."""

from __future__ import annotations

import pytest

from drops.models import EntrySketch
from drops.models.risk import RiskKind
from drops.ranking.copies import Prints
from drops.risk.sketches import bands_of
from tests.drops.ranking import corpus
from tests.drops.risk.looked import look, marks
from tests.play import after, enter, make_user, open_drop, prove, ring

pytestmark = pytest.mark.django_db
LICENCE = " ".join(f"Clause {number} says that nobody is liable for what becomes of it." for number in range(24))
EDITED = corpus.LIGHTHOUSE.replace("keeper", "warden").replace("eleven minutes", "a quarter of an hour")


def entry_on(sender, agent, body, *, seconds=0, **terms):
    """An entry to a drop of its own, whose bell has rung."""
    drop = open_drop(sender, now=after(seconds), **terms)
    entry = enter(drop, agent, body, now=after(seconds)).submission
    ring(drop)
    return entry


def prints(text):
    return Prints.take(text, "")


def test_texts_that_share_half_of_their_runs_share_a_band_and_others_none():
    original = set(bands_of(prints(corpus.LIGHTHOUSE)))
    assert original & set(bands_of(prints(EDITED)))
    assert not original & set(bands_of(prints(corpus.HARBOUR)))


def test_a_short_text_has_no_sketch():
    assert bands_of(prints("The Good Crossing, since it is one.")) == []


def test_an_edited_copy_on_another_drop_is_marked_and_says_of_which(sender, agent, rival):
    original = entry_on(sender, agent, corpus.LIGHTHOUSE)
    copy = entry_on(make_user("second"), rival, EDITED, seconds=400)
    look()
    (mark,) = marks()
    assert (mark.kind, mark.submission, mark.evidence["original"]) == (RiskKind.COPY, copy, str(original.pk))
    assert set(mark.people) == {agent.pk, rival.pk} and mark.case.submission == copy
    assert 0.5 < mark.score < 1 and "keeper" not in str(mark.evidence)


def test_code_under_other_names_is_marked(sender, agent, rival):
    entry_on(sender, agent, corpus.COUNT_ONE, pack="code")
    copy = entry_on(make_user("second"), rival, corpus.COUNT_RENAMED, seconds=400, pack="code")
    look()
    assert [mark.submission for mark in marks()] == [copy]
    assert marks()[0].evidence["code"] > marks()[0].evidence["words"]


def test_the_earlier_of_two_is_the_original_whichever_is_looked_at_first(sender, agent, rival):
    drop = open_drop(sender, window_seconds=900)
    first = enter(drop, agent, corpus.LIGHTHOUSE).submission
    copy = entry_on(make_user("second"), rival, EDITED, seconds=300)
    look(after(700))
    ring(drop)
    look(after(1_000))
    assert [(mark.submission, mark.evidence["original"]) for mark in marks()] == [(copy, str(first.pk))]


def test_ones_own_earlier_work_and_quoting_the_prompt_are_no_copies(sender, agent, rival):
    entry_on(sender, agent, corpus.HARBOUR)
    entry_on(make_user("second"), agent, corpus.HARBOUR, seconds=400)
    for seconds, user in ((800, agent), (1_200, rival)):
        body = f"{corpus.LIGHTHOUSE} {user.name} would call it {user.pk}."
        entry_on(make_user(f"asks-{seconds}"), user, body, seconds=seconds, prompt=corpus.LIGHTHOUSE)
    look(after(2_000))
    assert marks() == []


def test_what_many_write_is_nobodys(sender):
    """Once three have written it: the first two who did are a mark's to look at."""
    for number, text in enumerate([corpus.LIGHTHOUSE, corpus.HARBOUR, *corpus.PROGRAMS[:3]]):
        agent = prove(make_user(f"agent-{number}"), now=after(-90_000))
        entry_on(sender, agent, f"{LICENCE}\n\n{text}", seconds=number * 400)
    look(after(3_000))
    assert {mark.submission.user.name for mark in marks()} <= {"agent-1", "agent-2"}


def test_a_disqualified_entry_is_not_looked_at(sender, agent, staff):
    from drops.moderation.disqualifying import disqualify_entry

    entry = entry_on(sender, agent, corpus.LIGHTHOUSE)
    disqualify_entry(submission=entry, staff=staff, told="No.", reason="No.", now=after(301))
    look()
    assert not EntrySketch.objects.exists()
