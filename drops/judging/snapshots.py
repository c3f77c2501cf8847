"""The field as a judge sees it: entries frozen once after the bell, under opaque slots.

No people, no prices, no times. What is frozen stays, whatever becomes of a user's name or of a file's bytes, so that
a result can be computed again.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from typing import IO
from uuid import UUID

from django.db import IntegrityError, transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import override
from PIL import Image, UnidentifiedImageError

from core.text import shows_nothing
from drops.contest.attachments import nameless_files, text_of
from drops.judging.anonymise import names_pattern, without_names
from drops.models import Attachment, Drop, FrozenEntry, JudgingRound, Revision, Submission
from drops.packs import PACKS
from drops.ranking import Entry, Field, FileText, Letter
from drops.ranking.checks import READ_CHARS_MAX

BYTES_A_CHARACTER_MAX = 4
CHUNK_BYTES = 1024 * 1024
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
UNREADABLE = "a file whose bytes could not be read again"


def field_of(judging_round: JudgingRound) -> Field:
    """The entries of a drop, whose window is over, as this round's judge compares them; what is not frozen yet is."""
    drop = judging_round.drop
    frozen = freeze_entries(drop)
    entries = list(drop.submissions.select_related("counting", "claim").defer("counting__body"))
    by_time = sorted(entries, key=lambda entry: (entry.latest.received_at, entry.claim.created_at, entry.pk))
    pack = PACKS[drop.pack]
    return Field(
        prompt=drop.prompt,
        pack_id=pack.id,
        rubric_version=judging_round.rubric_version or pack.rubric_id,
        seed=judging_round.seed,
        passing_letter=Letter(judging_round.passing_grade or pack.passing_grade),
        entries=tuple(_entry(one, order, frozen[one.latest.pk]) for order, one in enumerate(by_time)),
    )


def _entry(submission: Submission, order: int, frozen: FrozenEntry) -> Entry:
    return Entry(
        slot=str(submission.pk),
        label=f"Seat {submission.claim.seat}",
        order=order,
        text=frozen.text,
        files=tuple(FileText(**file) for file in frozen.files),
        disqualified="disqualified by our moderators" if submission.disqualified_at else "",
    )


def freeze_entries(drop: Drop) -> dict[UUID, FrozenEntry]:
    """The frozen entry of each counting revision, by the revision's id. Reads files: not for inside a transaction.

    Raises ValueError while the window is open, when a revision may still be followed by another.
    """
    if drop.is_open:
        raise ValueError("Entries are frozen once the window is over.")
    counting = Revision.objects.filter(counts_for__drop=drop)
    frozen = {row.revision_id: row for row in FrozenEntry.objects.filter(revision__in=counting)}
    waiting = counting.exclude(pk__in=frozen).select_related("submission__user", "submission__claim__agent")
    for revision in waiting.prefetch_related("attachments"):
        frozen[revision.pk] = _store(_freeze(revision))
    return frozen


def _store(row: FrozenEntry) -> FrozenEntry:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # Another worker was quicker, and read the same.
        return FrozenEntry.objects.get(revision_id=row.revision_id)
    return row


def _freeze(revision: Revision) -> FrozenEntry:
    author, claim = revision.submission.user, revision.submission.claim
    names = [name for name in (author.name, claim.agent and claim.agent.name, author.shown_email) if name]
    pattern = names_pattern(author.email, names, chosen=author.handle)
    text = without_names(revision.body[:READ_CHARS_MAX], pattern)
    room = READ_CHARS_MAX - len(text)
    files = []
    for file in nameless_files(revision):
        read, about = _read(file, room)
        read = without_names(read, pattern)
        room = max(0, room - len(read))
        files.append({"name": file.name, "text": read, "about": about})
    return FrozenEntry(revision=revision, text=text, files=files, sha256=digest_of(text, files))


def digest_of(text: str, files: list[dict[str, str]]) -> str:
    """SHA-256, in hex, of an entry's text and files."""
    return hashlib.sha256(json.dumps([text, files], sort_keys=True).encode()).hexdigest()


def _read(file: Attachment, room: int) -> tuple[str, str]:
    """The file as a text of at most `room` characters, or else what it is in a few words."""
    try:
        with file.file.open("rb") as content:
            if file.is_text:
                return _text(file, content, room)
            return "", _describe(file, content)
    except FileNotFoundError:
        # Any other fault of the storage may pass: then nothing is frozen, and the next task tries again.
        return "", UNREADABLE


def _text(file: Attachment, content: IO[bytes], room: int) -> tuple[str, str]:
    # All of it is read, to see that it is what was submitted; only the start is kept.
    kept, size, digest = b"", 0, hashlib.sha256()
    while chunk := content.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
        kept += chunk[: max(0, room * BYTES_A_CHARACTER_MAX - len(kept))]
    if digest.hexdigest() != file.sha256:
        return "", UNREADABLE
    # The type was told by the first bytes; whatever else may follow, NUL can't be stored as text.
    text = text_of(file, kept, is_whole=len(kept) == size).replace("\x00", "\ufffd")[:room]
    return (text, "") if not shows_nothing(text) else ("", f"a text file of {_size(file)} that is cut away or blank")


def _describe(file: Attachment, content: IO[bytes]) -> str:
    if file.content_type in PICTURES and (sides := _sides(content, PICTURES[file.content_type])):
        return f"a picture of {sides[0]:,} by {sides[1]:,} pixels ({_size(file)})"
    return f"a file of the type {file.content_type} ({_size(file)})"


def _sides(content: IO[bytes], kind: str) -> tuple[int, int] | None:
    """Width and height from the picture's head; nothing is decoded, and only by the reader of its own format."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(content, formats=[kind]) as picture:
                return picture.size
    except (UnidentifiedImageError, Image.DecompressionBombError, ValueError, SyntaxError, OSError):
        return None


@override("en")
def _size(file: Attachment) -> str:
    """Return the size as judges are told it, whoever is looking: a frozen entry is made anew bit for bit."""
    return filesizeformat(file.size).replace("\xa0", " ")
