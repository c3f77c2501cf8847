"""Every page, read in a language that brackets what was marked: nothing of ours stands outside the brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext

from core import clock
from tests.crawl import pages_for_everybody, quotations
from tests.journeys.stage import Stage, set_stage
from tests.pseudo_locale import Page, outside_brackets, speak


@pytest.fixture
def stage(db, settings, tmp_path, monkeypatch):
    """Everything is played in the language too, since notifications are written down in it."""
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY, settings.JUDGE = True, "", "auto"
    settings.STAFF_SECOND_FACTOR, settings.MEDIA_ROOT = False, tmp_path
    speak(monkeypatch)
    return set_stage(clock.now())


def said_unmarked(stage: Stage) -> Iterator[str]:
    quoted = quotations()
    for who, path, page in pages_for_everybody(stage):
        ours = [left for words in page.unmarked if (left := quoted.taken_from(words))]
        yield from (f"{path}, for {who}: {words}" for words in ours)


# By day `test_unmarked.py` reads the sources, and `test_german.py` the pages.
@pytest.mark.nightly
def test_nothing_that_a_page_says_is_unmarked(stage):
    faults = set(said_unmarked(stage))
    assert not faults, "\n".join(sorted(faults))


@pytest.mark.parametrize("name", ["500.html", "503.html", "mail/notes.html", "mail/notes.txt"])
@pytest.mark.parametrize("more", [0, 3])
def test_mails_and_the_barest_pages_say_nothing_unmarked(monkeypatch, name, more):
    speak(monkeypatch)
    given = {"more": more, "unsubscribe": more and "/unsubscribe/1", "topics": [], "retry_seconds": 0, "site": "/"}
    text = render_to_string(name, {**given, "sentence": ""})
    words = Page(text).unmarked if name.endswith("html") else re.findall("[a-z]{2,}", outside_brackets(text)[0])
    assert set(words) <= {"clorp", "unsubscribe", "me", "notifications", "settings", "0 seconds"}


def test_the_language_brackets_whatever_is_marked(monkeypatch):
    later = gettext_lazy("Later")
    speak(monkeypatch)
    assert [gettext("Now"), str(later), pgettext("month", "May")] == ["⟦Now⟧", "⟦Later⟧", "⟦May⟧"]
    assert [ngettext("{} seat", "{} seats", count) for count in (1, 2)] == ["⟦{} seat⟧", "⟦{} seats⟧"]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>⟦Take a seat.⟧</p>", []),
        ("<p>⟦<b>Take</b> a seat, ⟦soon⟧.⟧ Or not</p>", ["Or not"]),
        ("<p>⟦Cut off…</p><p>Yet found</p>", ["Yet found"]),
        ("<p title='⟦A⟧ seat'>12 · $5.00 UTC</p>", ["seat"]),
        ("<p data-said='It is over.' data-phase='open'></p>", ["It is over."]),
        ("<p><bdi>Ada</bdi> won <time>29 Nov</time></p><br>", ["won"]),
        ("<div class='usertext'><p>Name my ferry.</p></div><p>Done</p>", ["Done"]),
    ],
)
def test_a_reader_sees_what_stands_outside(html, words):
    assert Page(html).unmarked == words
