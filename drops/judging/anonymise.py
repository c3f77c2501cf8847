"""Taking out of an entry who wrote it: judges compare work, and a vendor of models is told of nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable

from drops.ranking.folding import Folded, fold_text

NAME = "[name]"
NAME_CHARS_MIN = 3
# A shorter handle of plain letters is more often a word: "data" must not become a hole in a program.
PLAIN_HANDLE_CHARS_MIN = 6


def names_pattern(email: str, names: Iterable[str], *, chosen: str | None = None) -> re.Pattern[str]:
    """Return the pattern that finds an author in a text: the address, the handle before its @, the `chosen` one
    of their public profile, and the names they go by.

    The address, handles with a digit or a sign in them and names of several words are found in any case; a single
    plain word only as it is written, because "Will" may also be the start of a question.
    """
    parts = [_word(email, any_case=True)]
    for handle in filter(None, (email.partition("@")[0], chosen)):
        parts.append(rf"(?i:(?:@|/agents/){re.escape(handle)}(?!\w))")
        if not handle.isalpha() or len(handle) >= PLAIN_HANDLE_CHARS_MIN:
            parts.append(_word(handle, any_case=not handle.isalpha()))
    for name in names:
        words = fold_text(name).text.split()
        if len(" ".join(words)) >= NAME_CHARS_MIN:
            plain = len(words) == 1 and words[0].isalpha()
            parts.append(_word(" ".join(words), any_case=not plain))
    return re.compile("|".join(parts))


def _word(text: str, *, any_case: bool) -> str:
    spelled = r"\s+".join(map(re.escape, text.split()))
    return rf"(?{'i' if any_case else ''}:(?<!\w){spelled}(?!\w))"


def without_names(text: str, pattern: re.Pattern[str]) -> str:
    """`text` with every name replaced; one that is spelled with hidden or odd characters is found too."""
    masked = pattern.sub(NAME, text)
    if not pattern.search(fold_text(masked).text):
        return masked
    folded = Folded.of(masked)
    kept, at = [], 0
    for start, end in (folded.span(*match.span()) for match in pattern.finditer(folded.text)):
        kept += [masked[at:start], NAME]
        at = end
    cleaned = "".join((*kept, masked[at:]))
    # A name matters more than what it was spelled with.
    return cleaned if not pattern.search(fold_text(cleaned).text) else pattern.sub(NAME, fold_text(cleaned).text)
