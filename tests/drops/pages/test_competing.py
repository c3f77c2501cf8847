"""Competing in the browser: seats, entries with receipts, the bell, and what stays sealed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from drops.models import Attachment, Claim, Report, Revision
from drops.pages import competing
from tests import play
from tests.drops.browsing import file_name_of, text_of

TOKEN = {"token": "w" * 24}


def test_claiming_opens_the_workroom(browse, sender, agent):
    drop = play.open_drop(sender)
    answer = browse(agent).post(f"/drops/{drop.pk}/claim", follow=True)
    assert f"Seat {Claim.objects.get().seat} is yours" in text_of(answer)
    assert f'action="/drops/{drop.pk}/submit"' in text_of(answer)


def test_an_entry_gets_a_receipt_and_the_latest_revision_counts(browse, sender, agent):
    drop = play.open_drop(sender)
    play.claim(drop, agent)
    browser = browse(agent)
    for body in ("First words", "Better words"):
        browser.post(f"/drops/{drop.pk}/submit", {"body": body})
    page = text_of(browser.get(f"/drops/{drop.pk}"))
    first, second = Revision.objects.order_by("number")
    assert first.sha256 in page
    assert second.sha256 in page
    assert page.index("Revision 2") < page.index("this one counts") < page.index("Revision 1")


def test_sending_twice_stores_one_revision(browse, sender, agent):
    drop = play.open_drop(sender)
    play.claim(drop, agent)
    for _ in range(2):
        browse(agent).post(f"/drops/{drop.pk}/submit", {"body": "Once", **TOKEN})
    assert Revision.objects.count() == 1


def test_a_second_press_after_the_bell_says_that_the_first_counted(browse, sender, agent, at):
    drop = play.open_drop(sender)
    play.claim(drop, agent)
    for moment in (play.NOON, drop.window_closes_at):
        at(moment)
        sent = {"body": "Once", "uploads": SimpleUploadedFile("m.txt", b"text"), **TOKEN}
        answer = browse(agent).post(f"/drops/{drop.pk}/submit", sent, follow=True)
        assert ("Received as revision 1 on" if moment == play.NOON else "You're in.") in text_of(answer)
    assert (Revision.objects.count(), Attachment.objects.count()) == (1, 1)


def test_what_is_sent_after_the_bell_is_refused_and_given_back(browse, sender, agent, at):
    drop = play.open_drop(sender)
    play.claim(drop, agent)
    typed = "Typed for five minutes & <b>not lost</b>"
    at(drop.window_closes_at)
    answer = browse(agent).post(f"/drops/{drop.pk}/submit", {"body": typed})
    assert answer.status_code == 409
    assert "Typed for five minutes &amp; &lt;b&gt;not lost&lt;/b&gt;</textarea>" in text_of(answer)
    assert not Revision.objects.exists()


def test_even_a_short_text_is_given_back(browse, sender, agent, at):
    drop = play.open_drop(sender)
    play.claim(drop, agent)
    at(drop.window_closes_at)
    assert "42</textarea>" in text_of(browse(agent).post(f"/drops/{drop.pk}/submit", {"body": "42"}))


def test_files_of_the_last_revision_can_be_kept_and_only_ones_own(browse, sender, agent, rival):
    drop = play.open_drop(sender)
    play.claim(drop, agent)
    browser = browse(agent)
    browser.post(f"/drops/{drop.pk}/submit", {"body": "a", "uploads": SimpleUploadedFile("mine.txt", b"text")})
    mine = Attachment.objects.get()
    theirs = Attachment.objects.create(owner=rival, name="t", content_type="text/plain", size=1, created_at=play.NOON)
    browser.post(f"/drops/{drop.pk}/submit", {"body": "b", "keep": [str(mine.pk), str(theirs.pk)]})
    assert list(Revision.objects.get(number=2).attachments.all()) == [mine]


@pytest.mark.parametrize("names", [["a.png"], ["a.png", "b.pdf"]])
def test_a_text_and_files_that_do_not_fit_are_told_of_together(names, browse, sender, agent, settings):
    drop = play.open_drop(sender)
    play.claim(drop, agent)
    most = settings.SUBMISSION_CHARS_MAX
    for act in ("submit", "draft"):
        files = [SimpleUploadedFile(name, b"just some text") for name in names]
        answer = browse(agent).post(f"/drops/{drop.pk}/{act}", {"body": "x" * (most + 1), "uploads": files})
        told = [f"{most + 1:,}", *(name.partition(".")[2] for name in names)]
        assert answer.status_code == 400 and all(words in text_of(answer) for words in told)


def test_files_for_a_closed_drop_are_not_even_stored(browse, sender, agent, at):
    drop = play.open_drop(sender)
    play.claim(drop, agent)
    at(drop.window_closes_at)
    browse(agent).post(f"/drops/{drop.pk}/submit", {"body": "a", "uploads": SimpleUploadedFile("m.txt", b"text")})
    assert not Attachment.objects.exists()


def test_a_refused_claim_says_why_and_until_when(browse, sender, agent):
    drop = play.open_drop(sender)
    browse(agent).post(f"/drops/{drop.pk}/claim")
    browse(agent).post(f"/drops/{drop.pk}/release")
    answer = browse(agent).post(f"/drops/{drop.pk}/claim")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "31"
    assert "take a seat on this drop yet" in text_of(answer)
    assert "Try again from " in text_of(answer)
    assert f'<a class="button main" href="/drops/{drop.pk}">Back to the drop' in text_of(answer)
    assert "Possible from <time" in text_of(browse(agent).get(f"/drops/{drop.pk}"))
    assert not Claim.objects.active().exists()


def test_no_page_shows_a_sealed_entry_to_anybody_else(browse, sender, agent, rival, staff):
    drop = play.open_drop(sender, public_result=True)
    play.claim(drop, agent)
    secret = {"body": "Zanzibar", "uploads": SimpleUploadedFile("quagga.txt", b"text")}
    browse(agent).post(f"/drops/{drop.pk}/submit", secret)
    file = Attachment.objects.get()
    play.claim(drop, rival)
    for viewer in (sender, rival, staff, None):
        for path in ("", "/live"):
            page = text_of(browse(viewer).get(f"/drops/{drop.pk}{path}"))
            assert not any(word in page for word in ("Zanzibar", "quagga", agent.email, str(file.pk)))
        assert browse(viewer).get(f"/attachments/{file.pk}").status_code == 404
        assert browse(viewer).get(f"/drops/{drop.pk}/picks/files/{file.pk}").status_code in {302, 403, 409}
    assert file_name_of(browse(agent).get(f"/attachments/{file.pk}")) == 'attachment; filename="quagga.txt"'


def test_settings_for_the_agents_are_shown_to_claimants_only(browse, sender, agent, rival):
    drop = play.open_drop(sender, env_vars={"KEY": "open-sesame"})
    play.claim(drop, agent)
    assert "open-sesame" in text_of(browse(agent).get(f"/drops/{drop.pk}"))
    assert "open-sesame" not in text_of(browse(rival).get(f"/drops/{drop.pk}"))


def test_the_live_part_asks_for_a_reload_once_the_drop_has_moved_on(browse, sender, at):
    drop = play.open_drop(sender)
    browser = browse(sender)
    assert "HX-Refresh" not in browser.get(f"/drops/{drop.pk}/live?was=open").headers
    at(drop.window_closes_at)
    assert browser.get(f"/drops/{drop.pk}/live?was=open")["HX-Refresh"] == "true"
    assert "HX-Refresh" not in browser.get(f"/drops/{drop.pk}/live").headers


def test_a_report_reaches_the_moderators_list(browse, sender, rival):
    drop = play.open_drop(sender)
    browse(rival).post(f"/drops/{drop.pk}/report", {"reason": "Spam."})
    assert Report.objects.get().reason == "Spam."
    assert browse(None).post(f"/drops/{drop.pk}/report", {"reason": "Spam."}).status_code == 302


def test_a_preview_is_what_readers_will_see_and_is_kept_nowhere(browse, agent):
    answer = browse(agent).post("/preview", {"body": "# Hello\n<script>alert(1)</script>"})
    assert "<h3>Hello</h3>" in text_of(answer)
    assert "<script" not in text_of(answer)
    assert not Revision.objects.exists()
    assert browse(agent).post("/preview", {"body": "x" * 200_001}).status_code == 400
    assert browse(None).post("/preview", {"body": "x"}).status_code == 302


def test_a_refusal_that_is_about_no_drop_leads_to_none(browse, agent):
    page = text_of(browse(agent).post("/preview", {"body": "x" * 200_001}))
    assert "My drops" in page and "Back to the drop" not in page


def test_a_preview_renders_so_much_and_so_often_only(browse, agent, rival, at, monkeypatch):
    browser = browse(agent)
    whole = text_of(browser.post("/preview", {"body": "x " * 99_000}))
    assert whole.count("x") < 10_010 and "The preview ends here" in whole
    at(play.after(60))
    monkeypatch.setattr(competing, "PREVIEWS_PER_MINUTE", 2)
    answers = [browser.post("/preview", {"body": "x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429] and "Retry-After" in answers[2]
    assert browse(rival).post("/preview", {"body": "x"}).status_code == 200


def test_who_loses_the_race_for_a_seat_reads_by_how_much_and_what_is_still_free(browse, sender, agent, at):
    full, other = play.open_drop(sender), play.open_drop(sender, prompt="Name my canoe.", price_cents=900)
    play.open_drop(sender, prompt="Name my raft.", price_cents=100)
    for name in ("ada", "basil", "cleo", "dot", "edgar"):
        play.claim(full, play.make_user(name))
    at(play.after(0.4))
    page = text_of(browse(agent).post(f"/drops/{full.pk}/claim"))
    assert "The last seat went 0.4 s ago." in page
    assert f'<a href="{other.get_absolute_url()}"><bdi>Name my canoe.</bdi></a>, $9.00 to the winner' in page
    assert "raft" not in page


def test_an_empty_entry_is_called_one_and_the_way_back_to_the_work_comes_first(browse, sender, agent):
    drop = play.open_drop(sender)
    play.claim(drop, agent)
    answer = browse(agent).post(f"/drops/{drop.pk}/submit", {"body": "\u200b\u200d\ufeff"})
    assert answer.status_code == 400 and "Your entry is empty." in text_of(answer)
    assert text_of(answer).index("Back to the drop") < text_of(answer).index("To the board")


def test_whoever_holds_no_seat_reads_how_many_they_may(browse, agent):
    assert "one at a time until an entry of yours passes" in text_of(browse(agent).get("/me/competing"))
