"""A round of judging as a row: what the database refuses, and how its log is numbered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from drops.judging import rounds
from drops.judging import steps as judging
from drops.judging.verdicts import append_log, log_act
from drops.models import Drop, JudgeAnswer, JudgingRound, PanelSession, RankingLog, StoredVerdict
from drops.moderation import decisions, disqualifying
from drops.ranking import Audience, LogLine
from tests.play import NOON, after, enter, finished_drop, judge, open_drop, ring

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def ranked(sender, agent, rival):
    """A drop in its first round, before its sender."""
    return entered(sender, agent, rival)


def entered(sender, *agents):
    drop = open_drop(sender)
    for agent in agents:
        enter(drop, agent, f"Words of {agent.name}")
    return ring(drop)


def refused(change):
    """`change` does not last to a commit."""
    with pytest.raises(Error), transaction.atomic():
        _commit(change)


def _commit(change):
    change()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def update(judging_round, **changes):
    return lambda: JudgingRound.objects.filter(pk=judging_round.pk).update(**changes)


def fresh(drop, number, **more):
    return lambda: JudgingRound.objects.create(drop=drop, number=number, judge="sender", **more)


def test_each_start_is_a_round_of_its_own_and_closes_the_one_before(ranked):
    first = ranked.round
    second = rounds.hand_to_staff(drop=ranked, reason="a test", now=after(310)).round
    first.refresh_from_db()
    assert [(one.number, one.judge, one.is_open) for one in (first, second)] == [
        (1, "sender", False),
        (2, "staff", True),
    ]
    assert first.seed != second.seed
    assert (second.held_reason, second.deadline_at) == ("a test", after(310) + timedelta(days=1))


@pytest.mark.parametrize(
    "changes", [{"seed": "x"}, {"number": 9}, {"judge": "staff"}, {"rubric_version": "x"}, {"passing_grade": "S"}]
)
def test_what_a_round_is_judged_by_is_fixed_when_it_begins(ranked, changes):
    refused(update(ranked.round, **changes))


def test_a_closed_round_never_changes_and_none_is_deleted(ranked):
    first = ranked.round
    rounds.hand_to_staff(drop=ranked, reason="a test", now=NOON)
    refused(update(first, is_open=True))
    refused(update(first, deadline_at=NOON))
    refused(first.delete)


def test_a_second_open_round_and_a_gap_in_the_numbers_are_refused(ranked):
    refused(fresh(ranked, 2))
    refused(fresh(ranked, 1, is_open=False))
    refused(fresh(ranked, 3, is_open=False))
    assert ranked.rounds.count() == 1


def test_a_round_begins_open_with_a_grade_that_there_is_and_an_entry_of_its_own(ranked, sender, agent):
    stranger = entered(sender, agent).submissions.get()
    odd = {
        "begins open": {"is_open": False},
        "grade_known": {"passing_grade": "Z"},
        "entry of the drop": {"judge": "staff", "proposed_submission": stranger},
    }
    for words, fields in odd.items():
        with transaction.atomic():
            ranked.rounds.all().close()
            with pytest.raises(Error, match=words), transaction.atomic():
                JudgingRound.objects.create(drop=ranked, number=2, **{"judge": "sender", **fields})
            transaction.set_rollback(True)


def test_only_a_drop_that_is_being_ranked_is_judged(sender, agent):
    refused(fresh(open_drop(sender), 1))
    refused(fresh(finished_drop(sender, agent), 2, is_open=False))


@pytest.mark.parametrize(
    "changes", [{"lease_expires_at": NOON}, {"fence": 1}, {"result_stands_at": NOON}], ids=lambda one: next(iter(one))
)
def test_a_sender_s_round_has_no_worker_and_no_result_that_may_stand(ranked, changes):
    refused(update(ranked.round, **changes))


def test_a_drop_points_at_no_round_but_its_own_and_keeps_the_one_that_decided(ranked, sender, agent):
    other = entered(sender, agent)
    refused(lambda: Drop.objects.filter(pk=ranked.pk).update(current_round=other.round))
    refused(lambda: Drop.objects.filter(pk=ranked.pk).update(current_round=None))
    first = ranked.round
    decided = judge(rounds.judge_again(drop=ranked, now=NOON), sender)
    refused(lambda: Drop.objects.filter(pk=decided.pk).update(current_round=first))


def test_a_drop_does_not_end_with_a_round_open(ranked):
    refused(
        lambda: Drop.objects.filter(pk=ranked.pk).update(
            status="failed", ended_at=NOON, outcome_reason="stopped_by_staff"
        )
    )


def test_whoever_ends_a_drop_closes_its_round(ranked, staff):
    decisions.stop_drop(drop=ranked, staff=staff, told="Spam.", reason="Spam.", now=NOON)
    assert not ranked.rounds.open().exists()


def test_a_verdict_belongs_to_the_round_that_decided_and_there_is_one(ranked, sender):
    first = ranked.round
    verdict = {"wording": 1, "outcome": {}, "created_at": NOON}
    refused(lambda: StoredVerdict.objects.create(round=first, **verdict))
    decided = judge(rounds.judge_again(drop=ranked, now=NOON), sender)
    refused(lambda: StoredVerdict.objects.create(round=first, **verdict))
    refused(lambda: StoredVerdict.objects.create(round=decided.round, **verdict))


def answer_in(judging_round):
    return lambda: JudgeAnswer.objects.create(round=judging_round, key="k", answer={}, created_at=NOON)


def line_in(judging_round):
    return lambda: append_log(judging_round, lines("a"), now=NOON)


def panel_of(judging_round):
    values = {"judges": [], "staff_when_unsure": False, "prompts_version": 1, "reserved_cents": 0}
    return lambda: PanelSession.objects.create(round=judging_round, created_at=NOON, **values)


@pytest.mark.parametrize("write", [answer_in, line_in, panel_of])
def test_nothing_is_written_into_a_round_that_another_has_followed(write, ranked):
    closed = ranked.round
    write(rounds.judge_again(drop=ranked, now=NOON).round)()
    refused(write(closed))
    assert not closed.answers.exists() and not closed.log_lines.exists()


@pytest.mark.parametrize("write", [answer_in, line_in, panel_of])
def test_nothing_is_written_into_a_round_once_its_drop_has_ended(write, ranked, staff):
    decisions.stop_drop(drop=ranked, staff=staff, told="Spam.", reason="Spam.", now=NOON)
    refused(write(ranked.round))


def test_a_judged_drop_never_points_at_a_round_that_is_closed(ranked):
    first = ranked.round
    second = rounds.judge_again(drop=ranked, now=NOON).round
    refused(lambda: Drop.objects.filter(pk=ranked.pk).update(current_round=first))
    refused(update(second, is_open=False))


def test_a_round_that_is_open_is_the_one_its_drop_points_at(ranked):
    def leave_the_drop_behind():
        ranked.rounds.close()
        fresh(ranked, 2)()

    refused(leave_the_drop_behind)
    assert ranked.rounds.open().get() == ranked.round


def lines(*contents):
    return [LogLine("info", content) for content in contents]


def numbered(drop):
    return list(drop.ranking_logs.order_by("id").values_list("round__number", "number", "content"))


def test_a_log_handed_over_again_is_written_on_even_where_it_repeats_itself(ranked):
    append_log(ranked.round, lines("a", "a"), now=NOON)
    append_log(ranked.round, lines("a", "a"), now=NOON)
    append_log(ranked.round, lines("a", "a", "b", "a"), now=NOON)
    assert numbered(ranked) == [(1, 1, "a"), (1, 2, "a"), (1, 3, "b"), (1, 4, "a")]


def test_each_round_tells_its_whole_log(ranked):
    append_log(ranked.round, lines("a"), now=NOON)
    again = rounds.judge_again(drop=ranked, now=NOON)
    append_log(again.round, lines("a", "b"), now=NOON)
    assert numbered(ranked) == [(1, 1, "a"), (2, 1, "a"), (2, 2, "b")]


def test_what_moderators_do_is_numbered_within_the_drop_before_any_round_and_between(sender, agent, rival, staff):
    drop = open_drop(sender)
    enter(drop, agent), enter(drop, rival)
    disqualifying.disqualify_entry(
        submission=drop.submissions.get(user=agent), staff=staff, told="x", reason="x", now=NOON
    )
    drop = ring(drop)
    append_log(drop.round, lines("a"), now=NOON)
    rounds.hand_to_staff(drop=drop, reason="y", now=NOON)
    told = [(number, line) for number, line, _ in numbered(drop)]
    assert told == [(None, 1), (1, 1), (None, 2)]


def test_a_line_that_is_there_already_or_of_another_drop_is_refused(ranked, sender, agent):
    append_log(ranked.round, lines("a"), now=NOON)
    log_act(ranked, "b", Audience.AGENTS, now=NOON)
    line = {"drop": ranked, "number": 1, "type": "info", "content": "again", "created_at": NOON}
    refused(lambda: RankingLog.objects.create(round=ranked.round, **line))
    refused(lambda: RankingLog.objects.create(**line))
    refused(lambda: RankingLog.objects.create(round=entered(sender, agent).round, **line))
    assert RankingLog.objects.count() == 2


def test_staff_who_judge_again_keep_what_was_left_for_them_but_for_its_deadline(ranked, staff):
    entry = ranked.submissions.first()
    held = rounds.hand_to_staff(drop=ranked, reason="unsure", now=after(310), may_stand=True, proposed=entry.pk)
    assert held.round.result_stands_at == held.round.deadline_at
    again = rounds.judge_again(drop=held, now=after(320)).round
    assert (again.held_reason, again.proposed_submission, again.result_stands_at) == ("unsure", entry, None)


def test_a_proposal_without_a_panel_that_could_stand_for_it_leaves_the_drop_to_staff(ranked):
    held = rounds.hand_to_staff(drop=ranked, reason="unsure", now=NOON, may_stand=True)
    drop = judging.rank_drop(drop=held, now=NOON + timedelta(days=1))
    assert (drop.judge, drop.status, drop.round.result_stands_at) == ("staff", "ranking", None)


@pytest.mark.parametrize("path", ["/me/drops", "/api/jobs", "/", "/api/feed"])
def test_a_list_asks_no_more_for_drops_that_are_or_were_judged(path, sender, agent, browse):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(path).status_code == 200
        return len(asked)

    reader = browse(sender)
    for _ in range(2):
        entered(sender, agent), finished_drop(sender, agent)
    queries(), (before := queries())
    entered(sender, agent), finished_drop(sender, agent)
    assert queries() == before


JUDGED_BEFORE = """
SET LOCAL session_replication_role = replica;
INSERT INTO drops_judginground
SELECT (jsonb_populate_record(r, jsonb_build_object('id', -n, 'drop_id', md5(n::text), 'is_open', false))).*
FROM drops_judginground r, generate_series(1, 1000) n;
INSERT INTO drops_drop
SELECT (jsonb_populate_record(d, jsonb_build_object('id', md5(n::text), 'current_round_id', -n, 'status', 'failed',
    'outcome_reason', 'no_passing_entry', 'ended_at', d.closed_at))).*
FROM drops_drop d, generate_series(1, 1000) n;
ANALYZE drops_judginground, drops_drop
"""


def test_what_waits_too_long_for_staff_is_found_among_the_open_rounds_alone(ranked):
    with connection.cursor() as cursor:
        cursor.execute(JUDGED_BEFORE)
    assert "judging_round_open" in Drop.objects.late_with_staff(NOON).explain()
