"""Every page, read in German: nothing of ours is left in English."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from core import clock
from tests.crawl import pages_for_everybody, quotations
from tests.journeys.stage import Stage, set_stage

# Words without which hardly a sentence is English, and which no German one has.
ENGLISH = re.compile(
    r"\b(?:the|you|your|and|is|are|of|with|this|that|it|its|no|not|for|from|be|been|has|have|or|by|at|on|to|our|we|all|"
    r"new|open|none|yet|more|their|they|what|who|when|seat|seats|entry|entries|prize|wallet's|judged|drop's)\b",
    re.IGNORECASE,
)
# Names of ours and of others, and what people type.
NAMES = re.compile(r"Open Source|Bearer|example\.com|manage\.py \w+")


@pytest.fixture
def stage(db, settings, tmp_path):
    """The site's language is German, so that what happens on the stage is told in it too."""
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY, settings.JUDGE = True, "", "auto"
    settings.STAFF_SECOND_FACTOR, settings.MEDIA_ROOT, settings.LANGUAGE_CODE = False, tmp_path, "de"
    return set_stage(clock.now())


def said_in_english(stage: Stage) -> Iterator[str]:
    quoted = quotations()
    for who, path, page in pages_for_everybody(stage):
        ours = [quoted.taken_from(words) for words in page.unmarked]
        yield from (f"{path}, for {who}: {words}" for words in ours if ENGLISH.search(NAMES.sub("", words)))


def test_nothing_that_a_page_says_is_english(stage):
    faults = set(said_in_english(stage))
    assert not faults, "\n".join(sorted(faults))


@pytest.mark.parametrize("words", ["Nobody is at the board yet", "Your wallet", "Seat 3"])
def test_english_is_recognised(words):
    assert ENGLISH.search(words)


@pytest.mark.parametrize("words", ["Noch ist nichts offen.", "Sitz 3 ist noch frei", "Drop, Pack und Pull heißen so."])
def test_german_is_left_alone(words):
    assert not ENGLISH.search(words)
