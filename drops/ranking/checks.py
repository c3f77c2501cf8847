"""The free checks: what can be said of entries before anybody is asked, and what a model will be shown of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from drops.ranking.copies import Prints, code_in, find_copies
from drops.ranking.evidence import describe_code
from drops.ranking.field import Entry, Field, FileText
from drops.ranking.folding import fold_text
from drops.ranking.likeness import runs_of, share_within, words_of
from drops.ranking.rules import NEWEST, Rules
from drops.ranking.text import cut_text

Fault: TypeAlias = Literal["empty", "refusal", "echo", "copy"]

CODE_PACK = "code"
ENTRY_CHARS_MAX = 12_000
CODE_ENTRY_CHARS_MAX = 24_000
PROMPT_CHARS_MAX = 20_000
# All that is ever read of an entry; longer files are cut before anything looks at them.
READ_CHARS_MAX = 400_000
REFUSAL_CHARS_MAX = 400
# A shorter text beside files that can't be read as text only introduces them.
COVER_CHARS_MAX = 200
ECHO_SHARE = 0.8

SENTENCES: dict[Fault, str] = {
    "empty": "there is nothing in it.",
    "refusal": "it refuses the task.",
    "echo": "it only repeats the prompt.",
    "copy": "it is a copy of an earlier entry.",
}

_ENDING = re.compile(r"\.([A-Za-z0-9]{1,8})$")
# Narrow on purpose: a refusal that is missed here is still seen by the judges, a jest that is taken for one is lost.
_REFUSAL = re.compile(
    r"\W*(?:(?:i(?:'m| am) (?:very |so |really )?sorry|sorry|i apologi[sz]e|unfortunately|as an ai\b[^,.!]*)[,.!]?\s+"
    r"(?:but\s+)?)*(?:i\s+)?(?:(?:can(?:no|')t|can not|won't|will not|am unable to|am not able to|must decline to|"
    r"have to decline to)\s+(?:(?:help|assist)(?:\s+you)?(?:\s+with\b|\s*[.!,])|comply\b|fulfil|"
    r"(?:do|provide|write|create|generate|answer|complete|produce)\s+(?:this|that|such|your request|the request)\b)|"
    r"must decline\s*[.!,]|decline this request)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Screened:
    """One entry after the free checks.

    `text` and `files` are what a model may read: clean, capped, under names of ours. `whole` is all of it, clean but
    not capped. `hidden` counts the characters taken out, `left_out` those beyond the cap. `fault` is why it is out;
    `like` is the slot of the earlier entry that it copies or resembles. `evidence` are sentences of our own.
    """

    slot: str
    text: str
    files: tuple[FileText, ...]
    whole: str
    hidden: int
    left_out: int
    fault: Fault | None = None
    like: str | None = None
    evidence: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """Everything a model reads of it, as one text."""
        return "\n".join((self.text, *(file.text for file in self.files)))

    @property
    def is_unseen(self) -> bool:
        """Whether its work is in files that a model can't read: a picture with a line of greeting, say."""
        described = [file for file in self.files if file.about]
        return bool(described) and len(self.whole.strip()) < COVER_CHARS_MAX


@dataclass(frozen=True)
class Screening:
    """All entries that were not disqualified, earliest first, and the prompt as a model reads it under the `rules`."""

    prompt: str
    entries: tuple[Screened, ...]
    rules: Rules = NEWEST

    @property
    def usable(self) -> tuple[str, ...]:
        """Slots with nothing against them, earliest first."""
        return tuple(entry.slot for entry in self.entries if entry.fault is None)

    @property
    def unseen(self) -> tuple[str, ...]:
        """Usable slots that a model can't judge, because it can't see them."""
        return tuple(entry.slot for entry in self.entries if entry.fault is None and entry.is_unseen)

    def __getitem__(self, slot: str) -> Screened:
        return next(entry for entry in self.entries if entry.slot == slot)


