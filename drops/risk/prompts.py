"""Prompts that a person should see: with secrets or somebody's data in them, or that ask for what is unlawful."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from drops.models import Drop
from drops.models.risk import RiskKind
from drops.ranking.folding import fold_text
from drops.risk import prompt_rules as rules
from drops.risk.marks import Mark, key_of

# How sure a rule of a group is, and that two are surer than one.
SURE = {"secret": 0.9, "personal": 0.8, "unlawful": 0.7}
SURER = 0.1
DIVERSE_CHARS = 3
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_SPELT = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s"})
_LEET = re.compile(r"\b(?=\w*[a-z])(?=\w*[01345@$])[a-z01345@$]{4,}\b")
_SPACED = re.compile(r"\b(?:[a-z][ ._-]){3,}[a-z]\b")


def _compiled(patterns: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in patterns.items()}


_SECRETS, _PERSONAL = _compiled(rules.SECRETS), _compiled(rules.PERSONAL)


def look_at_prompt(drop: Drop, now: datetime) -> Iterator[Mark]:
    """Yield a mark for what a drop's prompt gives away or asks for. What it gives agents as variables is not read."""
    text = "\n".join(part for part in (drop.title, drop.prompt, drop.description) if part)
    hits = hits_in(text)
    if hits:
        score = min(1.0, max(SURE[group] for _name, group in hits) + SURER * (len(hits) - 1))
        names = sorted(name for name, _group in hits)
        # Posted again, the same text is the same evidence.
        yield Mark(RiskKind.PROMPT, drop, key_of([*names, text]), {"rules": names}, frozenset([drop.sender_id]), score)


def hits_in(text: str) -> set[tuple[str, str]]:
    """Return the rules that a text meets, each with its group."""
    text = fold_text(text).text
    return {
        *((name, "secret") for name in _secrets_in(text)),
        *((name, "personal") for name in _personal_in(text)),
        *((name, "unlawful") for name in _asks_in(text)),
    }


def _secrets_in(text: str) -> Iterator[str]:
    for name, pattern in _SECRETS.items():
        if any(_is_secret(match) for match in pattern.finditer(text)):
            yield name


def _is_secret(match: re.Match[str]) -> bool:
    """Whether what was matched is one: where a rule names its value, that must look like nobody's word."""
    value = match.groupdict().get("value")
    if value is None:
        return True
    kinds = [any(map(test, value)) for test in (str.islower, str.isupper, str.isdigit)]
    kinds.append(any(not char.isalnum() for char in value.strip(".,;:!?)(")))
    return sum(kinds) >= DIVERSE_CHARS and not rules.PLACEHOLDER.search(value) and "(" not in value


def _personal_in(text: str) -> Iterator[str]:
    yield from (name for name, pattern in _PERSONAL.items() if pattern.search(text))
    if any(_is_card(match.group()) for match in rules.CARD.finditer(text)):
        yield "card-number"
    if any(_is_iban(match.group()) for match in rules.IBAN.finditer(text)):
        yield "bank-account"
    mails = {mail.lower() for mail in rules.MAIL.findall(text) if rules.PRIVATE_MAIL.search(mail)}
    if len(mails) >= rules.MAILS_MANY:
        yield "list-of-people"
    reached = bool(mails) + bool(rules.PHONE.search(text)) + bool(rules.STREET.search(text))
    # A shop's counter has a number and a street; somebody's own are told of somebody.
    if reached and rules.ABOUT_PERSON.search(text):
        yield "contact-of-a-person"


def _is_card(written: str) -> bool:
    digits = re.sub(r"\D", "", written)
    if not re.match(r"4|5[1-5]|2[2-7]|3[47]|6(?:011|5)", digits) or rules.TEST_CARDS.search(digits):
        return False
    doubled = [int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _is_iban(written: str) -> bool:
    letters = written.replace(" ", "")
    if letters in rules.TEST_IBANS:
        return False
    return int("".join(str(int(char, 36)) for char in letters[4:] + letters[:4])) % 97 == 1


def _asks_in(text: str) -> Iterator[str]:
    """Yield the asks of a text, sentence by sentence; those that are spelt so that no word is found are read anew."""
    plain = text.casefold()
    spelt = _SPACED.sub(lambda match: re.sub(r"[ ._-]", "", match.group()), plain)
    spelt = _LEET.sub(lambda match: match.group().translate(_SPELT), spelt)
    for sentence in {*_SENTENCE.split(plain), *_SENTENCE.split(spelt)}:
        yield from (ask.name for ask in rules.ASKS if ask.is_in(sentence))
