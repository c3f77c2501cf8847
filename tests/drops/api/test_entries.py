"""Claiming, releasing, submitting and judging over the API, and what a refusal leaves as it was."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Agent
from drops.models import Claim, JudgeAnswer, Report, Revision, Submission
from tests.api import Api, hold_clock, is_problem
from tests.play import after, claim, enter, finished_drop, make_user, open_drop, prove, ring, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    hold_clock(monkeypatch)


def test_claiming_gives_a_seat_with_its_lease(sender, agent):
    drop = open_drop(sender)
    profile = Agent.objects.create(owner=agent, name="Ferryman")
    answer = Api(agent).post(f"jobs/{drop.pk}/claim", {"agent_id": str(profile.pk)})
    body = answer.json()
    assert (answer.status_code, body["job_id"], body["user_id"]) == (201, str(drop.pk), str(agent.pk))
    assert body["seat"] in range(1, 6) and body["lease_expires_at"] == "2030-01-01T12:02:00Z"
    assert body["agent_id"] == str(profile.pk)


def test_a_sixth_agent_is_refused(sender):
    drop = open_drop(sender)
    for number in range(5):
        claim(drop, make_user(f"agent{number}"))
    is_problem(Api(make_user("late")).post(f"jobs/{drop.pk}/claim"), 409, "drop_full")
    assert Claim.objects.count() == 5


def test_a_cooldown_says_until_when_in_body_and_header(sender, agent):
    drop = open_drop(sender)
    claim(drop, agent)
    assert Api(agent).post(f"jobs/{drop.pk}/release").status_code == 204
    answer = Api(agent).post(f"jobs/{drop.pk}/claim")
    problem = is_problem(answer, 429, "cooling_down")
    assert (problem["retry_at"], answer["Retry-After"]) == ("2030-01-01T12:00:30Z", "31")
    (mine,) = Api(agent).get("cooldowns").json()
    assert (mine["job_id"], mine["expires_at"]) == (str(drop.pk), "2030-01-01T12:00:30Z")


def test_nobody_claims_their_own_drop(sender):
    drop = open_drop(sender)
    is_problem(Api(sender).post(f"jobs/{drop.pk}/claim"), 403, "own_drop")


def test_a_submission_comes_back_with_its_receipt(sender, agent):
    drop = open_drop(sender)
    claim(drop, agent)
    answer = Api(agent).post(f"jobs/{drop.pk}/submit", {"body": "The Good Crossing"})
    body = answer.json()
    assert (answer.status_code, body["body"], body["receipt"]["revision"]) == (201, "The Good Crossing", 1)
    assert body["receipt"]["received_at"] == "2030-01-01T12:00:00Z"
    again = Api(agent).post(f"jobs/{drop.pk}/submit", {"output": "The Better Crossing"}).json()
    assert (again["id"], again["body"], again["receipt"]["revision"]) == (body["id"], "The Better Crossing", 2)


def test_an_entry_may_carry_files_of_its_author_only(sender, agent, rival):
    drop = open_drop(sender)
    claim(drop, agent)
    own = Api(agent).upload(SimpleUploadedFile("a.txt", b"hello")).json()
    others = Api(rival).upload(SimpleUploadedFile("b.txt", b"hello")).json()
    is_problem(Api(agent).post(f"jobs/{drop.pk}/submit", {"attachments": [others["id"]]}), 400, "invalid")
    assert not Submission.objects.exists()
    body = Api(agent).post(f"jobs/{drop.pk}/submit", {"attachments": [own["id"]]}).json()
    assert [file["name"] for file in body["attachments"]] == ["a.txt"]


def test_the_bell_is_the_clock_of_the_request(sender, agent, monkeypatch):
    drop = open_drop(sender)
    enter(drop, agent)
    hold_clock(monkeypatch, after(299.999999))
    assert Api(agent).post(f"jobs/{drop.pk}/submit", {"body": "just"}).status_code == 201
    hold_clock(monkeypatch, after(300))
    is_problem(Api(agent).post(f"jobs/{drop.pk}/submit", {"body": "late"}), 409, "window_over")
    assert Revision.objects.count() == 2


def test_the_sender_judges_pair_by_pair_until_nothing_is_left(sender, agent, rival):
    drop = open_drop(sender)
    enter(drop, agent, "first")
    enter(drop, rival, "second")
    ring(drop)
    api, path = Api(sender), f"jobs/{drop.pk}/picks"
    asked = api.get(path).json()
    assert (asked["asks"], {asked["left"]["body"], asked["right"]["body"]}) == ("pair", {"first", "second"})
    asked = api.post(path, {"left": asked["left"]["id"], "right": asked["right"]["id"], "pick": "left"}).json()
    assert (asked["asks"], asked["grades"], asked["remaining"]) == ("grade", list("SABCDF"), 1)
    assert api.post(path, {"left": asked["left"]["id"], "grade": "A"}).status_code == 204
    assert api.get(path).status_code == 204
    assert api.get(f"jobs/{drop.pk}").json()["status"] == "completed"


def test_an_answer_to_another_question_is_refused(sender, agent, rival):
    drop = open_drop(sender)
    enter(drop, agent), enter(drop, rival)
    ring(drop)
    slot = str(drop.submissions.first().pk)
    problem = Api(sender).post(f"jobs/{drop.pk}/picks", {"left": slot, "grade": "A"})
    is_problem(problem, 409, "question_moved_on")
    assert not JudgeAnswer.objects.exists()


def test_nobody_else_is_asked_to_judge(sender, agent, rival):
    drop = open_drop(sender)
    enter(drop, agent)
    ring(drop)
    is_problem(Api(rival).get(f"jobs/{drop.pk}/picks"), 403, "not_yours_to_judge")


def test_files_can_be_compared_while_judging_and_are_sealed_again_after(sender, agent, rival):
    drop = open_drop(sender)
    uploads = []
    for user in (rival, agent):
        file = Api(user).upload(SimpleUploadedFile(f"{user.name}.txt", b"hello")).json()
        claim(drop, user)
        Api(user).post(f"jobs/{drop.pk}/submit", {"attachments": [file["id"]]})
        uploads.append(file["id"])
    losing = f"attachments/{file['id']}"
    assert Api(sender).get(losing).status_code == 404
    ring(drop)
    response = Api(sender).get(losing)
    assert (response.status_code, b"".join(response)) == (200, b"hello")
    answer_all(Api(sender), f"jobs/{drop.pk}/picks", favourite=uploads[0])
    assert Api(sender).get(losing).status_code == 404


def answer_all(api, path, favourite):
    asked = api.get(path)
    while asked.status_code == 200:
        left, right = asked.json()["left"], asked.json().get("right")
        side = "left" if left["attachments"][0]["id"] == favourite else "right"
        told = {"right": right["id"], "pick": side} if right else {"grade": "B"}
        asked = api.post(path, {"left": left["id"], **told})


def test_what_i_play_now_comes_first_bell_first_with_my_claim(sender, agent):
    prove(agent)
    late, soon = open_drop(sender, window_seconds=600), open_drop(sender)
    claim(late, agent), claim(soon, agent)
    played = Api(agent).get("users/status").json()
    assert [job["id"] for job in played] == [str(soon.pk), str(late.pk)]
    assert all(job["claim"]["user_id"] == str(agent.pk) for job in played)


def test_a_report_lands_with_the_moderators(sender, agent):
    drop = open_drop(sender)
    assert Api(agent).post(f"jobs/{drop.pk}/report", {"reason": "Spam."}).status_code == 201
    assert Report.objects.get().reason == "Spam."


def test_the_log_is_read_page_by_page(sender, agent, rival):
    drop = finished_drop(sender, agent, rival)
    everything = [line["id"] for line in Api(sender).get(f"jobs/{drop.pk}/logs").json()]
    first = Api(sender).get(f"jobs/{drop.pk}/logs?limit=2")
    following = first["Link"].split(";")[0].strip("<>").removeprefix("/api/")
    assert [line["id"] for line in first.json()] == everything[:2]
    assert [line["id"] for line in Api(sender).get(following).json()] == everything[2:4]


def test_an_agents_repeat_with_the_same_key_is_one_revision(sender, agent):
    drop = open_drop(sender)
    claim(drop, agent)
    answers = [Api(agent).post(f"jobs/{drop.pk}/submit", {"body": "x"}, key="k") for _ in range(2)]
    assert answers[0].json() == answers[1].json() and answers[1]["Idempotent-Replayed"] == "true"
    assert Revision.objects.count() == 1 and submit(drop, agent).number == 2


def test_whoever_takes_a_seat_is_given_the_settings_with_it(sender, agent, rival):
    drop = open_drop(sender, env_vars={"TOKEN": "x"})
    assert Api(agent).post(f"jobs/{drop.pk}/claim").json()["envVars"] == {"TOKEN": "x"}
    listed = Api(rival).get(f"jobs/{drop.pk}/claims").json()
    assert len(listed) == 1 and "envVars" not in listed[0]
