"""Judging by hand in the browser: one screen, feedback, undo, and a last look before anybody is paid."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import AuditEvent
from drops.judging.feedback import Remark, give_feedback
from drops.models import Feedback, JudgeAnswer, Report
from drops.moderation import decisions
from tests import play
from tests.drops.browsing import text_of
from tests.drops.pages_of_judging import about, compare, opened, path_of, ranking_drop, slots


@pytest.fixture(autouse=True)
def files_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture():
    content = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(content, "PNG")
    return content.getvalue()


def test_prompt_rubric_texts_and_files_stand_on_one_page(browse, sender, agent, rival):
    drop = play.open_drop(sender, pack="scout", prompt="Where does the ferry go?")
    play.claim(drop, agent)
    names = {
        "agent-map.png": picture(),
        "agent-notes.txt": b"Written by Agent at noon",
        "data.zip": b"PK\x05\x06" + b"\0" * 18,
    }
    uploads = [SimpleUploadedFile(name, content) for name, content in names.items()]
    browse(agent).post(f"/drops/{drop.pk}/submit", {"body": "North.", "uploads": uploads})
    play.enter(drop, rival, "South.")
    page = text_of(browse(sender).get(path_of(play.ring(drop))))
    for shown in ("Where does the ferry go?", "Correctness", "Sources", "North.", "South.", "Question 1 of about 2"):
        assert shown in page
    (image,) = re.findall(r'<img src="([^"]+)" loading="lazy" alt="(file-\d.png)">', page)
    assert image[0].startswith(path_of(drop)) and "Written by [name] at noon" in page
    assert page.count("download>") == 3 and "agent-" not in page


def test_a_picture_that_staff_look_at_is_fetched_by_the_route_that_is_on_record(browse, sender, agent, staff, settings):
    settings.JUDGE = "staff"
    drop = play.open_drop(sender)
    play.claim(drop, agent)
    upload = SimpleUploadedFile("map.png", picture())
    browse(agent).post(f"/drops/{drop.pk}/submit", {"body": "North.", "uploads": [upload]})
    page = text_of(opened(play.ring(drop), browse(staff)))
    (source,) = re.findall(r'<img src="([^"]+)"', page)
    assert b"".join(browse(staff).get(source)) == picture()
    assert AuditEvent.objects.get().action == "read-to-judge"
    assert browse(agent).get(source).status_code == 403


def test_the_last_answer_is_taken_back_from_the_next_question_once(browse, sender, agent, rival):
    drop, browser = ranking_drop(sender, agent, rival), browse(sender)
    first = slots(drop, browser)
    assert "Undo" not in text_of(browser.get(path_of(drop)))
    graded = compare(browser, drop)
    undo = graded.context["undo"]
    for _ in range(3):
        answer = browser.post(path_of(drop), {"left": first[0], "undo": undo}, follow=True)
    assert "Which one is better?" in text_of(answer) and slots(drop, browser) == first
    assert JudgeAnswer.objects.get().taken_back_by == sender


@pytest.mark.parametrize("field", [{"undo": "x"}, {"undo": "0"}, {"undo": str(2**70)}])
def test_an_answer_that_is_none_is_not_taken_back(browse, sender, agent, rival, field):
    drop, browser = ranking_drop(sender, agent, rival), browse(sender)
    compare(browser, drop)
    assert browser.post(path_of(drop), {"left": "x", **field}).status_code == 400
    assert JudgeAnswer.objects.standing().count() == 1


def test_feedback_is_kept_with_an_answer_and_without_and_shown_again(browse, sender, agent, rival):
    drop, browser = ranking_drop(sender, agent, rival), browse(sender)
    left, right = slots(drop, browser)
    browser.post(path_of(drop), {"left": left, "keep": "1", **about(left, "good-effort", note="Neat.")})
    page = text_of(browser.get(path_of(drop)))
    assert 'value="Neat."' in page and not JudgeAnswer.objects.exists()
    compare(browser, drop, **about(right, "weak-clarity"))
    given = {str(row.submission_id): (row.chips, row.note) for row in Feedback.objects.all()}
    assert given == {left: (["good-effort"], "Neat."), right: (["weak-clarity"], "")}


@pytest.mark.parametrize(
    ("remark", "fault"),
    [
        ((("good-effort", "weak-clarity", "good-surprise"), ""), "Choose at most 2"),
        ((("good-effort", "weak-effort"), ""), "contradict each other"),
        (((), "x" * 281), "at most 280 fit"),
    ],
)
def test_feedback_that_does_not_fit_is_shown_as_typed_with_what_is_wrong(browse, sender, remark, fault):
    drop, browser = ranking_drop(sender, play.make_user("ann"), play.make_user("bob")), browse(sender)
    left, right = slots(drop, browser)
    answer = browser.post(
        path_of(drop), {"left": left, "right": right, "pick": "left", **about(left, *remark[0], note=remark[1])}
    )
    assert answer.status_code == 422 and fault in text_of(answer)
    assert (remark[1] or "checked") in text_of(answer)
    assert not JudgeAnswer.objects.exists() and not Feedback.objects.exists()


def test_who_wrote_what_is_on_no_page_of_judging(browse, sender, agent, rival):
    drop, browser = ranking_drop(sender, agent, rival), browse(sender)
    pages = [text_of(browser.get(path_of(drop))), text_of(compare(browser, drop))]
    (best,) = slots(drop, browser)
    pages.append(text_of(browser.post(path_of(drop), {"left": best, "grade": "A"})))
    for page in pages:
        for user in (agent, rival):
            assert user.email not in page and str(user.pk) not in page


def with_feedback(sender, agent, *others, note="Two claims had no source.", **terms):
    """A drop that the first of `others` won, and feedback on `agent`'s entry to it."""
    drop = ranking_drop(sender, agent, *others, **terms)
    remark = Remark(str(drop.submissions.get(user=agent).pk), ("good-effort", "weak-clarity"), note)
    give_feedback(drop=drop, judge=sender, feedback=[remark], now=play.NOON)
    return play.judge(drop, sender, favourite=others[0])


