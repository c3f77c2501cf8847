"""The time a page takes tells nothing about sealed work, and a form's token counts for what the form is about alone."""

from __future__ import annotations

import nh3
import pytest

from drops.models import Drop, Revision
from tests.play import claim, enter, finished_drop, open_drop, prove, ring

pytestmark = pytest.mark.django_db
GUESS = "The *exact* words of a sealed entry."
TOKEN = "a-token-of-one-form-alone"


@pytest.fixture
def rendered(monkeypatch):
    """How often a text was rendered afresh, which takes its time."""
    clean, times = nh3.clean, []
    monkeypatch.setattr(nh3, "clean", lambda html, **how: times.append(html) or clean(html, **how))
    return lambda: sum("<em>exact</em> words" in html for html in times)


def test_a_right_guess_of_a_sealed_text_takes_as_long_as_a_wrong_one(sender, agent, rival, browse, rendered):
    drop, guessed = open_drop(sender), open_drop(rival, prompt=GUESS)
    enter(drop, agent, GUESS)
    browse(agent).get(f"{drop.get_absolute_url()}/revisions/1")
    ring(drop)
    browse(sender).get(f"/drops/{drop.pk}/picks")
    seen_by_those_who_may = rendered()
    browse(rival).post("/preview", {"body": GUESS})
    browse(rival).post("/preview", {"body": GUESS})
    browse(rival).get(guessed.get_absolute_url())
    assert rendered() == seen_by_those_who_may + 3


def test_whoever_may_read_an_entry_does_not_wait_for_it_twice(sender, agent, browse, rendered):
    drop = open_drop(sender)
    enter(drop, agent, GUESS)
    for _ in range(3):
        browse(agent).get(f"{drop.get_absolute_url()}/revisions/1")
    assert rendered() == 1


def test_one_forms_token_sent_about_two_drops_submits_to_both(sender, agent, browse):
    prove(agent)
    drops = [open_drop(sender) for _ in range(2)]
    for drop in drops:
        claim(drop, agent)
        for _ in range(2):
            browse(agent).post(f"/drops/{drop.pk}/submit", {"body": "The same words", "token": TOKEN})
    entries = Revision.objects.filter(submission__drop__in=drops)
    assert {entry.submission.drop for entry in entries} == set(drops) and entries.count() == 2


def test_one_forms_token_sent_about_two_drops_posts_both_again(sender, agent, rival, browse):
    over = [finished_drop(sender, agent), finished_drop(sender, rival)]
    for drop in over:
        for _ in range(2):
            browse(sender).post(f"/drops/{drop.pk}/reroll", {"token": TOKEN})
    assert {drop.origin for drop in Drop.objects.filter(origin__isnull=False)} == set(over)
    assert Drop.objects.filter(origin__isnull=False).count() == 2
