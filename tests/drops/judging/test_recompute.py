"""A result computed again from what is stored is the same, and what somebody changed behind our back is found."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from drops.judging import recompute, rounds
from drops.judging import steps as judging
from drops.models.rounds import JudgeKind
from drops.moderation import disqualifying
from drops.ranking import Letter
from tests.drops.judging.panel.table import drop_with_panel, judge_by_panel
from tests.play import NOON, after, enter, finished_drop, judge, make_user, open_drop, post_drop, ring


def tamper(sql: str, *values: object) -> None:
    """Write with the triggers off, as a superuser of the database can and no verb of ours."""
    table = next(word for word in sql.split() if word.startswith("drops_"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        assert cursor.rowcount
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def judged(sender, agent, rival):
    """Judged by its sender: agent won, then rival, then somebody else."""
    return finished_drop(sender, agent, rival, make_user("third"))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_people_s_picks_give_the_same_result_again(sender, count, capsys):
    drop = finished_drop(sender, *(make_user(f"agent{number}") for number in range(count)))
    call_command("recompute", str(drop.pk))
    assert "same result, from" in capsys.readouterr().out


@pytest.mark.django_db
def test_so_does_what_staff_found_after_the_sender_and_after_a_disqualification(sender, agent, rival, staff):
    drop = open_drop(sender)
    for user in (agent, rival, make_user("third")):
        enter(drop, user, f"Words of {user.name}")
    drop = rounds.hand_to_staff(drop=ring(drop), reason="a test", now=NOON)
    cheat = drop.submissions.get(user=agent)
    disqualifying.disqualify_entry(submission=cheat, staff=staff, told="copied", reason="copied", now=NOON)
    drop.refresh_from_db()
    drop = judge(drop, staff, grade="F")
    assert drop.status == "failed"
    assert recompute.differences(drop) == []


@pytest.mark.django_db
def test_a_name_taken_later_changes_nothing(judged, agent):
    User.objects.filter(pk=agent.pk).update(name="Words")
    assert recompute.differences(judged) == []


@pytest.mark.django_db
def test_a_tampered_vote_is_found(judged, capsys):
    first = judged.round.answers.order_by("id").first()
    turned = {**first.answer, "pick": "right" if first.answer["pick"] == "left" else "left"}
    tamper("UPDATE drops_judgeanswer SET answer = %s WHERE id = %s", json.dumps(turned), first.pk)
    with pytest.raises(CommandError, match="differs from the stored answers") as refusal:
        call_command("recompute", str(judged.pk))
    assert refusal.value.returncode == 1
    assert capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "difference"),
    [
        ("UPDATE drops_submission SET grade = 'S' WHERE place = 2", "grade of entry"),
        ("UPDATE drops_submission SET gap = gap + 1e-9 WHERE place = 2", "gap of entry"),
        ("UPDATE drops_submission SET reasons = '[]' WHERE place = 1", "reasons of entry"),
        ("UPDATE drops_drop SET confidence = 'low'", "confidence of the drop: stored 'low'"),
        ("UPDATE drops_drop SET rationale = 'Because.'", "rationale of the drop: stored 'Because.'"),
        ("UPDATE drops_frozenentry SET text = 'better' WHERE id = (SELECT min(id) FROM drops_frozenentry)", "SHA-256"),
        ("UPDATE drops_rankinglog SET content = 'Winner: me.' WHERE type = 'result'", "was never found"),
        ("DELETE FROM drops_rankinglog WHERE type = 'reasoning'", "The log does not say"),
        ("DELETE FROM drops_judgeanswer WHERE id = (SELECT max(id) FROM drops_judgeanswer)", "do not lead to an end"),
        ("DELETE FROM drops_judgeanswer WHERE id = (SELECT min(id) FROM drops_judgeanswer)", "can't be replayed"),
        ("UPDATE drops_judginground SET seed = 'other'", "can't be replayed"),
    ],
)
def test_whatever_else_was_changed_is_found(judged, sql, difference):
    tamper(sql)
    judged.refresh_from_db()
    assert difference in " ".join(recompute.differences(judged))


@pytest.mark.django_db
def test_another_wording_is_compared_by_its_substance(judged, monkeypatch):
    monkeypatch.setattr(recompute, "WORDING_VERSION", 1)
    tamper("UPDATE drops_drop SET rationale = 'As we used to say.'")
    judged.refresh_from_db()
    assert recompute.differences(judged) == []


@pytest.mark.django_db
def test_where_there_was_no_verdict_there_is_nothing_to_compute(sender):
    nobody_came = ring(open_drop(sender))
    assert nobody_came.status == "failed"
    for pk in (post_drop(sender).pk, nobody_came.pk, sender.pk):
        with pytest.raises(CommandError) as refusal:
            call_command("recompute", str(pk))
        assert refusal.value.returncode == 2


@pytest.mark.usefixtures("ledger_db", "llm_double")
def test_a_panel_s_result_is_the_same_again_and_a_tampered_vote_is_found(sender):
    drop = judge_by_panel(drop_with_panel(sender))
    assert drop.judge == JudgeKind.PANEL
    assert recompute.differences(drop) == []
    lists = [row for row in drop.round.answers.order_by("id") if '"ranking"' in (row.answer["text"] or "")]
    reply = json.loads(lists[0].answer["text"])
    turned = {
        **lists[0].answer,
        "text": json.dumps({**reply, "ranking": [*reply["ranking"][:-2], *reply["ranking"][:-3:-1]]}),
    }
    tamper("UPDATE drops_judgeanswer SET answer = %s WHERE id = %s", json.dumps(turned), lists[0].pk)
    differences = recompute.differences(drop)
    assert any(sentence.startswith("strengths: stored") for sentence in differences)


@pytest.mark.usefixtures("ledger_db", "llm_double")
def test_a_proposal_that_staff_let_stand_is_the_same_again(sender, settings):
    settings.JUDGE_STAFF_CENTS = 0
    drop = judge_by_panel(drop_with_panel(sender, (0.0, 0.0)))
    assert (drop.judge, drop.status) == ("staff", "ranking")
    drop = judging.rank_drop(drop=drop, now=after(302) + timedelta(seconds=settings.JUDGE_HELD_SECONDS_MAX))
    assert (drop.judge, drop.status, drop.confidence) == ("panel", "completed", "low")
    assert Letter(drop.grade) is not Letter.F
    assert recompute.differences(drop) == []
