"""Words beside translated words are translated too: marked where they are kept, and said as they are read."""

import pytest
from django.utils.translation import trans_real

from drops.judging.feedback import fault_in_chips
from drops.models.claim import SEATS_MAX
from drops.packs import PACKS
from drops.pages.own_result import say_place

CATALOGUE = {
    "Funny": "Lustig",
    "Second": "Zweiter",
    "five": "fünf",
    "{place} of {count}": "{place} von {count}",
    "The only entry": "Der einzige Beitrag",
    "Not placed": "Ohne Platz",
    "{pack} has no such chip.": "{pack} kennt das nicht.",
}


@pytest.fixture(autouse=True)
def another_language(monkeypatch):
    monkeypatch.setattr(trans_real.catalog(), "gettext", lambda words: CATALOGUE.get(words, words))


def test_chips_and_what_is_wrong_with_them():
    pack = PACKS["roast"]
    assert pack.chips["good-wit"].text == "Lustig"
    assert fault_in_chips(pack, ["none"]) == "Roast kennt das nicht."


@pytest.mark.parametrize(
    ("place", "count", "words"), [(2, 5, "Zweiter von fünf"), (1, 1, "Der einzige Beitrag"), (None, 3, "Ohne Platz")]
)
def test_places(place, count, words):
    assert say_place(place, count) == words


def test_every_place_that_a_seat_can_lead_to_has_words():
    for count in range(1, SEATS_MAX + 1):
        assert all(say_place(place, count) for place in range(1, count + 1))
