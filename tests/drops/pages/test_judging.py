"""After the bell in the browser: picks, pull, and what each side reads."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditEvent
from drops.judging import rounds
from drops.models import Attachment, Drop, JudgeAnswer
from drops.moderation import decisions
from tests import play
from tests.api import Api, is_problem
from tests.browsers import BACKEND
from tests.drops.browsing import file_name_of, text_of
from wallet.books import ledger


def ranking_drop(sender, *agents, **terms):
    drop = play.open_drop(sender, **terms)
    for agent in agents:
        play.enter(drop, agent, f"Words of {agent.name}")
    return play.ring(drop)


def answer_all(browser, drop, grade="B"):
    """Answer whatever the picks page asks, always for the left one, until it asks no more."""
    path = f"/drops/{drop.pk}/picks"
    for _ in range(6):
        context = browser.get(path).context
        if context is None:
            break
        (_, left), *rest = context["sides"]
        for _, right in rest:
            answer = browser.post(path, {"left": left.slot, "right": right.slot, "pick": "left"})
        if not rest:
            answer = browser.post(path, {"left": left.slot, "grade": grade, "confirmed": "1"})
    return answer


def test_the_sender_compares_two_nameless_texts(browse, sender, agent, rival):
    drop = ranking_drop(sender, agent, rival)
    page = text_of(browse(sender).get(f"/drops/{drop.pk}/picks"))
    assert "Words of Agent" in page
    assert "Words of Rival" in page
    assert agent.email not in page


def test_nobody_else_may_judge(browse, sender, agent, rival, staff):
    drop = ranking_drop(sender, agent, rival)
    for viewer in (agent, staff):
        answer = browse(viewer).get(f"/drops/{drop.pk}/picks")
        assert answer.status_code == 403
        assert "Words of Rival" not in text_of(answer)
    assert browse(None).get(f"/drops/{drop.pk}/picks").status_code == 302


def test_picks_lead_to_the_pull_and_pay_the_winner(browse, sender, agent, rival):
    drop = ranking_drop(sender, agent, rival)
    answer = answer_all(browse(sender), drop)
    assert answer["Location"] == f"/drops/{drop.pk}/pull"
    drop.refresh_from_db()
    assert drop.grade == "B"
    assert ledger.balance_cents(drop.winning_submission.user) == 500


def test_who_judged_is_called_you_to_themselves_alone(browse, sender, agent, rival):
    drop = ranking_drop(sender, agent, rival)
    answer_all(browse(sender), drop)
    browse(sender).get(f"/drops/{drop.pk}/pull")
    mine, theirs = text_of(browse(sender).get("/me/drops")), text_of(browse(agent).get("/me/competing"))
    assert "judged by you" in mine and "judged by the sender" not in mine and "confidence" not in mine
    assert "judged by the sender, confidence" in theirs


def test_a_pick_that_makes_no_sense_changes_nothing(browse, sender, agent, rival):
    drop = ranking_drop(sender, agent, rival)
    strange = (
        {"left": "x"},
        {"left": "x", "right": "y", "pick": "left"},
        {"pick": "left"},
        {"left": "x", "grade": "Q"},
    )
    for pick in strange:
        assert browse(sender).post(f"/drops/{drop.pk}/picks", pick).status_code in {400, 409}
    assert not JudgeAnswer.objects.exists()


def test_staff_who_fetch_a_file_are_on_record_before_and_only_for_what_they_are_asked(browse, sender, staff, settings):
    settings.JUDGE = "staff"
    drop = play.open_drop(sender)
    for user in (play.make_user("ann"), play.make_user("bob"), play.make_user("cleo")):
        play.claim(drop, user)
        file = SimpleUploadedFile(f"{user.name}.txt", b"puppet")
        browse(user).post(f"/drops/{drop.pk}/submit", {"body": "See the file.", "uploads": file})
    play.ring(drop)
    files = {str(entry.pk): entry.counting.attachments.get() for entry in drop.submissions.all()}
    path = f"/drops/{drop.pk}/picks/files"
    assert all(is_refused_unopened(browse(staff).get(f"{path}/{file.pk}")) for file in files.values())
    browse(staff).post(f"/drops/{drop.pk}/picks", {"open": "1"})
    shown = {slot for slot, file in files.items() if b"puppet" in b"".join(browse(staff).get(f"{path}/{file.pk}"))}
    assert len(shown) == 2
    assert {event.target for event in AuditEvent.objects.all()} == {f"submission:{slot}" for slot in shown}


def is_refused_unopened(answer):
    return answer.status_code == 409 and "opened these entries" in text_of(answer) and not AuditEvent.objects.exists()


@pytest.fixture
def held(sender, agent, rival):
    """A drop that waits for staff to judge it."""
    return rounds.hand_to_staff(drop=ranking_drop(sender, agent, rival), reason="a test", now=play.NOON)


@pytest.mark.parametrize("way", ["get", "head"])
def test_a_link_alone_opens_nothing_in_the_name_of_staff(browse, held, staff, way):
    browser, path = browse(staff), f"/drops/{held.pk}/picks"
    page = text_of(getattr(browser, way)(path, headers={"sec-fetch-site": "cross-site", "sec-purpose": "prefetch"}))
    assert "Words of" not in page and not AuditEvent.objects.exists()
    assert "Words of" in text_of(browser.post(path, {"open": "1"}, follow=True))
    assert AuditEvent.objects.filter(actor=staff, action="read-to-judge").count() == 2
    assert "Words of" in text_of(browser.get(path)) and AuditEvent.objects.count() == 2


def test_by_the_api_a_link_opens_nothing_either(held, staff):
    session = Client(enforce_csrf_checks=True)
    session.force_login(staff, backend=BACKEND)
    is_problem(session.get(f"/api/jobs/{held.pk}/picks"), 403, "asked_by_link")
    assert not AuditEvent.objects.exists()
    assert Api(staff).get(f"jobs/{held.pk}/picks").status_code == 200 and AuditEvent.objects.count() == 2


def test_a_judge_fetches_files_under_numbers_not_names(browse, sender, agent, rival):
    drop = play.open_drop(sender)
    play.claim(drop, agent)
    upload = SimpleUploadedFile("agent-smith.txt", b"text")
    browse(agent).post(f"/drops/{drop.pk}/submit", {"body": "a", "uploads": upload})
    play.enter(drop, rival)
    play.ring(drop)
    path = f"/drops/{drop.pk}/picks/files/{Attachment.objects.get().pk}"
    assert "smith" not in text_of(browse(sender).get(f"/drops/{drop.pk}/picks"))
    assert file_name_of(browse(sender).get(path)) == 'attachment; filename="file-1.txt"'
    assert browse(rival).get(path).status_code == 403


def test_the_pull_shows_the_winners_work_and_all_reasons_but_no_losing_text(browse, sender, agent, rival):
    drop = play.finished_drop(sender, agent, rival)
    page = text_of(browse(sender).get(f"/drops/{drop.pk}/pull"))
    assert "Words of Agent" in page
    assert "Words of Rival" not in page
    assert page.index("Second of two") < page.index("First of two: the winner") < page.index("Words of Agent")
    assert "-$5.00" in page


def test_the_pull_is_the_senders_alone(browse, sender, agent, rival):
    drop = play.finished_drop(sender, agent, rival)
    assert browse(rival).get(f"/drops/{drop.pk}/pull").status_code == 403
    assert browse(sender).get(f"/drops/{play.open_drop(sender).pk}/pull").status_code == 409


def test_a_failed_pull_shows_the_refund_and_no_work(browse, sender):
    drop = play.ring(play.open_drop(sender))
    page = text_of(browse(sender).get(f"/drops/{drop.pk}/pull"))
    assert "Nobody submitted anything, so you have all of your money back" in page
    assert "+$5.00" in page
    assert "Name my ferry." in page


def test_work_that_failed_stays_sealed_from_its_sender(browse, sender, agent, staff):
    drop = ranking_drop(sender, agent)
    drop = decisions.judge_by_hand(
        drop=drop, staff=staff, told="The sender asked.", reason="The sender asked.", now=play.NOON
    )
    play.judge(drop, staff, grade="F")
    page = text_of(browse(sender).get(f"/drops/{drop.pk}/pull"))
    assert "Why each failed" in page
    assert "Words of Agent" not in page
    assert "Words of Agent" in text_of(browse(agent).get(f"/drops/{drop.pk}"))


def test_an_agent_reads_their_own_result_and_not_the_others(browse, sender, agent, rival):
    drop = play.finished_drop(sender, agent, rival)
    page = text_of(browse(rival).get(f"/drops/{drop.pk}"))
    assert "Second of two." in page
    assert "Words of Agent" not in page
    assert "You won $5.00" in text_of(browse(agent).get(f"/drops/{drop.pk}"))


def test_the_winning_work_is_public_only_if_the_sender_chose_so(browse, sender, agent, rival, staff):
    private = play.finished_drop(sender, agent)
    public = play.finished_drop(sender, agent, public_result=True)
    for viewer in (None, rival, staff):
        assert "Words of Agent" not in text_of(browse(viewer).get(f"/drops/{private.pk}"))
        assert "Words of Agent" in text_of(browse(viewer).get(f"/drops/{public.pk}"))


def test_an_old_link_to_the_picks_leads_to_the_drop_once_moderators_judge(browse, sender, agent, staff):
    drop = ranking_drop(sender, agent)
    decisions.judge_by_hand(drop=drop, staff=staff, told="The sender asked.", reason="The sender asked.", now=play.NOON)
    answer = browse(sender).get(f"/drops/{drop.pk}/picks", follow=True)
    assert answer.redirect_chain == [(f"/drops/{drop.pk}", 302)]
    assert "Our moderators judge this one" in text_of(answer)


def test_an_open_question_is_loaded_again_once_it_is_somebody_elses(browse, sender, agent, rival, staff):
    drop, browser = ranking_drop(sender, agent, rival), browse(sender)
    follows = re.search(
        r'data-live="(/live/drops/[^"]+)" hx-get="([^"]+)"', text_of(browser.get(f"/drops/{drop.pk}/picks"))
    )
    assert follows[1] == f"/live/drops/{drop.pk}"
    assert "HX-Refresh" not in browser.get(html.unescape(follows[2])).headers
    decisions.judge_by_hand(drop=drop, staff=staff, told="The sender asked.", reason="The sender asked.", now=play.NOON)
    assert browser.get(html.unescape(follows[2]))["HX-Refresh"] == "true"


def test_the_work_that_won_can_be_taken_home_by_whoever_may_read_it(browse, sender, agent, rival):
    drop = play.finished_drop(sender, agent, rival, prompt="Name my ferry / now!")
    for viewer in (sender, agent):
        answer = browse(viewer).get(f"/drops/{drop.pk}/work.md")
        assert text_of(answer) == "Words of Agent"
        assert answer["Content-Disposition"] == 'attachment; filename="name-my-ferry-now.md"'
    for viewer in (rival, None):
        assert browse(viewer).get(f"/drops/{drop.pk}/work.md").status_code == 404
    assert browse(sender).get(f"/drops/{play.open_drop(sender).pk}/work.md").status_code == 404


def test_after_a_failed_drop_the_prompt_can_be_posted_again_as_it_is_or_changed(browse, sender):
    drop = play.ring(play.open_drop(sender, pack="cook", prompt="Name my ferry & me."))
    browser = browse(sender)
    page = text_of(browser.get(f"/drops/{drop.pk}/pull"))
    assert f'action="/drops/{drop.pk}/reroll"' in page
    assert f'href="/drops/{drop.pk}/again"' in page
    assert "Name my ferry &amp; me.</textarea>" in text_of(browser.get(f"/drops/{drop.pk}/again"))


def test_who_lost_reads_what_counts_next_time_and_who_won_where_the_prize_is(browse, sender, agent, rival, settings):
    drop = play.finished_drop(sender, agent, rival, pack="roast")
    settings.PLAY_MONEY = False
    assert "specificity (35), insight (30)" in text_of(browse(rival).get(f"/drops/{drop.pk}"))
    won = text_of(browse(agent).get(f"/drops/{drop.pk}"))
    assert "It can be withdrawn from" in won
    assert "Next time:" not in won


def test_a_late_judging_says_so_and_that_the_prize_is_held(browse, at, sender, agent, staff):
    drop = ranking_drop(sender, agent)
    drop = decisions.judge_by_hand(
        drop=drop, staff=staff, told="The sender asked for it.", reason="The sender asked for it.", now=drop.bell
    )
    sentence = "This takes longer than it should"
    assert sentence not in text_of(browse(agent).get(drop.get_absolute_url()))
    at(drop.round.deadline_at)
    page = text_of(browse(agent).get(drop.get_absolute_url()))
    assert sentence in page and "the prize stays held" in page


def test_a_grade_is_not_given_away_before_the_pull(browse, sender, agent, rival):
    drop = play.judge(ranking_drop(sender, agent, rival), sender, grade="S")
    drop_page, mine, pull = (f"/drops/{drop.pk}", "/me/drops", f"/drops/{drop.pk}/pull")

    def tells(viewer, path):
        return bool(re.search(r"grade-S|[Gg]rade[d ]+S", text_of(browse(viewer).get(path))))

    assert not tells(sender, drop_page) and not tells(sender, mine) and tells(agent, drop_page)
    assert "Your turn" in (page := text_of(browse(sender).get(mine))) and page.count(f'href="{drop_page}"') == 1
    browse(sender).head(pull)
    browse(sender).get(pull, headers={"Sec-Purpose": "prefetch"})
    assert Drop.objects.get().pulled_at is None and tells(sender, pull)
    assert not tells(sender, "/me/notifications")
    first = Drop.objects.get().pulled_at
    assert tells(sender, pull) and tells(sender, drop_page) and tells(sender, mine)
    assert "Your turn" not in text_of(browse(sender).get(mine))
    assert first is not None and Drop.objects.get().pulled_at == first


@pytest.mark.parametrize(
    ("grade", "words"), [("A", "Pays $5.00 to Seat "), ("F", "Pays nobody yet.")], ids=["passes", "fails"]
)
def test_the_last_letter_is_asked_for_twice_and_says_whom_it_pays(grade, words, browse, sender, agent):
    drop = ranking_drop(sender, agent)
    slot = str(drop.submissions.get().pk)
    asked = browse(sender).post(f"/drops/{drop.pk}/picks", {"left": slot, "grade": grade})
    assert asked.status_code == 200 and words in text_of(asked)
    drop.refresh_from_db()
    assert drop.is_ranking and drop.grade is None and ledger.balance_cents(agent) == 0
    browse(sender).post(f"/drops/{drop.pk}/picks", {"left": slot, "grade": grade, "confirmed": "1"})
    drop.refresh_from_db()
    assert drop.grade == ("A" if grade == "A" else None)
    assert ledger.balance_cents(agent) == (500 if grade == "A" else 0)


def test_a_letter_for_an_entry_that_is_not_asked_about_is_refused_not_confirmed(browse, sender, agent, rival):
    drop = ranking_drop(sender, agent, rival)
    slot = str(drop.submissions.first().pk)
    answer = browse(sender).post(f"/drops/{drop.pk}/picks", {"left": slot, "grade": "A"})
    assert answer.status_code in {400, 409} and "Pays" not in text_of(answer)
