"""One text, sent by a page and by the API: the same is measured, digested, stored, found and refused."""

from __future__ import annotations

import hashlib
import unicodedata
from unittest.mock import patch

import pytest
from django.conf import settings as site_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.kept_texts import text_kept
from accounts.models import User
from core import clock
from core.text import kept
from drops.contest import posting
from drops.models import Drop, Report, Revision
from tests.admin_site import logged_in
from tests.api import Api, hold_clock, is_problem
from tests.drops.browsing import text_of
from tests.play import NOON, claim, fund, open_drop

pytestmark = pytest.mark.django_db
FORM = {"pack": "cook", "window": "300", "price": "4.50"}
NOTHING = [
    "\u200b\u200c",
    "\u3164",
    "\u0301",
    "\u202e\u2066",
    "\u00ad",
    "\ufeff",
    "\ufe0f",
    "\U000e0041",
    " \u2028\r\n",
]
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
WRITTEN = [
    ("first\r\nsecond\rthird", "first\nsecond\nthird"),
    ("\ufeffJose\u0301\u2028", "José\n"),
    (f"{PERSIAN} 👩\u200d🚀 (\u200eA\u200e)", f"{PERSIAN} 👩\u200d🚀 (\u200eA\u200e)"),
    ("10² m² ﬁ", "10² m² ﬁ"),
]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch, settings):
    settings.STAFF_SECOND_FACTOR = False
    hold_clock(monkeypatch)


def by_page(browse, user, path, **form):
    return browse(user).post(path, form)


def entry_by_page(browse, user, drop, body):
    by_page(browse, user, f"{drop.get_absolute_url()}/submit", body=body)
    return Revision.objects.order_by("-number").first()


def entry_by_api(user, drop, body):
    assert Api(user).post(f"jobs/{drop.pk}/submit", {"body": body}).status_code == 201
    return Revision.objects.order_by("-number").first()


@pytest.mark.parametrize(("written", "stored"), WRITTEN, ids=ascii)
def test_an_entry_has_one_text_and_one_receipt(browse, sender, agent, written, stored):
    drop = open_drop(sender)
    claim(drop, agent)
    for revision in (entry_by_page(browse, agent, drop, written), entry_by_api(agent, drop, written)):
        assert revision.body == stored
        assert revision.sha256 == hashlib.sha256(stored.encode()).hexdigest()


@pytest.mark.parametrize(("written", "stored"), WRITTEN, ids=ascii)
def test_a_drop_has_one_prompt(browse, sender, written, stored):
    by_page(browse, sender, "/drops/new", prompt=written, **FORM)
    asked = {"prompt": written, "title": written, "description": written, "price_cents": 500, "confirmed": True}
    answer = Api(fund(sender)).post("jobs/run", asked).json()
    assert {drop.prompt for drop in Drop.objects.all()} == {stored}
    assert (answer["prompt"], answer["title"], answer["description"]) == (stored, stored, stored)


@pytest.mark.parametrize("text", NOTHING, ids=ascii)
def test_what_shows_nothing_is_refused_everywhere(browse, sender, agent, text):
    drop = open_drop(sender)
    claim(drop, agent)
    before = Drop.objects.count()
    assert by_page(browse, sender, "/drops/new", prompt=text, **FORM).status_code == 422
    assert by_page(browse, agent, f"{drop.get_absolute_url()}/submit", body=text).status_code == 400
    assert by_page(browse, agent, f"{drop.get_absolute_url()}/report", reason=text).status_code == 400
    is_problem(Api(sender).post("jobs/run", {"prompt": text}), 400, "invalid")
    is_problem(Api(agent).post(f"jobs/{drop.pk}/submit", {"body": text}), 400, "invalid")
    is_problem(Api(agent).post(f"jobs/{drop.pk}/report", {"reason": text}), 400, "invalid")
    assert (Drop.objects.count(), Revision.objects.count(), Report.objects.count()) == (before, 0, 0)


@pytest.mark.parametrize(("act", "remedy"), [("submit", "or add a file"), ("report", "Go back, change it")])
def test_a_page_says_what_to_do_about_what_shows_nothing(browse, sender, agent, act, remedy):
    drop = open_drop(sender)
    claim(drop, agent)
    page = by_page(browse, agent, f"{drop.get_absolute_url()}/{act}", body="\u200b", reason="\u200b")
    assert page.status_code == 400 and remedy in text_of(page)


