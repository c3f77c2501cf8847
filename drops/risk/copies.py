"""Entries that are like an earlier one on another drop, by somebody else: found by their sketches, judged by the
panel's own check for copies. It reads sealed texts, and keeps of them figures alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.db.prepared import fetch
from drops.models import Drop, EntrySketch, FrozenEntry, Submission
from drops.models.risk import RiskKind
from drops.ranking.checks import CODE_PACK, READ_CHARS_MAX
from drops.ranking.copies import Prints, code_in
from drops.ranking.likeness import Runs, share_within
from drops.risk.marks import Mark
from drops.risk.sketches import SHARED_MIN, bands_of

# Of those that share a band, so many are read: the ones that share most.
COMPARED_MAX = 12
# A run that as many others wrote is nobody's, unless it is nearly all that somebody has.
STOCK_AUTHORS, STOCK_SHARE_MAX = 3, 0.8
_ALIKE = """
    SELECT submission_id FROM (
        SELECT submission_id, (SELECT count(*) FROM unnest(bands) band WHERE band = ANY(%(bands)s::integer[])) AS shared
        FROM drops_entrysketch WHERE bands && %(bands)s::integer[]
    ) alike JOIN drops_submission entry ON entry.id = submission_id
    WHERE shared >= %(least)s AND entry.user_id <> %(user)s AND entry.drop_id <> %(drop)s
    ORDER BY shared DESC, submission_id LIMIT %(most)s
"""


def look_at_entries(drop: Drop, now: datetime) -> Iterator[Mark]:
    """Keep the sketches of a closed drop's entries, and yield a mark for each that is like an earlier one elsewhere."""
    entries = list(drop.submissions.standing().select_related("counting", "drop").order_by("pk"))
    prints = prints_of(entries)
    bands = {pk: bands_of(print_) for pk, print_ in prints.items()}
    for entry in entries:
        if bands[entry.pk]:
            yield from _marks_for(entry, prints[entry.pk], bands[entry.pk])
    rows = [EntrySketch(submission_id=pk, bands=some) for pk, some in bands.items() if some]
    EntrySketch.objects.bulk_create(rows, ignore_conflicts=True)


def prints_of(entries: Collection[Submission]) -> dict[UUID, Prints]:
    """Return what entries are compared by: their texts and files as their judge has them, else their texts alone."""
    rows = FrozenEntry.objects.filter(revision__in=[entry.counting_id for entry in entries])
    frozen = {row.revision_id: row for row in rows}
    return {entry.pk: _take(entry, frozen.get(entry.latest.pk)) for entry in entries}


def _take(entry: Submission, frozen: FrozenEntry | None) -> Prints:
    text = (frozen.text if frozen else entry.latest.body)[:READ_CHARS_MAX]
    files = [str(file["text"])[:READ_CHARS_MAX] for file in frozen.files] if frozen else []
    prompt = "\n".join([entry.drop.prompt, entry.drop.description or ""])
    is_code = entry.drop.pack == CODE_PACK
    asked = Prints.take(prompt, code_in(prompt, [], is_code=False))
    return Prints.take("\n".join([text, *files]), code_in(text, files, is_code=is_code), asked)


def _marks_for(entry: Submission, prints: Prints, bands: list[int]) -> Iterator[Mark]:
    """Yield the likest earlier entry; where this one was there first, a mark is for the other."""
    values = {"bands": bands, "user": entry.user_id, "drop": entry.drop_id}
    values |= {"least": SHARED_MIN, "most": COMPARED_MAX}
    ids: list[UUID] = [row[0] for row in fetch(_ALIKE, values)]
    if not ids:
        return
    others = Submission.objects.standing().filter(pk__in=ids).select_related("counting", "drop").order_by("pk")
    taken = prints_of(others)
    pairs = [(other, taken[other.pk]) for other in others]
    runs = _stock(prints.runs, [(other.user_id, print_.runs) for other, print_ in pairs])
    shapes = _stock(prints.shapes, [(other.user_id, print_.shapes) for other, print_ in pairs])
    own = _without(prints, runs, shapes)
    marks = [_compare((entry, own), (other, _without(print_, runs, shapes))) for other, print_ in pairs]
    yield from sorted((mark for mark in marks if mark), key=lambda mark: (-mark.score, mark.key))[:1]


def _stock(own: Runs, others: Sequence[tuple[UUID, Runs]]) -> Runs:
    """Return the runs that several other people have too: a licence, a greeting. Not where that is nearly all of it:
    then it is the whole that goes round."""
    authors: dict[tuple[str, ...], set[UUID]] = {}
    for author, runs in others:
        for run in runs & own:
            authors.setdefault(run, set()).add(author)
    stock = frozenset(run for run, who in authors.items() if len(who) >= STOCK_AUTHORS)
    return stock if len(stock) < STOCK_SHARE_MAX * len(own) else frozenset()


def _without(prints: Prints, runs: Runs, shapes: Runs) -> Prints:
    return replace(prints, runs=prints.runs - runs, shapes=prints.shapes - shapes)


def _compare(one: tuple[Submission, Prints], other: tuple[Submission, Prints]) -> Mark | None:
    (first, early), (second, late) = sorted([one, other], key=lambda pair: (pair[0].latest.received_at, pair[0].pk))
    if late.likeness_to(early) != "copy":
        return None
    words, shapes = share_within(late.runs, early.runs), share_within(late.shapes, early.shapes)
    held = share_within(early.runs, late.runs)
    evidence = {"original": str(first.pk), "words": round(words, 2), "code": round(shapes, 2), "held": round(held, 2)}
    people = frozenset([first.user_id, second.user_id])
    return Mark(RiskKind.COPY, second, str(first.pk), evidence, people, max(words, shapes, held))
