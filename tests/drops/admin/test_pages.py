"""The moderators' site as a whole: every page answers, nothing sealed is on it, and nothing is changed by hand."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import Agent, ApiKey, IdempotencyKey, KeptText, Notification, Registration, User, VapidKey
from accounts.notifications import preferences, routing
from accounts.webhooks import endpoints
from core.models import Pulse, Tally
from drops.admin.timeline import timeline_of
from drops.models import Attachment, Draft, Drop, DropFile, DropWords, Feedback, Opening, Report, SandboxDrop
from drops.models.draft import DraftFile
from drops.moderation import decisions, roles
from tests.admin_site import admin_pages, change_url, every_page, grant, list_url, logged_in
from tests.api import hold_clock
from tests.play import NOON, after, claim, enter, finished_drop, open_drop, prove, ring, submit
from wallet.models.stripe_side import Lease

pytestmark = pytest.mark.django_db
TEXT, LATER, NAME, SIZE = "a raft of doors", "a raft of better doors", "raft-plan.txt", 48_611


@pytest.fixture(autouse=True)
def no_second_factor(settings, tmp_path):
    settings.STAFF_SECOND_FACTOR = False
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def chief(db):
    return logged_in(User.objects.create_superuser("chief@example.com"))


def upload(owner, name=NAME, size=SIZE):
    file = ContentFile(b"doors", name=name)
    digest = "d" * 64
    return Attachment.objects.create(
        owner=owner, file=file, name=name, content_type="text/x-raft", size=size, sha256=digest, created_at=NOON
    )


@pytest.fixture
def sealed_drop(sender, agent, rival, staff):
    """An open drop with an entry of two revisions and a file, and with whatever else gets a row."""
    prove(agent), prove(rival)
    drop = open_drop(sender, env_vars={"DOCK_KEY": "hunter2"})
    claim(drop, agent)
    submit(drop, agent, TEXT)
    submit(drop, agent, LATER, attachments=[upload(agent)])
    upload(rival, name="unsent-raft.txt")
    enter(drop, rival, "another raft")
    Report.objects.create(drop=drop, reporter=rival, reason="Damp.", created_at=NOON)
    IdempotencyKey.objects.create(
        user=agent, key="k1", request_sha256="e" * 64, body=TEXT.encode(), status=201, created_at=NOON
    )
    Agent.objects.create(owner=agent, name="Rafter")
    Notification.objects.create(user=agent, kind="told", text="Told.", href="/", created_at=NOON)
    decisions.extend_window(drop=drop, staff=staff, seconds=60, told="Tide.", reason="Tide.", now=after(5))
    endpoints.add_webhook(user=agent, url="https://hook.example/", now=NOON)
    preferences.stop_mails(user=agent, topics=["grades"])
    routing.route_notices(now=NOON)
    return drop


def sealed_words(drop):
    digests = [revision.sha256 for entry in drop.submissions.all() for revision in entry.revisions.all()]
    return [
        TEXT,
        LATER,
        "another raft",
        NAME,
        "unsent-raft.txt",
        str(SIZE),
        "48,611",
        "text/x-raft",
        "hunter2",
        *digests,
    ]


def found_whole(word, text):
    """Return whether a word stands by itself; five digits of a size stand in some digest by chance."""
    return word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def leaks(client, words):
    leaks = []
    for url in every_page():
        page = client.get(url)
        assert page.status_code == 200, url
        text = page.content.decode()
        leaks += [(url, word) for word in words if found_whole(word, text)]
        leaks += [(url, digest) for digest in ("d" * 64, "e" * 64) if digest in text]
    return leaks


def test_no_page_shows_anything_of_an_entry_while_the_drop_is_open(chief, sealed_drop):
    assert leaks(chief, sealed_words(sealed_drop)) == []


def test_no_page_shows_anything_of_an_entry_while_it_is_ranked(chief, sealed_drop):
    sealed_drop.refresh_from_db()
    ring(sealed_drop)
    assert leaks(chief, sealed_words(sealed_drop)) == []


def test_a_search_does_not_find_sealed_words(chief, sealed_drop):
    asker = chief.get("/admin/").wsgi_request.user
    for model, page in admin_pages().items():
        if model._meta.app_label in {"drops", "accounts"}:
            for word in (TEXT, NAME, "hunter2"):
                request = RequestFactory().get(list_url(model), {"q": word})
                request.user = asker
                assert page.get_changelist_instance(request).result_count == 0, (model, word)


def test_moderators_see_every_page_of_the_game(staff, sealed_drop):
    moderator = logged_in(
        grant(staff, *(f"drops.view_{model._meta.model_name}" for model in apps.get_app_config("drops").get_models()))
    )
    for model in apps.get_app_config("drops").get_models():
        if admin.site.is_registered(model):
            assert moderator.get(list_url(model)).status_code == 200


def test_every_model_of_ours_has_its_page():
    ours = {model for app in ("core", "accounts", "wallet", "drops") for model in apps.get_app_config(app).get_models()}
    through = {Drop.attachments.through, DropFile, User.groups.through, User.user_permissions.through}
    # Kept for a second or a minute, and about strangers' addresses, whose turn it is, or whom to tell: nothing for
    # moderators to look at.
    passing = {Tally, Pulse, Lease, Opening, SandboxDrop, Registration}
    # Whoever reads it can send in the site's name.
    secret = {VapidKey}
    # Not sent yet, so they are their author's alone.
    unsent = {Draft, DraftFile, KeptText}
    # For one agent alone; moderators read what was reported, on its report's page.
    private = {Feedback}
    # Written by the database, of words that stand on the drop's own page.
    derived = {DropWords}
    assert ours - through - passing - secret - unsent - private - derived - set(admin_pages()) == set()


def test_a_keys_digest_is_nowhere(chief, agent):
    key, _ = ApiKey.objects.create(user=agent)
    assert leaks(chief, [key.digest]) == []


def test_rows_are_neither_added_nor_edited_nor_deleted(chief, sealed_drop):
    request = chief.get("/admin/").wsgi_request
    for model, page in admin_pages().items():
        assert not page.has_add_permission(request), model
        assert not page.has_change_permission(request), model
        assert not page.has_delete_permission(request), model


def test_posting_to_a_rows_page_is_forbidden(chief, agent, sealed_drop):
    group = roles.group_of("moderator")
    for row, sent in ((sealed_drop, {"status": "completed"}), (agent, {"name": "Anna"}), (group, {"name": "Mods"})):
        assert chief.post(change_url(row), sent).status_code == 403


def test_the_first_page_counts_what_waits(chief, sealed_drop, sender, agent):
    tiles = {tile.label: tile.figure for tile in chief.get("/admin/").context["tiles"]}
    wanted = {"Open reports": "1", "Ledger mismatches": "?"}
    none = ("Open cases", "Overdue cases", "Drops to judge", "Rankings nobody has begun", "Open appeals")
    assert tiles == wanted | dict.fromkeys([*none, "Waiting for a second person"], "0")


def test_tiles_are_only_for_those_who_may_see_their_rows(staff):
    assert logged_in(grant(staff, "drops.view_report")).get("/admin/").context["tiles"][0].label == "Open reports"
    assert logged_in(grant(staff)).get("/admin/").context["tiles"] == []


def test_drops_to_judge_and_open_reports_are_lists_of_their_own(chief, staff, sender, agent, sealed_drop):
    waiting = open_drop(sender)
    enter(waiting, agent)
    decisions.judge_by_hand(drop=ring(waiting), staff=staff, told="Ours.", reason="Ours.", now=after(400))
    listed = chief.get(list_url(Drop), {"queue": "judge"}).context["cl"].queryset
    assert [drop.pk for drop in listed] == [waiting.pk]
    assert chief.get(list_url(Report), {"state": "open"}).context["cl"].result_count == 1
    assert chief.get(list_url(Report), {"state": "handled"}).context["cl"].result_count == 0


def test_the_timeline_tells_a_finished_drops_story_in_order(sender, agent, rival, staff):
    events = timeline_of(finished_drop(sender, agent, rival), staff)
    texts = [event.text for event in events]
    assert {event.kind for event in events} == {"move", "seat", "entry", "log", "money"}
    assert any(text.startswith("$5.00 into escrow (job:") for text in texts)
    assert any(text.startswith("$5.00 out of escrow (payout:") for text in texts)
    assert [event.at for event in events] == sorted(event.at for event in events)


def test_the_timeline_names_who_of_the_moderators_did_what(sealed_drop, staff):
    told = [event.text for event in timeline_of(sealed_drop, staff) if event.kind == "moderator"]
    assert told == [f"staff@example.com: extend drop:{sealed_drop.pk} (Tide.)"]


@pytest.fixture
def held_clock(monkeypatch):
    """Which else asks the database for its time, now and then."""
    hold_clock(monkeypatch)


@pytest.mark.usefixtures("held_clock")
@pytest.mark.usefixtures("sealed_drop")
def test_a_lists_queries_do_not_grow_with_its_rows(chief, sender, agent, rival, settings):
    # So many that none of the pages is counted with all processes', but for the first.
    settings.PAGES_PER_MINUTE = 100_000
    chief.get("/admin/")

    def queries():
        counts = {}
        for model in admin_pages():
            with CaptureQueriesContext(connection) as asked:
                chief.get(list_url(model))
            counts[model.__name__] = len(asked)
        return counts

    ContentType.objects.get_for_models(*admin_pages())  # They are looked up once and kept.
    before = queries()
    second = finished_drop(sender, agent, rival, attachments=[upload(sender)])
    Report.objects.create(drop=second, reporter=agent, reason="Dry.", created_at=NOON)
    assert queries() == before


def test_an_input_file_is_named_and_the_same_file_in_an_entry_is_not(chief, sender, agent):
    file = upload(sender)
    drop = open_drop(sender, attachments=[file])
    assert NAME in chief.get(change_url(file)).content.decode()
    assert NAME in chief.get(change_url(drop)).content.decode()
    assert NAME not in chief.get(change_url(upload(agent))).content.decode()