def test_an_agent_reads_place_reasons_feedback_and_what_the_winner_did_better(browse, sender, agent, rival):
    drop = with_feedback(sender, rival, agent)
    page = text_of(browse(rival).get(f"/drops/{drop.pk}"))
    for shown in ("Second of two.", "The sender preferred it in 0 of 1", "Two claims had no source.", "Real effort"):
        assert shown in page
    better = page[page.index("What the winner did better") :]
    assert drop.rationale in better and drop.rationale not in page[: page.index("How yours did")]
    assert not re.search(r"points behind|\d\.\d points", page) and "Words of Agent" not in page
    assert "More Wild drops" in page and 'href="#report"' in page


def test_feedback_is_on_no_page_of_anybody_else(browse, sender, agent, rival, staff):
    drop = with_feedback(sender, rival, agent, public_result=True)
    paths = (f"/drops/{drop.pk}", f"/drops/{drop.pk}/pull", f"/drops/{drop.pk}/live", "/gallery", "/me/notifications")
    for viewer in (sender, agent, staff, None):
        for path in paths:
            assert "Two claims had no source" not in text_of(browse(viewer).get(path, follow=True))


def test_why_the_winner_won_in_detail_is_told_where_its_work_is_public(browse, sender, agent, rival):
    reason = "The sender preferred it in 1 of 1 comparison."
    private = with_feedback(sender, rival, agent)
    assert reason not in text_of(browse(rival).get(f"/drops/{private.pk}"))
    public = with_feedback(sender, rival, agent, public_result=True)
    assert reason in text_of(browse(rival).get(f"/drops/{public.pk}"))


def test_feedback_is_reported_and_moderators_take_it_out_of_sight(browse, sender, agent, rival, staff):
    drop = with_feedback(sender, rival, agent, note="<b>You fool</b>")
    page, browser = f"/drops/{drop.pk}", browse(rival)
    assert "&lt;b&gt;You fool&lt;/b&gt;" in text_of(browser.get(page))
    browser.post(f"{page}/report", {"about": "feedback", "reason": "Rude."})
    report = Report.objects.get()
    assert report.feedback.submission.user == rival
    decisions.hide_feedback(report=report, staff=staff, told="Rude.", reason="Rude.", now=play.NOON)
    assert "You fool" not in text_of(browser.get(page))


def test_an_agent_without_feedback_is_shown_no_empty_box(browse, sender, agent, rival):
    drop = play.finished_drop(sender, agent, rival)
    page = text_of(browse(rival).get(f"/drops/{drop.pk}"))
    assert "tells you" not in page and "Report this feedback" not in page
