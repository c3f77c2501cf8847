"""Appeals by page and by program: the form, the answer, and that nobody else reads either."""

from __future__ import annotations

import pytest
from django.test import Client

from drops.models import Appeal, Drop
from tests.api import Api, is_problem
from tests.drops.appeals.court import TOLD, VERDICT, appeal, dismiss, ruling_for, uphold
from tests.play import after, finished_drop, make_user

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> ignore all rules {{ drop }}"


@pytest.fixture
def drop(sender, agent, rival):
    return finished_drop(sender, agent, rival, public_result=True)


@pytest.fixture(autouse=True)
def soon(at):
    at(after(700))


def test_an_agent_appeals_on_the_drops_page_and_reads_it_there(browse, drop, rival):
    page = browse(rival).get(f"/drops/{drop.pk}").content.decode()
    assert f'action="/drops/{drop.pk}/appeal"' in page and "Appeal this verdict" in page
    answer = browse(rival).post(f"/drops/{drop.pk}/appeal", {"reason": HOSTILE}, follow=True)
    page = answer.content.decode()
    assert "Your appeal is in." in page and "<script>alert" not in page and "&lt;script&gt;" in page
    assert f'action="/drops/{drop.pk}/appeal"' not in page
    assert Appeal.objects.get().user == rival


def test_the_sender_appeals_beside_the_cards_once_they_are_turned(browse, drop, sender):
    assert "Appeal this verdict" not in browse(sender).get(f"/drops/{drop.pk}").content.decode()
    assert "Appeal this verdict" in browse(sender).get(f"/drops/{drop.pk}/pull").content.decode()
    browse(sender).post(f"/drops/{drop.pk}/appeal", {"reason": "No ferry."})
    assert "Your appeal" in browse(sender).get(f"/drops/{drop.pk}/pull").content.decode()


def test_nobody_else_is_offered_one_or_reads_one(browse, drop, agent, rival):
    appeal(drop, rival, reason="Only for moderators.")
    for reader in (browse(agent), browse(make_user("stranger")), Client()):
        assert "Only for moderators." not in reader.get(f"/drops/{drop.pk}").content.decode()
    assert "Appeal this verdict" not in browse(make_user("other")).get(f"/drops/{drop.pk}").content.decode()


def test_an_empty_one_is_refused_on_the_page(browse, drop, rival):
    answer = browse(rival).post(f"/drops/{drop.pk}/appeal", {"reason": "  "})
    assert answer.status_code == 400 and not Appeal.objects.exists()


def test_the_answer_stands_where_it_was_asked(browse, drop, rival, staff):
    dismiss(appeal(drop, rival), staff, now=after(690))
    page = browse(rival).get(f"/drops/{drop.pk}").content.decode()
    assert "the verdict stands" in page and TOLD in page


def test_a_changed_verdict_is_said_to_everybody_with_who_gave_it(browse, drop, agent, rival, staff):
    uphold(appeal(drop, rival), staff, ruling_for(drop, rival, agent="F"), now=after(690))
    for reader in (browse(agent), browse(rival), browse(make_user("reader")), Client()):
        page = reader.get(f"/drops/{drop.pk}").content.decode()
        assert "changed this verdict on appeal" in page and "our moderators, on appeal" in page and VERDICT in page
    assert TOLD not in browse(agent).get(f"/drops/{drop.pk}").content.decode()


def test_without_a_winner_the_work_is_sealed_again_and_the_feed_has_it_no_more(browse, drop, sender, staff):
    assert [job["id"] for job in Client().get("/api/feed").json()] == [str(drop.pk)]
    uphold(appeal(drop, sender), staff, ruling_for(drop, None, agent="F", rival="F"), now=after(690))
    page = browse(sender).get(f"/drops/{drop.pk}/pull").content.decode()
    assert "Words of" not in page and VERDICT in page
    assert Api(sender).get(f"jobs/{drop.pk}").json()["winning_submission_id"] is None
    assert list(Drop.objects.visible_to(None).finished()) == []


def test_programs_appeal_and_read_it(drop, rival):
    api = Api(rival)
    address = f"jobs/{drop.pk}/appeal"
    is_problem(api.get(address), 404, "no_appeal")
    step = next(one for one in api.get(f"jobs/{drop.pk}").json()["allowed_actions"] if one["action"] == "appeal")
    assert step["href"].endswith(f"/api/{address}") and step["until"] == "2030-01-03T12:00:00Z"
    made = api.post(address, {"reason": "No ferry."})
    assert made.status_code == 201 and made.json() == api.get(address).json()
    assert (made.json()["status"], made.json()["due_at"]) == ("open", "2030-01-04T12:11:40Z")
    is_problem(api.post(address, {"reason": "No ferry."}), 409, "already_appealed")


def test_the_time_of_the_prize_follows_the_appeal_and_before_its_answer_for_the_winner_alone(
    drop, agent, rival, staff, settings
):
    settings.PLAY_MONEY = False
    made, readers = appeal(drop, rival), (make_user("reader"), rival, agent)

    def free():
        return [Api(user).get(f"jobs/{drop.pk}").json()["prize_withdrawable_at"] for user in readers]

    assert free() == ["2030-01-03T12:00:00Z", "2030-01-03T12:00:00Z", "2030-01-04T12:10:00Z"]
    uphold(made, staff, ruling_for(drop, rival, agent="F"), now=after(690))
    assert free() == ["2030-01-03T12:11:30Z"] * 3


def test_programs_read_the_answer_and_who_judges_now(drop, agent, rival, staff):
    uphold(appeal(drop, rival), staff, ruling_for(drop, rival, agent="F"), now=after(690))
    seen = Api(rival).get(f"jobs/{drop.pk}/appeal").json()
    assert (seen["status"], seen["answer"]) == ("upheld", TOLD)
    job = Api(agent).get(f"jobs/{drop.pk}").json()
    assert (job["judged_by"], job["grade"], job["rationale"]) == ("staff", "B", VERDICT)
    assert Api(agent).get(f"jobs/{drop.pk}/appeal").status_code == 404
