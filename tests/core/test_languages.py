"""In which language a sentence is said: that of whoever reads it, not of whoever causes it."""

from types import SimpleNamespace

import pytest
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext_lazy, override

from core.errors import Invalid, Refused
from core.words import in_language_of, sentences

# Words that Django itself brings in many languages.
MAY = gettext_lazy("May")
GERMAN = SimpleNamespace(language="de")


class TooEarly(Refused):
    message = format_lazy("{month}!", month=MAY)
    next_step = MAY


def test_what_is_written_for_somebody_is_in_their_language():
    with in_language_of(GERMAN):
        assert str(MAY) == "Mai"
    assert str(MAY) == "May"


@pytest.mark.parametrize("person", [None, SimpleNamespace(), SimpleNamespace(language="")])
def test_without_a_choice_it_is_the_sites(person):
    with override("de"), in_language_of(person):
        assert (get_language(), str(MAY)) == ("en-us", "May")


def test_a_refusal_is_in_the_language_of_whoever_is_refused():
    with override("de"):
        refusal, faults = TooEarly(), Invalid({"month": MAY})
    assert (str(refusal), refusal.next_step) == ("Mai!", "Mai")
    assert (str(faults), faults.errors) == ("Mai", {"month": "Mai"})
    assert str(TooEarly()) == "May!"


def test_sentences_stay_whole_and_wait_for_their_reader():
    text = sentences(MAY, "", format_lazy("{month}.", month=MAY))
    with override("de"):
        assert str(text) == "Mai Mai."
    assert str(text) == "May May."
