"""In which language a sentence is said: that of whoever reads it, not of whoever causes it."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext_lazy, override

from core.errors import Invalid, Refused
from core.languages import language_of_request
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
        assert (get_language(), str(MAY)) == ("en", "May")


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


def asked(path="/", **given):
    return language_of_request(RequestFactory().get(path, **given))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de", "de"),
        ("de-AT,en;q=0.8", "de"),
        ("en-GB,de;q=0.5", "en"),
        ("fr-CH, de;q=0.3", "de"),
        ("fr", "en"),
        ("", "en"),
        ("de;q=0", "en"),
        ("x" * 5_000, "en"),
        ("de\x00, ;;q=, *", "en"),
    ],
)
@pytest.mark.parametrize("path", ["/board", "/api/jobs"])
def test_a_header_asks_for_one_of_ours(path, header, language):
    assert asked(path, HTTP_ACCEPT_LANGUAGE=header) == language


def test_a_cookie_is_heeded_by_pages_and_not_by_the_api():
    given = {"HTTP_COOKIE": "language=de", "HTTP_ACCEPT_LANGUAGE": "en"}
    assert (asked("/board", **given), asked("/api/jobs", **given)) == ("de", "en")


def test_a_cookie_of_a_language_that_is_not_ours_is_none():
    assert asked("/board", HTTP_COOKIE="language=fr", HTTP_ACCEPT_LANGUAGE="de") == "de"


def test_the_sites_language_is_for_people_and_not_for_programs(settings):
    settings.LANGUAGE_CODE = "de"
    assert [asked(path) for path in ("/board", "/api/jobs", "/mcp")] == ["de", "en", "en"]


def test_models_are_answered_in_english_whatever_they_ask_for():
    assert asked("/mcp", HTTP_ACCEPT_LANGUAGE="de") == "en"
