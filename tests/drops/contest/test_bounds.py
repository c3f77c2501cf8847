"""What one account, or a stranger, can leave lying here is bounded, and what nobody needs is taken away by night."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core import clock
from drops import tasks
from drops.contest import attachments, posting
from drops.contest.terms import Terms
from drops.models import Attachment, Cleaning, Drop
from tests.drops.browsing import text_of
from tests.drops.test_metrics import figure
from tests.play import NOON, after, claim, fund, open_drop, post_drop, submit

pytestmark = pytest.mark.django_db
DAYS = 86_400


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def store(owner, size=11, now=NOON):
    return attachments.store_attachment(owner=owner, upload=SimpleUploadedFile("a.txt", b"x" * size), now=now)


def clean_up(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)
    return tasks.clean_up()


def files_in(storage):
    return [path for path in storage.rglob("*") if path.is_file()]


def test_five_drops_wait_for_payment_and_no_sixth(sender):
    waiting = [post_drop(sender) for _ in range(5)]
    with pytest.raises(posting.TooManyUnpaid):
        post_drop(sender)
    assert Drop.objects.count() == 5
    posting.abandon_drop(drop=waiting[0], sender=sender, now=NOON)
    assert post_drop(sender).is_pending


def test_a_form_sent_twice_finds_the_fifth_drop_it_made(sender):
    made = [
        posting.create_drop(sender=sender, terms=Terms(prompt="Name it."), now=NOON, idempotency_key=f"k{number}")
        for number in range(5)
    ]
    again = posting.create_drop(sender=sender, terms=Terms(prompt="Name it."), now=NOON, idempotency_key="k4")
    assert again == made[4]


def test_the_sixth_is_refused_at_every_door_with_what_to_do(sender, browse):
    for _ in range(5):
        post_drop(sender)
    page = browse(sender).post("/drops/new", {"prompt": "Name it.", "pack": "wild", "window": "300"})
    assert page.status_code == 409 and "give one up, under My drops" in text_of(page)
    body = {"prompt": "Name it.", "confirmed": True}
    answer = browse(sender).post("/api/jobs/run", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_unpaid_drops")


def test_an_account_has_so_much_room_for_files_parked_ones_included(sender, agent, settings, storage):
    settings.FILES_BYTES_MAX = 100
    post_drop(sender, attachments=[store(sender, 90)])
    with pytest.raises(attachments.FilesFull):
        store(sender, 11, now=after(30 * DAYS))
    assert len(files_in(storage)) == Attachment.objects.count() == 1
    assert store(sender, 10) and store(agent, 100)


def test_drops_that_were_never_paid_for_are_purged_after_thirty_days_with_their_files(sender, monkeypatch, storage):
    drop = post_drop(sender, attachments=[store(sender)])
    posting.abandon_drop(drop=drop, sender=sender, now=NOON)
    clean_up(monkeypatch, after(30 * DAYS - 1))
    assert Drop.objects.filter(pk=drop.pk).exists() and len(files_in(storage)) == 1
    clean_up(monkeypatch, after(30 * DAYS))
    assert not Drop.objects.exists() and not Attachment.objects.exists() and files_in(storage) == []


def test_what_was_paid_for_or_posted_again_is_never_purged(sender, agent, monkeypatch):
    paid = open_drop(sender)
    posting.cancel_drop(drop=paid, sender=sender, now=NOON)
    origin = post_drop(sender)
    posting.abandon_drop(drop=origin, sender=sender, now=NOON)
    again = posting.reroll_drop(drop=origin, sender=sender, now=NOON)
    fund(sender)
    posting.pay_for_drop(drop=again, sender=sender, now=NOON)
    clean_up(monkeypatch, after(90 * DAYS))
    assert set(Drop.objects.all()) == {paid, origin, again}


def test_files_of_nothing_go_after_a_day_and_those_of_drops_and_entries_stay(sender, agent, monkeypatch, storage):
    kept, entered, loose = store(sender), store(agent), store(agent)
    drop = open_drop(sender, attachments=[kept])
    claim(drop, agent)
    submit(drop, agent, attachments=[entered])
    clean_up(monkeypatch, after(DAYS - 1))
    assert Attachment.objects.count() == 3
    clean_up(monkeypatch, after(DAYS))
    assert set(Attachment.objects.all()) == {kept, entered} and len(files_in(storage)) == 2
    assert not Attachment.objects.filter(pk=loose.pk).exists()


def test_what_a_stranger_typed_is_bounded_and_goes_with_its_session(browse, monkeypatch):
    browser = browse(None)
    typed = dict.fromkeys(("pack", "window", "own_count", "own_unit", "price", "public_result"), "x" * 50_000)
    browser.post("/drops/new", {**typed, "prompt": "y" * 50_000})
    draft = browser.session["new_drop_draft"]
    assert {len(text) for name, text in draft.items() if name != "prompt"} == {100} and len(draft["prompt"]) == 20_000
    assert browser.session.get_expiry_age() == DAYS
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    clean_up(monkeypatch, timezone.now())
    assert not Session.objects.exists()


def test_strangers_begin_so_many_drafts_a_minute_from_one_address(browse):
    codes = [browse(None).post("/drops/new", {"prompt": "Name it."}).status_code for _ in range(12)]
    assert codes == [302] * 10 + [429] * 2 and Session.objects.count() == 10


def test_whoever_signs_in_with_a_draft_stays_signed_in(browse, sender):
    browser = browse(None)
    browser.post("/drops/new", {"prompt": "Name it."})
    browser.force_login(sender, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Name it." in text_of(browser.get("/drops/new"))
    assert browser.session.get_expiry_age() > 7 * DAYS


def test_how_much_was_taken_away_is_in_the_metrics(sender, monkeypatch):
    store(sender)
    posting.abandon_drop(drop=post_drop(sender), sender=sender, now=NOON)
    clean_up(monkeypatch, after(31 * DAYS))
    clean_up(monkeypatch, after(32 * DAYS))
    kinds = ("never_paid_drops", "orphan_files", "sessions")
    assert [figure("clorp_cleaned_total", after(32 * DAYS), kind=kind) for kind in kinds] == [1, 1, 0]
    assert figure("clorp_cleaned_at", after(32 * DAYS), kind="sessions") == after(32 * DAYS).timestamp()
    assert Cleaning.objects.count() == 4