def screen_field(field: Field, rules: Rules = NEWEST) -> Screening:
    """Check every competing entry of `field`. The same field and rules always give the same result."""
    prompt = rules.clean(field.prompt).text
    task = Prints.take(prompt, code_in(prompt, (), is_code=True))
    is_code = field.pack_id == CODE_PACK
    competing = [entry for entry in field.by_order if not entry.disqualified]
    read = [_read_entry(entry, rules) for entry in competing]
    # A disqualified entry is nobody's original: staff may have put it out because it was the theft.
    prints = [Prints.take(one.whole, _code_of(one, is_code=is_code), task) for one in read]
    alike = find_copies(prints)
    entries = []
    for place, one in enumerate(read):
        other, likeness = alike.get(place, (None, None))
        fault = _fault_in(one, prompt) or ("copy" if likeness == "copy" else None)
        like = None if other is None else read[other].slot
        entries.append(_conclude(one, fault, like, is_code=is_code))
    return Screening(cut_text(prompt, PROMPT_CHARS_MAX)[0], tuple(entries), rules)


def _read_entry(entry: Entry, rules: Rules) -> Screened:
    """Return the entry, cleaned; `text` and `files` are not capped yet."""
    heads, beyond = _cut_all((entry.text, *(file.text for file in entry.files)), READ_CHARS_MAX)
    cleaned = [rules.clean(head) for head in heads]
    files = tuple(
        FileText(_plain_name(number, file.name), clean.text, file.about)
        for number, (file, clean) in enumerate(zip(entry.files, cleaned[1:], strict=True), start=1)
    )
    whole = "\n".join(clean.text for clean in cleaned)
    return Screened(entry.slot, cleaned[0].text, files, whole, sum(clean.hidden for clean in cleaned), beyond)


def _cut_all(texts: Iterable[str], room: int) -> tuple[list[str], int]:
    """Return the texts, cut where they pass `room` characters together, and how many characters that left out."""
    parts, left_out = [], 0
    for text in texts:
        part, over = cut_text(text, room)
        parts.append(part)
        room, left_out = room - len(part), left_out + over
    return parts, left_out


def _plain_name(number: int, name: str) -> str:
    ending = _ENDING.search(name)
    return f"file-{number}{ending.group().lower() if ending else ''}"


def _code_of(entry: Screened, *, is_code: bool) -> str:
    return code_in(entry.text, [file.text for file in entry.files], is_code=is_code)


def _fault_in(entry: Screened, prompt: str) -> Fault | None:
    whole = entry.whole
    folded = fold_text(whole).text.strip()
    if not folded:
        return None if entry.is_unseen else "empty"
    words = folded.replace("\u2019", "'")
    if len(words) < REFUSAL_CHARS_MAX and _REFUSAL.match(words):
        return "refusal"
    return "echo" if _echoes(whole, prompt) else None


def _echoes(whole: str, prompt: str) -> bool:
    """Whether the text is the prompt again, its opening included.

    A corrected or translated passage of the prompt is nearly all contained in it too, but it does not start with the
    instruction.
    """
    words, asked = words_of(whole), words_of(prompt)
    if words == asked:
        return True
    if len(words) < 5 or len(asked) < 5:
        return False
    runs = runs_of(words)
    return tuple(asked[:5]) in runs and share_within(runs, runs_of(asked)) >= ECHO_SHARE


def _conclude(entry: Screened, fault: Fault | None, like: str | None, *, is_code: bool) -> Screened:
    """Return the entry capped, body first, with the fault and the evidence that were found."""
    room = CODE_ENTRY_CHARS_MAX if is_code else ENTRY_CHARS_MAX
    parts, over = _cut_all((entry.text, *(file.text for file in entry.files)), room)
    files = tuple(replace(file, text=part) for file, part in zip(entry.files, parts[1:], strict=True))
    left_out = entry.left_out + over
    evidence = [*describe_code(entry.text, entry.files)] if fault is None else []
    if left_out:
        evidence.append(f"Was cut: {left_out:,} more characters are not shown.")
    if entry.hidden:
        evidence.append(f"Had {entry.hidden:,} hidden characters, which were taken out.")
    return replace(
        entry, text=parts[0], files=files, left_out=left_out, fault=fault, like=like, evidence=tuple(evidence)
    )
