"""Feedback on entries: kept in bounds, changed until the end, and for the entry's author alone."""

import pytest
from django.db import Error, transaction

from core.errors import Invalid
from drops.contest import rules
from drops.judging import rounds, steps
from drops.judging.feedback import Remark, give_feedback
from drops.models import Feedback
from drops.models.feedback import NOTE_CHARS_MAX
from drops.packs import PACKS
from tests.play import NOON, enter, judge, open_drop, ring

pytestmark = pytest.mark.django_db


@pytest.fixture
def ranked(sender, agent, rival):
    drop = open_drop(sender, pack="roast")
    enter(drop, agent, "Mine")
    enter(drop, rival, "Theirs")
    return ring(drop)


@pytest.fixture
def give(ranked, sender, agent):
    entry = str(ranked.submissions.get(user=agent).pk)

    def give(*chips, note="", judge=sender, entry=entry, now=NOON):
        give_feedback(drop=ranked, judge=judge, feedback=[Remark(entry, chips, note)], now=now)

    return give


def test_every_pack_praises_and_blames_by_each_of_its_criteria():
    for pack in PACKS.values():
        assert len(pack.chips) == 2 * len(pack.rubric)
        assert {chip.criterion for chip in pack.chips.values()} == {one.name for one in pack.rubric}
        assert len({chip.text for chip in pack.chips.values()}) == len(pack.chips)


def test_it_is_changed_and_taken_back_until_the_end(give, ranked, sender, agent):
    give("good-wit", "weak-fit", note="  Sharp,\nbut two claims had no source. ")
    row = Feedback.objects.get()
    assert (row.chips, row.note) == (["good-wit", "weak-fit"], "Sharp, but two claims had no source.")
    give("good-insight")
    row.refresh_from_db()
    assert (row.chips, row.note, row.submission.user, row.written_by) == (["good-insight"], "", agent, sender)
    give(note=" \u200b ")
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("chips", "note"),
    [
        (("good-wit", "good-fit", "good-insight"), ""),
        (("good-sources",), ""),
        (("good-wit", "weak-wit"), ""),
        ((), "x" * (NOTE_CHARS_MAX + 1)),
        ((), "a\x00b"),
        ((), "\ud800"),
    ],
    ids=["three chips", "another pack's", "a contradiction", "too long", "no text", "half a letter"],
)
def test_what_does_not_fit_is_refused_and_the_answer_with_it(give, ranked, sender, chips, note):
    with pytest.raises(Invalid):
        give(*chips, note=note)
    asked = steps.question_for(drop=ranked, judge=sender, now=NOON).question
    remark = Remark(asked.left, chips, note)
    pick = steps.Pick(left=asked.left, right=asked.right, pick="left", feedback=(remark,))
    with pytest.raises(Invalid):
        steps.answer_question(drop=ranked, judge=sender, pick=pick, now=NOON)
    assert not Feedback.objects.exists() and not ranked.round.answers.exists()


def test_a_line_of_as_many_characters_as_fit_is_kept(give):
    give(note="é" * NOTE_CHARS_MAX)
    assert Feedback.objects.get().note == "é" * NOTE_CHARS_MAX


def test_nobody_but_whoever_judges_gives_any_nor_on_another_drops_entry(give, ranked, agent, staff, sender):
    for stranger in (agent, staff):
        with pytest.raises(rules.NotYoursToJudge):
            give("good-wit", judge=stranger)
    with pytest.raises(rules.NotYoursToJudge):
        give("good-wit", now=ranked.round.deadline_at)
    other = open_drop(sender)
    enter(other, agent)
    for entry in (str(other.submissions.get().pk), "nobody"):
        with pytest.raises(Invalid):
            give("good-wit", entry=entry)
    assert not Feedback.objects.exists()


def test_its_author_reads_it_once_the_drop_is_over_and_nobody_else_ever(give, ranked, sender, agent, staff):
    rival = ranked.submissions.exclude(user=agent).get().user
    give("good-wit", note="Sharp.")
    assert not Feedback.objects.for_author(agent).exists()
    judge(ranked, sender)
    assert Feedback.objects.for_author(agent).get().note == "Sharp."
    for stranger in (sender, rival, staff):
        assert not Feedback.objects.for_author(stranger).exists()


def test_what_was_given_in_a_judging_that_did_not_decide_is_told_to_nobody(give, ranked, agent, staff):
    give("good-wit")
    drop = rounds.hand_to_staff(drop=ranked, reason="a test", now=NOON)
    judge(drop, staff)
    assert Feedback.objects.exists() and not Feedback.objects.for_author(agent).exists()


def test_it_comes_with_an_answer_and_none_changes_no_result(ranked, sender, agent):
    asked = steps.question_for(drop=ranked, judge=sender, now=NOON).question
    remark = Remark(asked.right, ("weak-wit",))
    pick = steps.Pick(left=asked.left, right=asked.right, pick="left", feedback=(remark,))
    drop = steps.answer_question(drop=ranked, judge=sender, pick=pick, now=NOON)
    assert str(Feedback.objects.get().submission_id) == asked.right
    assert judge(drop, sender).is_completed


@pytest.mark.parametrize(
    "change", [{"note": "other"}, {"chips": []}, {"note": "x" * (NOTE_CHARS_MAX + 1)}], ids=["note", "chips", "long"]
)
def test_the_database_keeps_it_as_it_stood_at_the_end(give, ranked, sender, change):
    give("good-wit", note="Sharp.")
    judge(ranked, sender)
    for write in (lambda rows: rows.update(**change), lambda rows: rows.delete()):
        with pytest.raises(Error), transaction.atomic():
            write(Feedback.objects.all())
    assert Feedback.objects.get().note == "Sharp."


@pytest.mark.parametrize(
    "words",
    [{"chips": []}, {"chips": ["a", "b", "c"]}, {"note": "x" * (NOTE_CHARS_MAX + 1)}],
    ids=["says nothing", "too many chips", "too long"],
)
def test_the_database_knows_the_bounds(ranked, sender, agent, words):
    entry = ranked.submissions.get(user=agent)
    with pytest.raises(Error), transaction.atomic():
        Feedback.objects.create(round=ranked.round, submission=entry, written_by=sender, written_at=NOON, **words)


def test_the_database_takes_one_of_each_entry_and_none_of_another_drops(give, ranked, sender, agent):
    other = open_drop(sender)
    enter(other, agent)
    row = {"round": ranked.round, "written_by": sender, "written_at": NOON, "chips": ["a"]}
    give("good-wit")
    for entry in (other.submissions.get(), ranked.submissions.get(user=agent)):
        with pytest.raises(Error), transaction.atomic():
            Feedback.objects.create(submission=entry, **row)
    assert Feedback.objects.count() == 1
