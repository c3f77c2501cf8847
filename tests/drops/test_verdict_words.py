"""A judging's words about itself are in the reader's language, and what a judge wrote is left alone."""

import pytest
from django.utils.translation import override

from core.text import apart
from drops.appeals import log_lines as after_appeal
from drops.models.rounds import SENDER_WAS_LATE
from drops.ranking import checks, decision, log_lines
from drops.ranking.log_lines import Comparisons
from drops.ranking.panel_log_lines import say_panel
from drops.verdict_words import in_words, sureness

VOICES = ("the sender", "staff", say_panel(1), say_panel(3))
FARED = (Comparisons(1, 0, 1), Comparisons(0, 1, 1), Comparisons(2, 0, 4), Comparisons(1, 2, 4), Comparisons())


def sentences():
    yield from (words for _points, words in log_lines.DISTANCES)
    yield from (
        log_lines.FAR,
        SENDER_WAS_LATE,
        "Nothing reached the bar of D.",
        "There was no entry that could be graded.",
    )
    yield from (f"It takes no part: {words}" for words in checks.SENTENCES.values())
    yield from decision.HOLD_SENTENCES.values()
    yield decision.say_hold(("accused winner", "unsure"))
    yield from (f"Found unusable by {voice}." for voice in (*VOICES, "the judges"))
    yield from (after_appeal.put_first("A"), after_appeal.regraded("B", "F"))
    for voice in VOICES:
        yield from (log_lines.explain_comparisons(fared, voice) for fared in FARED)
        yield from (log_lines.explain_winner("A", fared, voice) for fared in FARED)
        yield f"The best entry was graded F by {voice}; the bar is D."


@pytest.mark.parametrize("sentence", sorted(set(sentences())))
def test_every_sentence_of_a_verdict_is_said_in_german_and_kept_in_english(sentence):
    with override("de"):
        german = in_words(sentence)
    assert german != sentence and not {"the", "it", "judges", "entry"} & set(german.lower().strip(".").split())
    assert in_words(sentence) == sentence


def test_what_a_judge_wrote_behind_it_stays():
    wrote = apart("Sharp. And funny.")
    told = f"The sender preferred the winning entry in 3 of 3 comparisons and graded it S. {wrote}"
    ours = "Der Auftraggeber fand den Siegerbeitrag in 3 von 3 Vergleichen besser; Note: S."
    with override("de"):
        assert in_words(told) == f"{ours} {wrote}"
        assert in_words(f"Best: {apart('The ending.')}") == f"Am besten: {apart('The ending.')}"


@pytest.mark.parametrize(
    "words", ["Two claims had no source.", "", "The sender preferred it.", apart("Level with it.")]
)
def test_what_is_none_of_ours_stays_as_it_is(words):
    with override("de"):
        assert in_words(words) == words


def test_how_sure_a_judge_was_is_said():
    with override("de"):
        assert [sureness(word) for word in ("high", "medium", "low", "")] == ["hoch", "mittel", "niedrig", ""]
