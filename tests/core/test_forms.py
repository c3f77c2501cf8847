"""Filters that are drawn once: every language, choice and fault has its own."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from core import forms
from drops.pages.filters import BoardForm, LeaderboardForm


@pytest.fixture(autouse=True)
def nothing_drawn(monkeypatch):
    monkeypatch.setattr(forms, "DRAWN", {})


def drawn(form=BoardForm, name="pack", **chosen):
    """As it comes from what was kept; whoever draws it first gets the same."""
    first, again = str(form(chosen)[name]), str(form(chosen)[name])
    assert first == again
    return again


def test_each_choice_is_drawn_as_its_own():
    assert "selected" in drawn(pack="code").partition('value="code"')[2].partition(">")[0]
    assert "selected" in drawn(pack="cook").partition('value="cook"')[2].partition(">")[0]
    assert 'value="submarine"' in drawn(name="q", q="submarine")
    assert "submarine" not in drawn(name="q")
    assert ("checked" in drawn(name="has_seats", has_seats="on"), "checked" in drawn(name="has_seats")) == (True, False)


def test_each_language_has_its_own():
    with override("de"):
        german = drawn()
    assert "Alle" in german and "All packs" in drawn() != german


def test_what_was_refused_says_so():
    assert "aria-invalid" in drawn(name="min_price", min_price="abc")
    assert "aria-invalid" not in drawn(name="min_price", min_price="5")


def test_fields_of_two_forms_with_one_name_are_two():
    assert drawn(pack="code") != drawn(LeaderboardForm, pack="code") or len(forms.DRAWN) == 2


def test_what_is_kept_stays_small():
    drawn(name="q", q="x" * 200)
    assert not forms.DRAWN
    for number in range(forms.DRAWN_MAX + 5):
        drawn(name="q", q=str(number))
    assert len(forms.DRAWN) <= forms.DRAWN_MAX


def test_a_text_that_is_too_long_is_refused_in_our_own_words():
    field = forms.TextField(max_length=3)
    with pytest.raises(ValidationError, match=r"This has 4 characters; at most 3 fit\."):
        field.clean("long")
