"""There are bounds to what an account, or a stranger, can leave here, and what nobody needs is taken away by night."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.kept_texts import text_kept
from accounts.models import IdempotencyKey, KeptText
from core import clock
from drops import tasks
from drops.contest import attachments, competing, posting
from drops.contest.rules import IllegalTransition
from drops.contest.terms import Terms
from drops.models import Attachment, Cleaning, Drop, Report
from drops.moderation.decisions import report_drop
from tests.drops.browsing import text_of
from tests.drops.test_metrics import figure
from tests.play import NOON, after, claim, fund, open_drop, post_drop, submit
from wallet.books import invariants

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
    assert page.status_code == 409 and "discard one, under My drops" in text_of(page)
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


def test_drops_that_were_never_paid_for_are_purged_after_thirty_days_and_their_files_at_once(
    sender, monkeypatch, storage
):
    drop = post_drop(sender, attachments=[store(sender)])
    posting.abandon_drop(drop=drop, sender=sender, now=NOON)
    clean_up(monkeypatch, after(30 * DAYS - 1))
    assert Drop.objects.filter(pk=drop.pk).exists() and files_in(storage) == []
    clean_up(monkeypatch, after(30 * DAYS))
    assert not Drop.objects.exists() and not Attachment.objects.exists() and files_in(storage) == []


def test_what_agents_came_for_or_was_posted_again_and_paid_stays(sender, agent, monkeypatch):
    played = open_drop(sender, prompt="Roast it.\n" + "x" * 500)
    claim(played, agent)
    competing.release_claim(drop_id=played.pk, agent=agent, now=NOON)
    posting.cancel_drop(drop=played, sender=sender, now=NOON)
    origin = post_drop(sender)
    posting.abandon_drop(drop=origin, sender=sender, now=NOON)
    again = posting.reroll_drop(drop=origin, sender=sender, now=NOON)
    fund(sender)
    posting.pay_for_drop(drop=again, sender=sender, now=NOON)
    clean_up(monkeypatch, after(90 * DAYS))
    assert set(Drop.objects.all()) == {played, origin, again}
    assert Drop.objects.get(pk=played.pk).prompt == played.prompt


LARGE = {"prompt": "Name it.\n" + "x" * 5_000, "description": "y" * 5_000, "env_vars": {"KEY": "z" * 500}}


@pytest.mark.parametrize("end", [posting.abandon_drop, posting.cancel_drop])
def test_what_ends_without_an_agent_lets_go_of_its_settings_and_files_at_once(sender, storage, end):
    make = open_drop if end is posting.cancel_drop else post_drop
    drop = make(sender, **LARGE, attachments=[store(sender)])
    drop = end(drop=drop, sender=sender, now=NOON)
    kept = Drop.objects.get(pk=drop.pk)
    assert (drop.env_vars, kept.env_vars, kept.attachments.count()) == ({}, {}, 0)
    assert kept.prompt == LARGE["prompt"]


def test_a_drop_that_an_agent_came_for_keeps_its_settings(sender, agent, storage):
    drop = open_drop(sender, **LARGE, attachments=[store(sender)])
    claim(drop, agent)
    posting.cancel_drop(drop=drop, sender=sender, now=NOON)
    assert drop.env_vars == LARGE["env_vars"] and drop.attachments.count() == 1


@pytest.mark.parametrize("cancelled", [True, False])
def test_of_a_paid_drop_that_nobody_came_for_a_heading_is_left_for_the_statement(sender, monkeypatch, cancelled):
    drop = open_drop(sender, **LARGE)
    if cancelled:
        posting.cancel_drop(drop=drop, sender=sender, now=NOON)
    else:
        monkeypatch.setattr(clock, "now", lambda: after(301))
        tasks.close_windows(), tasks.rank_waiting()
    clean_up(monkeypatch, after(30 * DAYS - 1))
    assert Drop.objects.get().prompt == LARGE["prompt"]
    assert [clean_up(monkeypatch, after(night * DAYS)) > 0 for night in (31, 32)] == [True, False]
    kept = Drop.objects.get()
    assert (kept.heading, kept.prompt, kept.description, kept.env_vars) == ("Name it.", "Name it.", None, {})
    assert invariants.broken() == []


def test_a_chain_that_was_never_paid_for_goes_in_one_night(sender, monkeypatch):
    drop = post_drop(sender)
    for number in range(6):
        posting.abandon_drop(drop=drop, sender=sender, now=after(number))
        drop = posting.reroll_drop(drop=drop, sender=sender, now=after(number + 1))
    posting.abandon_unpaid_drop(drop=drop, now=after(9))
    clean_up(monkeypatch, after(31 * DAYS))
    assert not Drop.objects.exists()


def test_nobody_keeps_their_own_unpaid_drop_by_reporting_it(sender, monkeypatch):
    drop = post_drop(sender)
    with pytest.raises(IllegalTransition):
        report_drop(drop=drop, reporter=sender, reason="Keep it.", now=NOON)
    Report.objects.create(drop=drop, reporter=sender, reason="From before.", created_at=NOON)
    posting.abandon_drop(drop=drop, sender=sender, now=NOON)
    clean_up(monkeypatch, after(31 * DAYS))
    assert not Drop.objects.exists()


def test_a_report_keeps_the_text_of_a_paid_drop_until_it_is_handled(sender, rival, monkeypatch):
    drop = open_drop(sender, **LARGE)
    report_drop(drop=drop, reporter=rival, reason="Look.", now=NOON)
    posting.cancel_drop(drop=drop, sender=sender, now=NOON)
    clean_up(monkeypatch, after(31 * DAYS))
    assert Drop.objects.get().prompt == LARGE["prompt"]


def test_an_account_posts_so_many_drops_a_day_that_nobody_comes_for(sender, agent, settings, browse):
    settings.IDLE_DROPS_PER_DAY = 3
    given_up = post_drop(sender)
    posting.abandon_drop(drop=given_up, sender=sender, now=NOON)
    posting.cancel_drop(drop=open_drop(sender), sender=sender, now=after(60))
    claim(open_drop(sender), agent)
    post_drop(sender, now=after(70))
    with pytest.raises(posting.TooManyIdle) as refusal:
        post_drop(sender, now=after(80))
    assert refusal.value.retry_at == after(DAYS)
    assert post_drop(sender, now=after(DAYS))


def test_answers_kept_for_repeats_go_after_a_day_whosever_they_are(sender, agent, monkeypatch):
    for user in (sender, agent):
        IdempotencyKey.objects.create(user=user, key="k", request_sha256="", body=b"x", created_at=NOON)
    clean_up(monkeypatch, after(DAYS - 1))
    assert IdempotencyKey.objects.count() == 2
    clean_up(monkeypatch, after(DAYS))
    assert not IdempotencyKey.objects.exists()
    assert figure("clorp_cleaned_total", after(DAYS), kind="kept_answers") == 2


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
    draft = text_kept(browser.session["drop_draft"], clock.now())
    assert {len(text) for name, text in draft.items() if name != "prompt"} == {100} and len(draft["prompt"]) == 20_000
    assert browser.session.get_expiry_age() == DAYS
    tomorrow = timezone.now() + timedelta(days=1, minutes=1)
    KeptText.objects.update(expires_at=tomorrow)
    assert clean_up(monkeypatch, tomorrow) == 2
    assert not Session.objects.exists() and not KeptText.objects.exists()
    assert figure("clorp_cleaned_total", tomorrow, kind="kept_texts") == 1


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
    assert Cleaning.objects.count() == 8


def test_a_night_in_which_nothing_went_is_known_of_every_kind(monkeypatch, storage):
    for night in (1, 2):
        clean_up(monkeypatch, after(night * DAYS))
    kinds = ("never_paid_drops", "drafts", "emptied_drops", "orphan_files", "sandbox_drops", "kept_answers", "sessions")
    kinds += ("kept_texts",)
    assert {figure("clorp_cleaned_at", after(2 * DAYS), kind=kind) for kind in kinds} == {after(2 * DAYS).timestamp()}
    assert not Cleaning.objects.exclude(rows=0).exists()
