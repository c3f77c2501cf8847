"""A thing that staff take out of sight is there for nobody but themselves and whose it is, wherever somebody looks."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEvent, Notification, User
from core.errors import Forbidden, Invalid
from drops.contest import finishing, posting
from drops.contest.attachments import store_attachment
from drops.contest.rules import IllegalTransition, OutOfSight
from drops.models import Takedown
from drops.moderation import takedowns
from drops.moderation.acts import AlreadyDone
from drops.standings.records import rate_ended
from tests.addresses import addresses
from tests.drops.announced import marks, said_by
from tests.drops.browsing import text_of
from tests.play import NOON, after, claim, judge, make_user, open_drop, post_drop, ring, submit
from wallet.books import ledger

pytestmark = pytest.mark.django_db
SECRET, TOLD, NOTE = "quagga", "It shows a home address.", "Reported by a neighbour."
NOT_THERE = {400, 404, 405}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def file_of(owner, name):
    return store_attachment(owner=owner, upload=SimpleUploadedFile(name, b"plain words"), now=NOON)


@pytest.fixture
def shown(sender, agent):
    """A finished drop with everything that others see of one; each part holds the secret."""
    User.objects.filter(pk=agent.pk).update(handle=f"{SECRET}-agent")
    given, made = file_of(sender, f"{SECRET}-in.txt"), file_of(agent, f"{SECRET}-out.txt")
    drop = open_drop(sender, title=f"A {SECRET}", prompt=SECRET, attachments=[given], public_result=True)
    claim(drop, agent)
    submit(drop, agent, f"Words of a {SECRET}", attachments=[made])
    drop = judge(ring(drop), sender)
    finishing.pull_drop(drop=drop, sender=sender, now=after(400))
    rate_ended(now=after(3 * 86_400))
    return SimpleNamespace(drop=drop, work=drop.winning_submission, given=given, made=made, sender=sender, agent=agent)


@pytest.fixture
def hide(staff):
    def act(kind, row, **more):
        verb = getattr(takedowns, f"hide_{kind}")
        subject = {"drop": "drop", "work": "submission", "file": "attachment", "profile": "user"}[kind]
        return verb(**{subject: row, "staff": staff, "told": TOLD, "reason": NOTE, "now": after(500), **more})

    return act


def answers(browser, path):
    """Return what an address answers to being looked at and to being sent something."""
    sent = browser.post(path, {}, content_type="application/json") if "/api/" in path else browser.post(path)
    return {browser.get(path).status_code, sent.status_code}


def names_of(shown):
    return {
        "drop_id": shown.drop.pk,
        "submission_id": shown.work.pk,
        "attachment_id": shown.given.pk,
        "handle": f"{SECRET}-agent",
    }


def pages_with_secret(browser):
    """Return the addresses without parameters on which the secret is to be read."""
    pages = {path: browser.get(path) for path in addresses()}
    return {path for path, page in pages.items() if not page.streaming and SECRET.encode() in page.content}


def test_every_address_of_a_hidden_drop_is_not_there_for_others(shown, hide, browse, rival):
    hide("drop", shown.drop)
    paths = list(addresses(of="drop_id", **names_of(shown)))
    assert len(paths) > 25
    for viewer in (rival, shown.agent):
        browser = browse(viewer)
        codes_by_path = {path: answers(browser, path) for path in paths}
        assert {path: codes for path, codes in codes_by_path.items() if not codes <= NOT_THERE} == {}


def test_strangers_find_nothing_of_a_hidden_drop_at_its_addresses(shown, hide, browse):
    hide("drop", shown.drop)
    for path in addresses(of="drop_id", **names_of(shown)):
        response = browse(None).get(path)
        assert response.status_code in {401, 404, 405} or response.headers.get("Location", "").startswith("/accounts/")


def test_no_list_names_a_hidden_drop(shown, hide, browse, rival, agent):
    User.objects.filter(pk=agent.pk).update(handle="plain")
    lists = {viewer: pages_with_secret(browse(viewer)) for viewer in (None, rival, agent)}
    assert {"/", "/gallery", "/feed.atom", "/api/feed"} <= lists[None] and "/me/competing" in lists[agent]
    assert lists[None] - {"/board"} <= lists[rival]  # Strangers alone see there what won lately.
    hide("drop", shown.drop)
    Notification.objects.all().delete()
    assert [pages_with_secret(browse(viewer)) for viewer in (None, rival, agent)] == [set(), set(), set()]


def test_an_open_drop_that_is_hidden_leaves_the_board_and_its_players(sender, agent, rival, hide, browse):
    drop = open_drop(sender, title=SECRET)
    claim(drop, agent)
    assert {"/board", "/api/board"} <= pages_with_secret(browse(rival))
    assert "/api/users/status" in pages_with_secret(browse(agent))
    hide("drop", drop, now=after(5))
    assert pages_with_secret(browse(rival)) == pages_with_secret(browse(agent)) == set()
    assert browse(None).get("/api/board/stats").json()["open_drops"] == 0


def test_whoever_holds_a_seat_hears_that_it_is_hidden_and_nothing_of_it(sender, agent, rival, hide):
    drop = open_drop(sender, title=SECRET)
    claim(drop, agent)
    hide("drop", drop, now=after(5))
    note = Notification.objects.get(kind="seat-hidden")
    assert note.user == agent and "judged as before" in note.text
    assert SECRET not in note.text and TOLD not in note.text


def test_its_sender_and_staff_find_it_and_the_sender_reads_why(shown, hide, browse, staff, settings):
    settings.STAFF_SECOND_FACTOR = False
    hide("drop", shown.drop)
    page = text_of(browse(shown.sender).get(shown.drop.get_absolute_url()))
    assert TOLD in page and "Only you and they can see it." in page and NOTE not in page
    assert browse(shown.sender).get(f"/api/jobs/{shown.drop.pk}").json()["hidden_reason"] == TOLD
    seen_by_staff = browse(staff).get(f"/api/jobs/{shown.drop.pk}")
    assert seen_by_staff.status_code == 200 and seen_by_staff.json()["hidden_reason"] is None


def test_brought_back_it_is_where_it_was(shown, hide, staff, browse, rival):
    before = pages_with_secret(browse(rival))
    hide("drop", shown.drop)
    takedowns.unhide_drop(drop=shown.drop, staff=staff, told="It was not.", reason=NOTE, now=after(600))
    assert pages_with_secret(browse(rival)) == before
    assert browse(rival).get(shown.drop.get_absolute_url()).status_code == 200


def test_money_is_untouched_and_the_drop_goes_on(sender, agent, hide):
    drop = open_drop(sender)
    claim(drop, agent)
    submit(drop, agent)
    hide("drop", drop, now=after(5))
    assert ledger.escrow_cents(drop.reference) == 500
    assert judge(ring(drop), sender).status == "completed" and ledger.balance_cents(agent) == 500


def test_a_hidden_drop_is_neither_paid_for_nor_posted_again(sender, agent, shown, hide):
    waiting = post_drop(sender)
    hide("drop", waiting)
    hide("drop", shown.drop)
    with pytest.raises(OutOfSight):
        posting.pay_for_drop(drop=waiting, sender=sender, now=after(600))
    with pytest.raises(OutOfSight):
        posting.reroll_drop(drop=shown.drop, sender=sender, now=after(600))
    waiting.refresh_from_db()
    assert waiting.status == "pending_payment"


# --- open pages ---


@pytest.mark.parametrize("kind", ["drop", "work", "file"])
def test_open_pages_are_told_to_look_and_then_load_anew(kind, shown, hide, browse):
    row = {"drop": shown.drop, "work": shown.work, "file": shown.given}[kind]
    page = browse(None).get(shown.drop.get_absolute_url()).content.decode()
    look, before = f"/drops/{shown.drop.pk}/live?sight=", marks(shown.drop)
    assert f'hx-get="{look}"' in page and f'data-live="/live/drops/{shown.drop.pk}"' in page
    assert "HX-Refresh" not in browse(None).get(look)
    hide(kind, row)
    assert marks(shown.drop)[0] != before[0]
    answer = browse(None).get(look)
    assert answer["HX-Refresh"] == "true" and answer.status_code == (404 if kind == "drop" else 200)


def test_hiding_is_announced(shown, hide, monkeypatch, django_capture_on_commit_callbacks):
    announced = said_by(django_capture_on_commit_callbacks, monkeypatch, lambda: hide("file", shown.made))
    assert announced == {str(shown.drop.pk)}


def test_hiding_a_file_of_a_sealed_entry_tells_nobody_that_there_is_one(sender, agent, hide):
    drop = open_drop(sender)
    claim(drop, agent)
    made = file_of(agent, "out.txt")
    submit(drop, agent, attachments=[made])
    before = marks(drop)
    hide("file", made)
    assert marks(drop) == before


def test_the_page_of_what_is_gone_asks_for_nothing(shown, hide, browse):
    hide("drop", shown.drop)
    page = browse(None).get(shown.drop.get_absolute_url())
    assert page.status_code == 404 and b"data-live" not in page.content and SECRET.encode() not in page.content


# --- winning work, files, profiles ---


def test_hidden_work_is_its_authors_alone(shown, hide, browse, rival):
    hide("work", shown.work)
    path = f"/api/submissions/{shown.work.pk}"
    assert browse(shown.agent).get(path).json()["hidden_reason"] == TOLD
    for viewer in (None, rival, shown.sender):
        browser = browse(viewer)
        assert browser.get(path).status_code == 404
        assert browser.get(f"/drops/{shown.drop.pk}/work.md").status_code == 404
        assert browser.get(f"/attachments/{shown.made.pk}").status_code == 404
        job = browser.get(f"/api/jobs/{shown.drop.pk}").json()
        assert (job["output_text"], job["output_attachments"], job["grade"]) == (None, [], "A")
        assert f"Words of a {SECRET}" not in text_of(browser.get(shown.drop.get_absolute_url()))


def test_whoever_bought_hidden_work_is_told_that_it_is_hidden(shown, hide, browse):
    hide("work", shown.work)
    for path in (shown.drop.get_absolute_url(), f"/drops/{shown.drop.pk}/pull"):
        page = text_of(browse(shown.sender).get(path))
        assert "took the winning entry out of sight" in page and TOLD not in page
    assert TOLD in text_of(browse(shown.agent).get(shown.drop.get_absolute_url()))


def test_only_work_that_won_is_hidden(sender, agent, hide):
    drop = open_drop(sender)
    claim(drop, agent)
    with pytest.raises(IllegalTransition):
        hide("work", submit(drop, agent).submission)
    assert not Takedown.objects.exists() and not AuditEvent.objects.exists()


@pytest.mark.parametrize("which", ["given", "made"])
def test_a_hidden_file_is_its_owners_alone(which, shown, hide, browse, rival):
    file = getattr(shown, which)
    hide("file", file)
    for viewer in {None, rival, shown.sender, shown.agent} - {file.owner}:
        browser = browse(viewer)
        assert {browser.get(f"{door}/{file.pk}").status_code for door in ("/attachments", "/api/attachments")} == {404}
        assert file.name not in browser.get(shown.drop.get_absolute_url()).content.decode()
        assert file.name not in browser.get(f"/api/jobs/{shown.drop.pk}").content.decode()
    own = browse(file.owner)
    assert TOLD in text_of(own.get(shown.drop.get_absolute_url()))
    assert b"".join(own.get(f"/attachments/{file.pk}").streaming_content) == b"plain words"


def test_a_hidden_file_of_an_entry_is_not_shown_to_a_sender_who_judges(sender, agent, hide, browse):
    drop = open_drop(sender)
    claim(drop, agent)
    made = file_of(agent, "out.txt")
    submit(drop, agent, attachments=[made])
    ring(drop)
    hide("file", made, now=after(301))
    asked = browse(sender).get(f"/api/jobs/{drop.pk}/picks").json()
    assert asked["left"]["attachments"] == []
    assert browse(sender).get(f"/drops/{drop.pk}/picks/files/{made.pk}").status_code == 404


def test_a_hidden_profile_is_off_the_leaderboard_and_its_owner_reads_why(shown, hide, browse, rival):
    profile = f"/agents/{SECRET}-agent"
    assert {"/leaderboard", "/api/leaderboard"} <= pages_with_secret(browse(None))
    hide("profile", shown.agent)
    assert not {"/leaderboard", "/api/leaderboard"} & pages_with_secret(browse(None))
    assert {browse(viewer).get(profile).status_code for viewer in (None, rival)} == {404}
    assert TOLD in text_of(browse(shown.agent).get(profile))


# --- the acts ---


def test_each_is_done_once_and_on_record_and_its_owner_is_told(shown, hide, staff):
    for kind, row in (("drop", shown.drop), ("work", shown.work), ("file", shown.made), ("profile", shown.agent)):
        hide(kind, row)
        with pytest.raises(AlreadyDone):
            hide(kind, row)
        note = Notification.objects.get(kind=f"{kind}-hidden")
        assert note.user == (shown.sender if kind == "drop" else shown.agent)
        assert TOLD in note.text and NOTE not in note.text
    assert AuditEvent.objects.filter(reason=NOTE, changes={"told": ["", TOLD]}).count() == 4


def test_nothing_is_hidden_without_words_or_by_whom_it_is_about(shown, hide, sender):
    moderator = make_user("mo", is_staff=True)
    own = file_of(moderator, "mine.txt")
    with pytest.raises(Invalid):
        hide("drop", shown.drop, told=" ")
    with pytest.raises(Invalid):
        hide("drop", shown.drop, reason="")
    for kind, row in (("profile", moderator), ("file", own)):
        with pytest.raises(Forbidden):
            hide(kind, row, staff=moderator)
    assert not Takedown.objects.exists() and not AuditEvent.objects.exists()
