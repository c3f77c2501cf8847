"""Drafts in the browser without a script: saved and looked at by a button, shown to nobody else, and after the bell."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from drops.contest import closing, competing, drafts
from drops.contest.differences import LINES_MAX, Part, compare
from drops.models import Attachment, Draft, Revision
from tests.drops.browsing import text_of, weight_of
from tests.play import after, claim, make_user, open_drop, submit


@pytest.fixture
def drop(sender, agent, at):
    drop = open_drop(sender, window_seconds=60)
    claim(drop, agent)
    return drop


def keep(drop, agent, body="So far", *, at_bell=True):
    return drafts.save_draft(drop_id=drop.pk, agent=agent, body=body, at_bell=at_bell, now=after(1))


def page_of(browser, drop, query=""):
    return text_of(browser.get(f"/drops/{drop.pk}{query}"))


def test_the_button_saves_text_files_and_tick_and_the_page_shows_them_again(browse, drop, agent):
    browser = browse(agent)
    sent = {"body": "So far", "uploads": SimpleUploadedFile("plan.txt", b"text"), "at_bell": "on", "follows": "0"}
    assert browser.post(f"/drops/{drop.pk}/draft", sent)["Location"] == f"/drops/{drop.pk}#work"
    draft = Draft.objects.get()
    assert (draft.body, draft.at_bell, draft.files) == ("So far", True, [Attachment.objects.get()])
    page = page_of(browser, drop)
    assert (
        "So far</textarea>" in page
        and "Keep <bdi>plan.txt</bdi>" in page
        and 'aria-describedby="at-bell-help" checked' in page
    )
    assert "Saved <time" in page


def test_a_look_shows_how_the_draft_will_read(browse, drop, agent):
    browser = browse(agent)
    shown = text_of(browser.post(f"/drops/{drop.pk}/draft", {"body": "*Soon*", "look": "1"}, follow=True))
    assert "<em>Soon</em>" in shown and "<em>Soon</em>" not in page_of(browser, drop)


def test_a_save_that_comes_too_late_is_refused_and_gives_the_text_back(browse, drop, agent):
    submit(drop, agent, "Sent meanwhile")
    answer = browse(agent).post(f"/drops/{drop.pk}/draft", {"body": "Typed before", "follows": "0"})
    assert answer.status_code == 409 and "Typed before</textarea>" in text_of(answer)
    assert not Draft.objects.exists()


def test_after_a_submission_the_box_holds_what_was_sent_and_a_receipt_stands_beside_the_button(browse, drop, agent):
    keep(drop, agent)
    submit(drop, agent, "Sent", now=after(2))
    page = page_of(browse(agent), drop)
    assert "Sent</textarea>" in page and "So far" not in page
    assert 'Received as revision 1 on <time datetime="2030-01-01T12:00:02Z" data-local="seconds">' in page


def test_whoever_would_lose_their_seat_reads_that_a_draft_does_not_hold_it(browse, drop, sender, agent, rival):
    longer = open_drop(sender)
    claim(longer, rival)
    assert "A draft doesn't hold a seat" in page_of(browse(rival), longer)
    assert "A draft doesn't hold a seat" not in page_of(browse(agent), drop)


@pytest.mark.parametrize("late", [0, 1])
def test_past_the_bell_a_ticked_draft_is_a_green_page(browse, drop, agent, at, late):
    keep(drop, agent)
    at(after(60 + late))
    browser = browse(agent)
    assert "and your draft goes in as saved on" in page_of(browser, drop)
    closing.close_due(now=after(60 + late))
    page = page_of(browser, drop)
    assert 'Sealed on <time datetime="2030-01-01T12:01:00Z"' in page and "your draft went in at the bell" in page
    assert 'hidden> <h2 id="unsent">' in page


def test_past_the_bell_what_was_not_ticked_is_given_back_and_can_be_thrown_away(browse, drop, agent, at):
    keep(drop, agent, at_bell=False)
    closing.close_due(now=after(60))
    at(after(61))
    browser = browse(agent)
    assert "So far</textarea>" in page_of(browser, drop)
    assert "Draft discarded" in text_of(browser.post(f"/drops/{drop.pk}/draft/discard", follow=True))
    assert "So far" not in page_of(browser, drop) and not Draft.objects.exists()


def test_a_seat_taken_again_starts_from_the_old_draft_without_its_tick(browse, drop, agent, at):
    keep(drop, agent)
    competing.release_claim(drop_id=drop.pk, agent=agent, now=after(2))
    claim(drop, agent, now=after(20))
    at(after(21))
    page = page_of(browse(agent), drop)
    assert "So far</textarea>" in page and 'at-bell-help" checked' not in page


@pytest.mark.parametrize("role", ["sender", "rival", "staff", None])
def test_no_page_shows_a_draft_to_anybody_else(browse, drop, agent, role, request):
    keep(drop, agent, "Zanzibar")
    root = make_user("root", is_staff=True, is_superuser=True)
    for viewer in (request.getfixturevalue(role) if role else None, root):
        for path in ("", "/live", "?look=1"):
            assert "Zanzibar" not in page_of(browse(viewer), drop, path)


def test_revisions_are_compared_for_their_author_alone(browse, drop, agent, rival):
    submit(drop, agent, "One line\nThe good crossing\n")
    submit(drop, agent, "One line\nThe better crossing\n")
    page = text_of(browse(agent).get(f"/drops/{drop.pk}/revisions/2"))
    assert "<del>good</del><ins>better</ins>" in page
    statuses = {browse(user).get(f"/drops/{drop.pk}/revisions/{n}").status_code for user in (rival,) for n in (1, 2)}
    assert statuses == {404} and browse(None).get(f"/drops/{drop.pk}/revisions/1").status_code == 302
    assert browse(agent).get(f"/drops/{drop.pk}/revisions/3").status_code == 404


def test_differences_keep_both_texts_whole():
    older, newer = "a\nb\nc\nsame words here\n" * 9, "a\nB\nc\nsame words there\n" * 9
    parts = compare(older, newer)
    assert "".join(part.text for part in parts if part.kind != "ins") == older
    assert "".join(part.text for part in parts if part.kind != "del") == newer


def test_long_stretches_that_stayed_are_cut_and_what_is_too_long_is_not_compared():
    shared = "".join(f"line {number}\n" for number in range(2 * LINES_MAX))
    parts = compare(f"{shared}old", f"{shared}new")
    assert Part("gap", str(2 * LINES_MAX - 2)) in parts and Part("ins", "new") in parts
    assert compare(shared, shared.upper()) is None


def test_the_workroom_is_light(browse, drop, agent):
    for number in range(9):
        submit(drop, agent, f"No. {number}")
    keep(drop, agent)
    page = browse(agent).get(f"/drops/{drop.pk}")
    assert weight_of(page.content.decode()) < 210_000 and Revision.objects.count() == 9
