"""Whoever is of the staff and plays finds nothing of that contest on the desk but what its own page shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.notifications.topics import REPORT_HANDLED
from accounts.webhooks.endpoints import add_webhook
from clorp.site import search, today
from drops.models import Drop, Report
from drops.moderation import decisions
from tests.admin_site import admin_pages, change_url, list_url, logged_in
from tests.play import NOON, after, enter, make_user, open_drop, prove, ring

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("past_noon")]
NOTE = "He is under watch."
STEPS_MAX = 3


@pytest.fixture
def player(db):
    """Somebody who may see everything, and plays."""
    return make_user("Player", is_staff=True, is_superuser=True)


@pytest.fixture
def chief(db):
    return make_user("Chief", is_staff=True, is_superuser=True)


@pytest.fixture
def contest(sender, agent, player):
    drop = open_drop(sender)
    prove(agent), prove(player)
    enter(drop, agent)
    enter(drop, player)
    decisions.report_drop(drop=drop, reporter=agent, reason="Damp.", now=NOON)
    return drop


def ways_to_a_drop(model: type[Model], steps: int = STEPS_MAX) -> Iterator[str]:
    """The ways from a row to the contest that it belongs to, by its own keys; none by way of a person."""
    for field in model._meta.get_fields():
        to = field.related_model
        if to is None or to == "self" or issubclass(to, AbstractBaseUser) or not (field.concrete or field.many_to_many):
            continue
        if to is Drop:
            yield field.name
        elif steps > 1 and to._meta.app_label == "drops":
            yield from (f"{field.name}__{rest}" for rest in ways_to_a_drop(to, steps - 1))


def found(user: Any, drop: Drop) -> set[str]:
    """Return the models of which the desk shows `user` a row that leads to this contest."""
    request = RequestFactory().get("/admin/")
    request.user = user
    shown = set()
    for model, page in admin_pages().items():
        ways = ["pk"] if model is Drop else list(ways_to_a_drop(model)) if model._meta.app_label == "drops" else []
        if any(page.get_queryset(request).filter(**{way: drop.pk}).exists() for way in ways):
            shown.add(model.__name__)
    return shown


def test_no_list_has_a_row_of_it(contest, player, chief):
    assert len(found(chief, contest)) >= 6
    assert found(player, contest) == set()
    ring(contest)
    assert found(player, contest) == set()


def test_nor_has_it_for_whoever_sent_it(contest, sender):
    sender.is_staff = sender.is_superuser = True
    assert found(sender, contest) == set()


def test_its_page_says_why_it_is_closed_and_a_report_not_even_that_there_is_one(contest, player):
    browser = logged_in(player)
    for row in (contest, contest.submissions.first()):
        page = browser.get(change_url(row))
        assert page.status_code == 403 and "a contest that you sent or play in" in page.content.decode()
    strange, reported = (browser.get(change_url(Report(pk=pk))) for pk in (999_999, Report.objects.get().pk))
    assert (strange.status_code, strange["Location"]) == (reported.status_code, reported["Location"])


def test_no_verb_is_even_asked_about_it(contest, player):
    page = logged_in(player).get(f"{reverse('admin:drops_drop_act', args=['extend'])}?ids={contest.pk}")
    assert page.status_code == 403 and "a contest that you sent or play in" in page.content.decode()


def test_what_was_noted_of_it_is_in_none_of_their_records(contest, player, chief, agent):
    decisions.extend_window(drop=contest, staff=chief, seconds=60, told="Tide.", reason=NOTE, now=after(5))
    event = AuditEvent.objects.get(action="extend")
    for person, there in ((chief, True), (player, False)):
        pages = [logged_in(person).get(url, follow=True) for url in (list_url(AuditEvent), change_url(event))]
        assert [NOTE in page.content.decode() for page in pages] == [there, there]


def test_the_files_of_other_players_name_no_seat_in_it(contest, player, chief, agent):
    page = reverse("admin:accounts_user_part", args=[agent.pk, "seats"])
    seen = [change_url(contest) in logged_in(person).get(page).content.decode() for person in (chief, player)]
    assert seen == [True, False]


def test_search_does_not_find_it(contest, player, chief):
    entry = contest.submissions.first()
    for seek, row in ((search.drops, contest), (search.entries, entry)):
        assert seek(str(row.pk), chief) == [row] and seek(str(row.pk), player) == []


def test_tiles_count_what_their_lists_show(contest, player, chief):
    for person, reports in ((chief, "1"), (player, "0")):
        request = RequestFactory().get("/admin/")
        request.user = person
        figures = {str(tile.label): tile.figure for tile in today.tiles(request, after(60))}
        assert (figures["Open reports"], figures["Open cases"]) == (reports, reports)
        listed = logged_in(person).get(f"{list_url(Drop)}?queue=reported").content.decode()
        assert (change_url(contest) in listed) is (reports == "1")


def test_what_suspending_somebody_would_do_names_no_seat_in_it(contest, player, chief, agent):
    page = f"{reverse('admin:accounts_user_act', args=['suspend'])}?ids={agent.pk}"
    seen = [change_url(contest) in logged_in(person).get(page).content.decode() for person in (chief, player)]
    assert seen == [True, False]


def test_no_message_to_others_is_read_on_the_desk(contest, chief, agent):
    hook, _secret = add_webhook(user=agent, url="https://hook.example/", now=NOON)
    sent = hook.deliveries.create(kind="won", body='{"text": "The secret."}', created_at=NOON, next_attempt_at=NOON)
    told = hook.deliveries.create(kind=REPORT_HANDLED, body="{}", created_at=NOON, next_attempt_at=NOON)
    browser = logged_in(chief)
    page = browser.get(change_url(sent))
    assert page.status_code == 200 and "The secret." not in page.content.decode()
    assert browser.get(change_url(told)).status_code == 302
