"""The last look before a judging by hand ends, and what its pages take from whom."""

import re
from uuid import UUID

import pytest

from accounts.models import AuditEvent
from drops.contest import closing
from drops.models import Feedback, JudgeAnswer
from tests import play
from tests.drops.browsing import text_of
from tests.drops.pages_of_judging import about, compare, held_by_staff, path_of, ranking_drop, slots
from wallet.books import ledger


def test_the_last_look_says_each_letter_the_sum_the_fee_and_a_way_back(browse, sender, agent, rival, settings):
    settings.FEE_BPS, settings.FEE_FLAT_CENTS = 1_000, 5
    drop, browser = ranking_drop(sender, agent, rival), browse(sender)
    graded = compare(browser, drop)
    (best,) = slots(drop, browser)
    asked = browser.post(path_of(drop), {"left": best, "grade": "A"})
    page, seat = text_of(asked), drop.submissions.get(pk=best).claim.seat
    other = drop.submissions.exclude(pk=best).get().claim.seat
    assert f"Grade A. Pays $4.45 to Seat {seat}." in page
    assert "Price $5.00, less our fee of $0.55: $4.45." in page
    assert [(one.seat, one.grade) for one in asked.context["look"].outcomes] == [(seat, "A"), (other, "B")]
    assert "Back to the entry" in page and f'name="undo" value="{graded.context["undo"]}"' in page
    drop.refresh_from_db()
    assert drop.is_ranking and JudgeAnswer.objects.count() == 1


def test_feedback_is_changed_on_the_last_look_and_confirmed_with_it(browse, sender, agent):
    drop, browser = ranking_drop(sender, agent), browse(sender)
    (best,) = slots(drop, browser)
    first = {"left": best, "grade": "A"}
    page = text_of(browser.post(path_of(drop), {**first, **about(best, note="Too long")}))
    assert 'value="Too long"' in page
    browser.post(path_of(drop), {**first, **about(best, "good-effort", note="Brief"), "confirmed": "1"})
    drop.refresh_from_db()
    assert drop.is_completed and Feedback.objects.get().note == "Brief"


def test_all_unusable_is_asked_for_twice_too(browse, sender, agent, rival):
    drop, browser = ranking_drop(sender, agent, rival), browse(sender)
    left, right = slots(drop, browser)
    both = {"left": left, "right": right, "pick": "equal", "unusable": [left, right]}
    page = text_of(browser.post(path_of(drop), both))
    assert "Pays nobody yet." in page and "Hand it to our moderators" in page
    drop.refresh_from_db()
    assert drop.judge == "sender"
    browser.post(path_of(drop), {**both, "confirmed": "1"})
    drop.refresh_from_db()
    assert drop.judge == "staff"


def test_whoever_does_not_judge_is_refused_whatever_they_send(browse, sender, agent, rival):
    drop = ranking_drop(sender, agent, rival)
    sent = {"left": "x", "keep": "1", **about("x", note="Neat."), "looking": "1"}
    assert browse(agent).post(path_of(drop), sent).status_code == 403


def test_before_a_judge_is_chosen_nobody_answers(browse, sender, agent):
    drop = play.open_drop(sender)
    play.enter(drop, agent)
    closing.close_due(now=drop.window_closes_at)
    for viewer in (sender, agent):
        assert browse(viewer).post(path_of(drop), {"left": "x", "keep": "1"}).status_code == 403


@pytest.mark.parametrize("entry", ["x", "", UUID(int=4)])
def test_a_box_about_what_is_no_entry_is_passed_over(browse, sender, agent, rival, entry):
    drop, browser = ranking_drop(sender, agent, rival), browse(sender)
    (left, _) = slots(drop, browser)
    sent = {"left": left, "keep": "1", **about(left, note="Neat."), "about": [str(entry), left]}
    assert browser.post(path_of(drop), sent).status_code == 302
    assert Feedback.objects.get().note == "Neat."


def sent_by_enter(page, drop):
    """The fields a browser sends of the last look as it came: those hidden in it, and the first button of its form."""
    form = page.partition(f'action="{path_of(drop)}"')[2].partition("</form>")[0]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    sent = {name: [value for other, value in hidden if other == name] for name, _ in hidden}
    return {**sent, **dict(re.findall(r'<button[^>]* name="(\w+)" value="([^"]*)"', form)[:1])}


def test_enter_in_a_line_on_the_last_look_keeps_all_that_was_typed(browse, sender, agent, rival, staff):
    drop, browser = held_by_staff(ranking_drop(sender, agent, rival)), browse(staff)
    compare(browser, drop)
    (best,) = slots(drop, browser)
    page = text_of(browser.post(path_of(drop), {"left": best, "grade": "A"}))
    typed = {f"{best}-note": "Neat.", "reason": "By the rubric.", "private_note": "Between us."}
    kept = browser.post(path_of(drop), {**sent_by_enter(page, drop), **typed})
    shown = text_of(kept)
    assert kept.status_code == 200 and all(words in shown for words in ("Feedback saved.", *typed.values()))
    assert "Grade it A" in shown and Feedback.objects.get().note == "Neat."


def test_a_fault_in_any_box_of_the_last_look_shows_it_again_as_typed(browse, sender, agent, rival, staff):
    drop, browser = held_by_staff(ranking_drop(sender, agent, rival)), browse(staff)
    compare(browser, drop)
    (best,) = slots(drop, browser)
    other = str(drop.submissions.exclude(pk=best).get().pk)
    notes = {f"{best}-note": "Neat.", f"{other}-note": "x" * 281}
    sent = {"left": best, "grade": "A", "looking": "1", "confirmed": "1", "about": [best, other], **notes}
    refused = browser.post(path_of(drop), {**sent, "reason": "By the rubric."})
    page = text_of(refused)
    assert refused.status_code == 422 and "at most 280 fit" in page and "Grade it A" in page
    assert "x" * 281 in page and 'value="Neat."' in page and "By the rubric." in page
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(("grade", "cents"), [("A", 500), ("F", 0)])
def test_staff_end_a_drop_only_with_a_written_reason(browse, sender, staff, grade, cents):
    agent = play.make_user("ann")
    drop, browser = held_by_staff(ranking_drop(sender, agent)), browse(staff)
    (best,) = slots(drop, browser)
    last = {"left": best, "grade": grade, "confirmed": "1"}
    refused = browser.post(path_of(drop), {**last, "reason": " \u200b ", "private_note": "Kept."})
    assert refused.status_code == 422 and "Write why" in text_of(refused) and "Kept." in text_of(refused)
    drop.refresh_from_db()
    assert drop.is_ranking and not AuditEvent.objects.filter(action="decide").exists()
    browser.post(path_of(drop), {**last, "reason": "It names sources.", "private_note": "Between us."})
    drop.refresh_from_db()
    assert drop.is_ended and ledger.balance_cents(agent) == cents
    shown = text_of(browse(agent).get(f"/drops/{drop.pk}"))
    assert "It names sources." in shown and "Between us." not in shown
    assert "It names sources." in text_of(browse(sender).get(f"/drops/{drop.pk}/pull"))
