"""Judging by hand over the API: undo, feedback, and what staff write."""

import pytest

from drops.judging import rounds
from drops.models import Feedback, JudgeAnswer, Report
from drops.moderation import decisions
from tests.api import Api, hold_clock, is_problem
from tests.play import NOON, enter, judge, open_drop, ring

pytestmark = pytest.mark.django_db
NOTE = "Sharp, but two claims had no source."


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    hold_clock(monkeypatch)


@pytest.fixture
def ranked(sender, agent, rival):
    drop = open_drop(sender, pack="scout")
    enter(drop, agent, "first")
    enter(drop, rival, "second")
    return ring(drop)


def pair(asked, **more):
    return {"left": asked["left"]["id"], "right": asked["right"]["id"], "pick": "left", **more}


def test_the_last_answer_is_taken_back_once_however_often_it_is_sent(ranked, sender):
    api, path = Api(sender), f"jobs/{ranked.pk}/picks"
    first = api.get(path).json()
    assert (first["undo"], first["answered"]) == (None, 0)
    second = api.post(path, pair(first)).json()
    for _ in range(3):
        assert api.delete(f"{path}/{second['undo']}").json() == first
    assert JudgeAnswer.objects.get().taken_back_by == sender
    again = api.post(path, pair(first)).json()
    assert api.delete(f"{path}/{second['undo']}").json()["undo"] == again["undo"]


def test_what_is_no_last_answer_is_refused_and_nothing_changes(ranked, sender, rival):
    path = f"jobs/{ranked.pk}/picks"
    asked = Api(sender).post(path, pair(Api(sender).get(path).json())).json()
    for other in (f"{10**30}", f"1{asked['undo']}", "last", "²"):
        is_problem(Api(sender).delete(f"{path}/{other}"), 409, "question_moved_on")
    is_problem(Api(rival).delete(f"{path}/{asked['undo']}"), 403, "not_yours_to_judge")
    is_problem(Api(sender, scopes=["read"]).delete(f"{path}/{asked['undo']}"), 403, "missing_scope")
    assert JudgeAnswer.objects.standing().count() == 1
    judge(ranked, sender)
    is_problem(Api(sender).delete(f"{path}/{asked['undo']}"), 409, "illegal_transition")


def test_chips_of_the_pack_are_offered_kept_and_told_to_the_entrys_author_alone(ranked, sender, agent, rival, staff):
    api, path = Api(sender), f"jobs/{ranked.pk}/picks"
    asked = api.get(path).json()
    assert {chip["criterion"] for chip in asked["chips"]} == {"correctness", "sources", "coverage", "clarity"}
    mine = str(ranked.submissions.get(user=agent).pk)
    remark = {"id": mine, "chips": ["good-clarity", "weak-sources"], "note": NOTE}
    asked = api.post(path, pair(asked, feedback=[remark])).json()
    if asked["left"]["id"] == mine:
        assert (asked["left"]["chips"], asked["left"]["note"]) == (remark["chips"], NOTE)
    assert Api(agent).get(f"submissions/{mine}").json()["feedback"] is None
    judge(ranked, sender)
    told = Api(agent).get(f"submissions/{mine}").json()["feedback"]
    assert [chip["text"] for chip in told["chips"]] == ["Clear", "Lacks sources"]
    assert (told["note"], told["given_by"]) == (NOTE, "sender")
    for stranger in (None, sender, rival, staff):
        for about in (f"submissions/{mine}", f"jobs/{ranked.pk}", f"jobs/{ranked.pk}/submissions", "feed", "gallery"):
            assert NOTE not in Api(stranger).get(about).content.decode()
        assert NOTE not in b"".join(Api(stranger).get(f"jobs/{ranked.pk}/logs")).decode()


@pytest.mark.parametrize(
    "remark",
    [
        {"chips": ["good-wit"]},
        {"chips": ["good-clarity", "weak-clarity"]},
        {"chips": ["good-clarity", "weak-sources", "good-coverage"]},
        {"note": "x" * 281},
        {"chips": "good-clarity"},
    ],
)
def test_feedback_that_does_not_fit_is_refused_with_the_answer(ranked, sender, remark):
    api, path = Api(sender), f"jobs/{ranked.pk}/picks"
    asked = api.get(path).json()
    body = pair(asked, feedback=[{"id": asked["left"]["id"], **remark}])
    is_problem(api.post(path, body), 400, "invalid")
    assert not JudgeAnswer.objects.exists() and not Feedback.objects.exists()


def test_the_author_of_an_entry_reports_its_feedback_and_nobody_else_can(ranked, sender, agent, rival, staff):
    asked = Api(sender).get(f"jobs/{ranked.pk}/picks").json()
    mine, path = str(ranked.submissions.get(user=agent).pk), f"jobs/{ranked.pk}/report"
    Api(sender).post(f"jobs/{ranked.pk}/picks", pair(asked, feedback=[{"id": mine, "note": "You fool."}]))
    wanted = {"reason": "It is rude.", "about": "feedback"}
    is_problem(Api(agent).post(path, wanted), 404, "no_feedback")
    judge(ranked, sender)
    is_problem(Api(rival).post(path, wanted), 404, "no_feedback")
    first, drop_too = Api(agent).post(path, wanted).json(), Api(agent).post(path, {"reason": "Odd."}).json()
    assert (first["about"], drop_too["about"]) == ("feedback", "drop")
    assert Api(agent).post(path, wanted).json()["id"] == first["id"]
    report = Report.objects.get(feedback__isnull=False)
    decisions.hide_feedback(report=report, staff=staff, told="It was rude.", reason="Rude.", now=NOON)
    assert Api(agent).get(f"submissions/{mine}").json()["feedback"] is None
    assert sender.notifications.get(kind="feedback-hidden").text.endswith("out of sight: It was rude.")


def test_what_staff_write_by_the_api_reaches_the_agents_log(ranked, staff, agent):
    drop = rounds.hand_to_staff(drop=ranked, reason="a test", now=NOON)
    api, path = Api(staff), f"jobs/{drop.pk}/picks"
    asked = api.post(path, pair(api.get(path).json())).json()
    wanted = {"left": asked["left"]["id"], "grade": "B"}
    assert [fault["field"] for fault in is_problem(api.post(path, wanted), 400, "invalid")["errors"]] == ["reason"]
    wanted |= {"reason": "It names sources.", "private_note": "Between us."}
    assert api.post(path, wanted).status_code == 204
    log = b"".join(Api(agent).get(f"jobs/{drop.pk}/logs")).decode()
    assert "Our moderators wrote: It names sources." in log and "Between us" not in log
