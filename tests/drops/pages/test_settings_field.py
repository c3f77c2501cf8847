"""Settings as a person types them: read as they were meant, and shown so that they are read back as they are."""

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from drops.pages.settings_field import SettingsField, settings_text

NAMES = st.text(min_size=1).filter(str.strip)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", {}),
        ("A=1", {"A": "1"}),
        ("A=1\r\n\r\n B = two words \n", {"A": "1", "B": "two words"}),
        ("A=b=c", {"A": "b=c"}),
        ("A=", {"A": ""}),
        ('A="two\\nlines"', {"A": "two\nlines"}),
        ('A="half', {"A": '"half'}),
        ('"A=B"=1', {"A=B": "1"}),
    ],
)
def test_settings_are_read_line_by_line(typed, wanted):
    assert SettingsField().clean(typed) == wanted


@pytest.mark.parametrize(("typed", "words"), [("A", "NAME=value"), ("=1", "NAME=value"), ("A=1\nA=2", "set twice")])
def test_what_is_no_setting_is_refused(typed, words):
    with pytest.raises(forms.ValidationError, match=words):
        SettingsField().clean(typed)


@given(st.dictionaries(NAMES, st.text(), max_size=5))
def test_what_is_shown_is_read_back_to_the_character(given_ones):
    assert SettingsField().clean(settings_text(given_ones)) == given_ones
