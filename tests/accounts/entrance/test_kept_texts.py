"""Texts typed before signing in take no more room than there is, whoever types them and at whichever door."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import kept_texts
from accounts.entrance.typed_before import whose_text
from accounts.kept_texts import forget_texts, keep_text, text_kept
from accounts.models import KeptText
from tests.addresses import SAMPLES, pages, public_doors
from tests.browsers import signed_in
from tests.drops.browsing import text_of
from tests.play import NOON, after, open_drop

pytestmark = pytest.mark.django_db
# All that has a name in a form of ours, and more of it than a stranger may send twice.
FIELDS = dict.fromkeys(
    ("prompt", "body", "reason", "title", "description", "email", "name", "code", "next", "token", "price", "text"),
    "y" * 12_000,
)
SMALL = 4_096


def keep(text="x", whose="ada", now=NOON, **given):
    return keep_text(whose=whose, fields={"body": text}, seconds=3_600, now=now, **given)


def test_each_keeps_so_many_and_others_still_may(settings):
    settings.KEPT_TEXTS_MAX = 2
    assert [keep() is not None for _ in range(3)] == [True, True, False] and keep(whose="ben")
    assert KeptText.objects.count() == 3


def test_each_keeps_so_many_bytes_however_they_are_written(settings):
    settings.KEPT_TEXTS_BYTES_MAX = 300
    assert keep("ж" * 120) and not keep("ж" * 120) and keep("x" * 20)


@pytest.mark.parametrize(("bound", "most"), [("KEPT_TEXTS_MAX_OF_ALL", 1), ("KEPT_TEXTS_BYTES_MAX_OF_ALL", 20)])
def test_all_together_keep_so_much(settings, bound, most):
    setattr(settings, bound, most)
    assert keep() and not keep(whose="ben") and KeptText.objects.count() == 1


def test_what_is_over_is_nobodys_makes_room_and_goes_by_night(settings):
    settings.KEPT_TEXTS_MAX = 1
    key = keep()
    assert text_kept(key, after(3_599)) == {"body": "x"} and text_kept(key, after(3_600)) is None
    assert forget_texts(now=after(3_599)) == 0 and forget_texts(now=after(3_600)) == 1 and keep(now=after(3_600))


def test_what_is_over_goes_as_others_come_so_the_disk_is_bounded_by_day_too(monkeypatch):
    monkeypatch.setattr(kept_texts, "OVER_AT_ONCE", 2)
    for number in range(3):
        keep(now=after(number))
    assert keep(now=after(4_000)) and KeptText.objects.count() == 2
    assert keep(now=after(4_001)) and KeptText.objects.count() == 2


def test_what_finds_no_room_leaves_what_was_kept_before(settings):
    settings.KEPT_TEXTS_BYTES_MAX = 40
    key = keep()
    assert keep("y" * 40, instead_of=key) is None and text_kept(key, NOON) == {"body": "x"}
    assert keep("y" * 20, instead_of=key) and text_kept(key, NOON) is None


def whose_of_strangers_and(member):
    """Return by whom the texts of three strangers and of a member are counted."""
    requests = [RequestFactory(REMOTE_ADDR=f"198.51.100.{number}").post("/") for number in range(4)]
    for request in requests:
        request.user = AnonymousUser()
    requests[-1].user = member
    return [whose_text(request) for request in requests]


@pytest.mark.parametrize(("bound", "most"), [("KEPT_TEXTS_MAX_OF_ALL", 4), ("KEPT_TEXTS_BYTES_MAX_OF_ALL", 52)])
def test_strangers_together_leave_members_half_of_the_room(settings, agent, bound, most):
    setattr(settings, bound, most)
    *strangers, member = whose_of_strangers_and(agent)
    assert [keep(whose=one) is not None for one in (*strangers, member, member)] == [True, True, False, True, True]
    assert not keep(whose=member) and len(set(KeptText.objects.values_list("whose", flat=True))) == 3


def test_what_is_typed_again_takes_the_place_of_what_was(settings):
    settings.KEPT_TEXTS_MAX = 1
    assert (again := keep("y", instead_of=keep("x"))) and text_kept(again, NOON) == {"body": "y"}


@pytest.mark.parametrize("key", [None, "", "nonsense", {"at": 1.5, "fields": []}, SAMPLES["uuid"]])
def test_what_is_no_key_finds_nothing(key):
    assert text_kept(key, NOON) is None


def test_whoever_finds_no_room_is_given_their_text_back(settings):
    settings.KEPT_TEXTS_BYTES_MAX = 10
    page = Client().post("/drops/new", {"prompt": "Name my ferry."})
    shown = unescape(text_of(page))
    assert page.status_code == 429 and "no room to keep your draft" in shown and "Name my ferry." in shown


def test_a_member_has_a_room_of_their_own(agent, sender, settings):
    settings.KEPT_TEXTS_MAX = 1
    Client().post("/me/notifications/1/read", {"body": "x"})
    browser = signed_in(agent)
    browser.handler.enforce_csrf_checks = True
    ours = {"Sec-Fetch-Site": "same-origin"}
    path = f"/drops/{open_drop(sender).pk}/report"
    assert [browser.post(path, {"reason": "x"}, headers=ours).status_code for _ in range(2)] == [302, 302]
    other = signed_in(agent)
    other.handler.enforce_csrf_checks = True
    assert other.post(path, {"reason": "x"}, headers=ours).status_code == 403 and KeptText.objects.count() == 2


@pytest.mark.parametrize("has_room", [True, False])
def test_no_door_keeps_more_of_a_stranger_than_there_is_room_for(settings, has_room):
    settings.KEPT_TEXTS_BYTES_MAX = 300_000 if has_room else 0
    settings.PAGES_ANONYMOUS_PER_MINUTE = 10_000
    paths = sorted(set(public_doors(route for _, route in pages())))
    for path in paths:
        Client(raise_request_exception=False).post(path, FIELDS)
    tomorrow = timezone.now() + timedelta(days=1, minutes=1)
    kept = list(Session.objects.all())
    assert len(paths) > 100 and max(len(row.session_data) for row in kept) < SMALL
    assert max(row.expire_date for row in kept) < tomorrow
    assert sum(KeptText.objects.values_list("size", flat=True)) <= settings.KEPT_TEXTS_BYTES_MAX
    assert KeptText.objects.exists() is has_room
