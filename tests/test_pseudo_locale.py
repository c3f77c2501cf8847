"""Every page, read in a language that brackets what was marked: nothing of ours stands outside the brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext

from accounts.models import ApiKey, PushSubscription, Scope, User, WebhookEndpoint
from core import clock
from drops.models import Drop, Report, Revision, Submission
from tests.browsers import signed_in
from tests.journeys.stage import Stage, set_stage
from tests.pseudo_locale import Page, Quotations, outside_brackets, speak
from tests.words_to_mark import MODULES_TO_MARK, PAGES_TO_MARK, Unmarked

PEOPLE = (None, "sender", "ada", "newcomer", "staff")
# Files, streams, the API with its reader, and the moderators' site: most of its words are Django's, ours are labels.
NO_PAGES = re.compile(r"^/(attachments|api|admin|live|static|wallet/statement\.csv)|\.(md|png|atom|js)$")
DROP = re.compile(r"/drops/[0-9a-f-]{36}(/live)?")
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/|$)")
STARTS = ("/", "/nothing", "/drops/new", "/accounts/password/reset/", "/accounts/logout/", "/help/judging")
TOLD = ("The sender asked for it.", "It names a person.", "Judged by what counts in its pack.")


@pytest.fixture
def stage(db, settings, tmp_path, monkeypatch):
    """Everything is played in the language too, since notifications are written down in it."""
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY, settings.JUDGE = True, "", "auto"
    settings.STAFF_SECOND_FACTOR, settings.MEDIA_ROOT = False, tmp_path
    speak(monkeypatch)
    return set_stage(clock.now())


def read(client: Client, *starts: str) -> Iterator[tuple[str, Page]]:
    """Walk along every link from `starts`, to one page of each kind; that of a drop is another one at each stage."""
    waiting, kinds = list(starts), set[str]()
    while waiting:
        path = waiting.pop()
        address = path.partition("?")[0]
        kind = address if DROP.fullmatch(address) else IDS.sub("id", address)
        if kind in kinds or NO_PAGES.search(address):
            continue
        kinds.add(kind)
        answer = client.get(path)
        waiting += [answer["Location"]] if "Location" in answer else []
        if "html" in answer.get("Content-Type", "") and "Location" not in answer:
            page = Page(answer.content.decode())
            waiting += [urldefrag(way)[0] for way in page.ways if way.startswith("/")]
            yield path, page


def quotations() -> Quotations:
    rows = [
        *Drop.objects.values_list("prompt", "title", "description", "rationale"),
        *User.objects.values_list("name", "handle", "email"),
        *Revision.objects.values_list("body"),
        *Report.objects.values_list("reason"),
        *Submission.objects.values_list("reasons", flat=True),
        *ApiKey.objects.values_list("name"),
        *WebhookEndpoint.objects.values_list("url"),
        *PushSubscription.objects.values_list("label"),
        Scope.values,
    ]
    headings = [drop.heading for drop in Drop.objects.all()]
    return Quotations([*TOLD, *headings, *(each for row in rows for each in row if each)])


def said_unmarked(stage: Stage, lists: Unmarked) -> Iterator[str]:
    quoted = quotations()
    drops = [drop.get_absolute_url() for drop in stage.drops.values()]
    for who in PEOPLE:
        client = signed_in(stage.people[who]) if who else Client()
        for path, page in read(client, *STARTS, stage.way_out, *drops):
            ours = [left for words in page.unmarked if (left := quoted.taken_from(words))]
            yield from (f"{path}, for {who}: {words}" for words in ours if not lists.explains(path, words))


def test_nothing_that_a_page_says_is_unmarked(stage):
    lists = Unmarked()
    faults = set(said_unmarked(stage, lists))
    assert not faults, "\n".join(sorted(faults))
    # Whatever has been marked is taken from the lists, so that it stays marked.
    assert {*MODULES_TO_MARK, *PAGES_TO_MARK} - lists.needed == set()


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
