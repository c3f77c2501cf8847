"""Tell what is wrong with a catalogue: sentences that it lacks, or says with other gaps or other markup."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

GAP = re.compile(r"%\(\w+\)[sd]|%%|\{[^{}]*\}")
TAG = re.compile(r"</?[a-z][^<>]*>")
# As long as this, a sentence that is the same in two languages was forgotten.
WORDS_SAME_MAX = 3


class Marked(Protocol):
    plural: str | None


def catalogue_faults(path: Path, marked: Mapping[tuple[str | None, str], Marked]) -> list[str]:
    """Return what is wrong, one line each; nothing where the catalogue says all that is marked, as it is marked."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parts[-3])
    entries = {(entry.context, first_of(entry.id)): entry for entry in catalogue if entry.id}
    faults = [f"not marked anywhere any more: {key[1]!r}" for key in entries.keys() - marked.keys()]
    faults += [f"left over: {first_of(entry.id)!r}" for entry in catalogue.obsolete.values()]
    for key, message in marked.items():
        entry = entries.get(key)
        if entry is None:
            faults.append(f"missing: {key[1]!r}")
        elif (entry.id[1] if isinstance(entry.id, tuple) else None) != message.plural:
            faults.append(f"marked with another plural: {key[1]!r}")
        else:
            faults += [f"{fault}: {key[1]!r}" for fault in entry_faults(entry, catalogue.num_plurals)]
    if said_by(catalogue) != said_in_mo(path.with_suffix(".mo")):
        faults.append(f"{path.stem}.mo says something else than {path.name}: ./run messages")
    return faults


def first_of(identity: object) -> str:
    return str(identity[0] if isinstance(identity, (list, tuple)) else identity)


def entry_faults(entry: Entry, plurals: int) -> Iterator[str]:
    if entry.fuzzy:
        yield "fuzzy"
    forms = forms_of(entry)
    if not all(forms) or (isinstance(entry.id, (list, tuple)) and len(forms) != plurals):
        yield "not translated"
        return
    of_one, of_many = first_of(entry.id), str(entry.id[1] if isinstance(entry.id, (list, tuple)) else entry.id)
    for number, form in enumerate(forms):
        is_of_one = number == 0 and len(forms) > 1
        meant = of_one if is_of_one else of_many
        gaps, wanted = Counter(GAP.findall(form)), Counter(GAP.findall(meant))
        # Of one thing a language may speak without its number.
        if gaps != wanted and not (is_of_one and gaps <= wanted):
            yield f"other gaps, {sorted(gaps)}"
        if Counter(TAG.findall(form)) != Counter(TAG.findall(meant)):
            yield "other markup"
        if edges_of(form) != edges_of(meant):
            yield "other edges"
        if form == meant and len(re.findall(r"[^\W\d_]{2,}", GAP.sub("", TAG.sub("", form)))) > WORDS_SAME_MAX:
            yield "the same as in English"


def edges_of(text: str) -> tuple[bool, bool]:
    """Return whether a text begins, and whether it ends, with space."""
    return text[:1].isspace(), text[-1:].isspace()


def said_by(catalogue: Catalog) -> dict[tuple[str | None, str], object]:
    return {
        (entry.context, first_of(entry.id)): forms_of(entry) for entry in catalogue if entry.id and any(forms_of(entry))
    }


def forms_of(entry: Entry) -> list[str]:
    return [*entry.string] if isinstance(entry.string, (list, tuple)) else [entry.string or ""]


def said_in_mo(path: Path) -> dict[tuple[str | None, str], object]:
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return said_by(read_mo(file))