def test_a_line_break_of_a_page_counts_once(browse, sender):
    longest = ("x" * 99 + "\r\n") * (site_settings.PROMPT_CHARS_MAX // 100)
    by_page(browse, sender, "/drops/new", prompt=longest, **FORM)
    assert len(Drop.objects.get().prompt) == site_settings.PROMPT_CHARS_MAX
    too_long = by_page(browse, sender, "/drops/new", prompt=longest + "x", **FORM)
    assert too_long.status_code == 422 and Drop.objects.count() == 1


def test_a_strangers_draft_is_kept_to_its_last_line(browse, sender):
    browser = browse(None)
    lines = "x\r\n" * (site_settings.PROMPT_CHARS_MAX // 2 - 1)
    browser.post("/drops/new", {"prompt": f"{lines}ab", **FORM})
    assert text_kept(browser.session["drop_draft"], clock.now())["prompt"] == lines.replace("\r\n", "\n") + "ab"


def test_a_repeat_in_another_form_of_unicode_is_the_same_request(sender):
    api = Api(fund(sender))
    first = api.post("jobs/run", {"prompt": "Jose\u0301\r\n", "price_cents": 500, "confirmed": True}, key="k")
    second = api.post("jobs/run", {"prompt": "José\n", "price_cents": 500, "confirmed": True}, key="k")
    assert second["Idempotent-Replayed"] == "true"
    assert first.json()["id"] == second.json()["id"] and Drop.objects.count() == 1


def test_settings_of_a_program_stay_to_the_character(sender):
    secret = " Jose\u0301\r\n"
    Api(fund(sender)).post(
        "jobs/run", {"prompt": "a", "envVars": {"PASS": secret}, "price_cents": 500, "confirmed": True}
    )
    assert Drop.objects.get().env_vars == {"PASS": secret}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["JOSÉ", "jose\u0301"], ids=ascii)
def test_the_board_finds_a_title_however_it_was_typed(browse, sender, form, asked):
    open_drop(sender, title="Another")
    # As it was stored before texts were kept in one form, too.
    with patch("drops.contest.terms.kept", lambda text: unicodedata.normalize(form, text)):
        open_drop(sender, title="Für José")
    page = text_of(browse(None).get("/board", {"q": asked}))
    assert "Für José" in page and "Another" not in page


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["JOSÉ", "jose\u0301"], ids=ascii)
def test_a_moderator_finds_a_name_however_it_was_typed(agent, rival, stored, asked):
    User.objects.filter(pk=agent.pk).update(name=unicodedata.normalize(stored, "José"))
    console = logged_in(User.objects.create_superuser("chief@example.com"))
    page = text_of(console.get("/admin/accounts/user/", {"q": asked}))
    assert agent.email in page and rival.email not in page


def test_a_drop_that_is_posted_again_has_its_texts_in_one_form(sender):
    drop = open_drop(sender)
    posting.cancel_drop(drop=drop, sender=sender, now=NOON)
    # As it was stored before texts were kept in one form.
    drop.prompt, drop.title = "Jose\u0301\r\n", "e\u0301"
    again = posting.reroll_drop(drop=drop, sender=sender, now=NOON)
    assert (again.prompt, again.title) == ("José\n", "é")


@pytest.fixture
def drop(sender, agent):
    """One on which the agent holds a seat."""
    drop = open_drop(sender)
    claim(drop, agent)
    return drop


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.sampled_from("a\r\n\u2028\u0301e\u200b\u200d\ufeff\u3164א👩"), max_size=12))
def test_whatever_is_written_page_and_api_store_the_same(browse, drop, agent, text):
    page = by_page(browse, agent, f"{drop.get_absolute_url()}/submit", body=text)
    api = Api(agent).post(f"jobs/{drop.pk}/submit", {"body": text})
    assert (page.status_code, api.status_code) == ((302, 201) if kept(text) else (400, 400))
    latest = Revision.objects.filter(submission__drop=drop).order_by("-number")[: 2 if kept(text) else 0]
    assert {row.body for row in latest} == ({kept(text)} if kept(text) else set())
