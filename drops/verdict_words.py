"""The sentences of a judging in the reader's language.

A verdict's sentences are kept as they were computed, in English, since they are computed again bit for bit. Those that
are ours are known by their shape, and said to each reader anew; what a judge wrote stays as it was written.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_noop as _

from core.text import ISOLATE

# As drops/ranking says them; tests/drops/test_verdict_words.py holds the two together.
SENTENCES = (
    _("There was no other usable entry to compare it with."),
    _("{Voice} preferred it in {won} of 1 comparison."),
    _("{Voice} preferred it in {won} of {total} comparisons."),
    _("{Voice} preferred it in {won} of 1 comparison (equal in {equal})."),
    _("{Voice} preferred it in {won} of {total} comparisons (equal in {equal})."),
    _("{Voice} preferred the winning entry in {won} of 1 comparison and graded it {grade}."),
    _("{Voice} preferred the winning entry in {won} of {total} comparisons and graded it {grade}."),
    _("{Voice} preferred the winning entry in {won} of 1 comparison (equal in {equal}) and graded it {grade}."),
    _("{Voice} preferred the winning entry in {won} of {total} comparisons (equal in {equal}) and graded it {grade}."),
    _("It was the only usable entry, and {voice} graded it {grade}."),
    _("The best entry was graded {grade} by {voice}; the bar is {bar}."),
    _("Level with the winner; the rule for ties put it behind."),
    _("Almost level with the winner."),
    _("Close behind the winner."),
    _("Behind the winner."),
    _("Far behind the winner."),
    _("Nothing reached the bar of {bar}."),
    _("There was no entry that could be graded."),
    _("Found unusable by {voice}."),
    _("It takes no part: there is nothing in it."),
    _("It takes no part: it refuses the task."),
    _("It takes no part: it only repeats the prompt."),
    _("It takes no part: it is a copy of an earlier entry."),
    _("Set aside: a judge reports words in it that are meant to steer them."),
    _("Set aside: judges report words in it that are meant to steer them."),
    _("Best: {quoted}"),
    _("Weakest: {quoted}"),
    _("Why not higher: {quoted}"),
    # As drops/appeals/log_lines.py says them of an entry.
    _("After an appeal our moderators put it first, graded {grade}."),
    _("After an appeal our moderators changed the grade: {before} to {after}."),
    # Why people look first.
    _("fewer than two judges gave a complete answer."),
    _("a judge reports that the first entry speaks to the judges."),
    _("the judges are not sure enough for this prize."),
    _("no entry is left, and one was set aside for speaking to the judges."),
    _("an entry is made of files that these judges can't see."),
    _("The sender did not judge in time."),
)
VOICES = (_("the sender"), _("staff"), _("the judges"), _("a panel of 1 judge"), _("a panel of {count} judges"))
GAP = re.compile(r"\\\{(\w+)\\\}")


def in_words(sentence: str) -> str:
    """Return a sentence of a verdict in the reader's language; as it stands where it is none of ours."""
    if (get_language() or "en").startswith("en"):
        return sentence
    if whole := _said(sentence, SENTENCES):
        return whole
    # Ours, and behind it, set apart, what a judge wrote; or several of ours.
    ours, mark, theirs = sentence.partition(f" {ISOLATE}")
    parts = [_said(part, SENTENCES) for part in re.split(r"(?<=\.) ", ours)]
    return " ".join(map(str, parts)) + mark + theirs if all(parts) else sentence


def in_words_of_voice(voice: str) -> str:
    """Return who judged, as the middle of a sentence says it."""
    return _said(voice[:1].lower() + voice[1:], VOICES) or voice


def sureness(word: str) -> str:
    """Return how sure a judge was, one of three words."""
    words = {
        "high": pgettext("how sure a judge was", "high"),
        "medium": pgettext("how sure a judge was", "medium"),
        "low": pgettext("how sure a judge was", "low"),
    }
    return words.get(word, word)


def _said(sentence: str, known: tuple[str, ...]) -> str | None:
    for shape in known:
        if (match := _pattern(shape).fullmatch(sentence)) is not None:
            gaps = match.groupdict()
            for name in ("voice", "Voice"):
                if name in gaps:
                    words = in_words_of_voice(gaps[name])
                    gaps[name] = capfirst(words) if name == "Voice" else words
            return gettext(shape).format(**gaps)
    return None


@cache
def _pattern(shape: str) -> re.Pattern[str]:
    return re.compile(GAP.sub(r"(?P<\1>.+?)", re.escape(shape)), re.DOTALL)
