"""The name of a drop, which costs little to find out however long its first line is."""

from drops.models import headings
from drops.models.headings import heading_of


def test_the_title_comes_before_the_first_line_and_both_are_cut_after_a_word():
    assert heading_of("A ferry", "Name it.") == "A ferry"
    assert heading_of(None, "\n  Name it.\nSoon.") == "Name it."
    assert heading_of("", "word " * 100) == "word " * 15 + "word\u2026"
    assert heading_of("\u200b", "\u200b") == "Untitled"


def test_of_a_line_as_long_as_a_prompt_no_more_is_cleaned_than_could_be_shown(monkeypatch):
    cleaned = []
    monkeypatch.setattr(headings, "one_line", lambda text: cleaned.append(len(text)) or text)
    assert heading_of(None, "x\u0301" * 10_000) and max(cleaned) <= 1_000
