"""Files at the door: what may be stored, under which name and type, and how bytes are given back.

A stranger's file is never believed: its type is read from its content, its name is cleaned, and it is only ever
served as a download that no browser may run.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.http import FileResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import require_good_standing
from core.disk_full import DiskFull, refused_when_full
from core.errors import Invalid, Refused
from core.files import StoreAway, let_go
from core.text import apart, shows_nothing
from drops.contest.encodings import UTF_8, codec_of
from drops.contest.file_names import clean_name, suffix_of
from drops.contest.file_types import Kind, kind_of
from drops.contest.upload_limits import TooManyRefusedUploads, count_refused, require_few_refused
from drops.models import Attachment, Revision

UNATTACHED_FILES_MAX = 50
UNATTACHED_FOR = timedelta(seconds=settings.ORPHAN_FILE_SECONDS_MAX)


class FileTooLarge(Refused):
    code = "file_too_large"
    status = 413
    message = format_lazy(gettext_lazy("A file can have at most {most} MiB."), most=settings.FILE_BYTES_MAX // 1024**2)
    next_step = gettext_lazy("Make it smaller, or split it.")


class TooManyUploads(Refused):
    code = "too_many_uploads"
    status = 429
    message = gettext_lazy("You have uploaded many files that belong to no drop and no entry yet.")
    next_step = gettext_lazy("Use those first, or wait until they no longer count.")


class FilesFull(Refused):
    code = "files_full"
    status = 413
    message = format_lazy(
        gettext_lazy("An account has room for {most} MiB of files, and this one does not fit."),
        most=settings.FILES_BYTES_MAX // 1024**2,
    )
    next_step = gettext_lazy(
        "Discard unpaid drops that have files, or wait: files that belong to nothing are deleted after a day."
    )


class FileGone(Refused):
    code = "file_gone"
    status = 404
    message = gettext_lazy("The bytes of this file are no longer here.")


def store_sound(
    *, owner: User, uploads: Sequence[UploadedFile], now: datetime, idempotency_key: str | None = None
) -> tuple[list[Attachment], str]:
    """Keep those of the uploads of one request that can be kept; return them, and why not the others, each named.

    Raises Suspended.
    """
    stored, faults = [], []
    for number, upload in enumerate(uploads):
        key = idempotency_key and f"{idempotency_key}:{number}"
        try:
            stored.append(store_attachment(owner=owner, upload=upload, now=now, idempotency_key=key))
        except (FileTooLarge, FilesFull, TooManyUploads, TooManyRefusedUploads, DiskFull, StoreAway, Invalid) as fault:
            faults.append(f"“{apart(clean_name(upload.name or ''))}”: {fault}")
    return stored, " ".join(faults)


def store_attachments(
    *, owner: User, uploads: Sequence[UploadedFile], now: datetime, idempotency_key: str | None = None
) -> list[Attachment]:
    """Keep the uploads of one request, once none of them is at fault: what is wrong with several is told at once.

    Raises Invalid, which names each file, and what `store_attachment` raises of a single one.
    """
    keys = [idempotency_key and f"{idempotency_key}:{number}" for number in range(len(uploads))]
    is_repeat = (
        idempotency_key is not None and Attachment.objects.filter(owner=owner, idempotency_key__in=keys).exists()
    )
    # Of one alone `store_attachment` says it, and reads it only once.
    several = uploads if len(uploads) > 1 and not is_repeat else ()
    if several:
        require_few_refused(owner, now)
        # Where the largest fits in by itself, so does each.
        _require_room(owner, max(upload.size or 0 for upload in several), now)
    faults = [(upload, fault) for upload in several if (fault := _fault_in(upload))]
    if len(faults) > 1:
        count_refused(owner, len(faults), now)
        named = (f"“{apart(clean_name(upload.name or ''))}”: {fault}" for upload, fault in faults)
        raise Invalid({"uploads": " ".join(named)})
    return [
        store_attachment(owner=owner, upload=upload, now=now, idempotency_key=key)
        for upload, key in zip(uploads, keys, strict=True)
    ]


def store_attachment(
    *, owner: User, upload: UploadedFile, now: datetime, idempotency_key: str | None = None
) -> Attachment:
    """Keep one uploaded file, unattached. The same `idempotency_key` (unique per site) finds the one stored before.

    Raises FileTooLarge, Invalid for an empty file or one that is not what its name says, FilesFull, TooManyUploads and
    TooManyRefusedUploads with `retry_at`, DiskFull, StoreAway, Suspended.
    """
    require_good_standing(owner)
    known = Attachment.objects.filter(owner=owner, idempotency_key=idempotency_key).first() if idempotency_key else None
    if known is not None:
        return known
    require_few_refused(owner, now)
    # Before it is read, which takes its time.
    _require_size(upload)
    _require_room(owner, upload.size or 0, now)
    try:
        attachment = _described(owner, upload, now, idempotency_key)
    except Invalid:
        count_refused(owner, 1, now)
        raise
    # The bytes come first: a row without bytes is a broken promise, bytes without a row are only litter.
    _keep_bytes(attachment, upload)
    try:
        with transaction.atomic():
            # One upload at a time for each user, or several at once could all pass the limit.
            User.objects.lock(owner.pk)
            _require_room(owner, attachment.size, now)
            attachment.save(force_insert=True)
    except BaseException:
        let_go(attachment.file.storage, str(attachment.file.name))
        raise
    return attachment


def _keep_bytes(attachment: Attachment, upload: UploadedFile) -> None:
    """Store the bytes, all or none of them. Raises DiskFull, StoreAway."""
    path = attachment.file.field.generate_filename(attachment, attachment.name)
    try:
        with refused_when_full():
            attachment.file.save(attachment.name, upload, save=False)
    except BaseException:
        # What was written of it stands under a name that no row has.
        let_go(attachment.file.storage, path)
        raise


def _described(owner: User, upload: UploadedFile, now: datetime, idempotency_key: str | None) -> Attachment:
    name, size, kind = clean_name(upload.name or ""), upload.size or 0, _kind_of_sound(upload)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return Attachment(
        id=uuid4(),
        owner=owner,
        name=name,
        content_type=kind.content_type,
        charset=kind.charset,
        size=size,
        sha256=digest.hexdigest(),
        idempotency_key=idempotency_key,
        created_at=now,
    )


def _kind_of_sound(upload: UploadedFile) -> Kind:
    """Return of which kind an upload is. Raises FileTooLarge, Invalid."""
    _require_size(upload)
    if not upload.size:
        raise Invalid({"file": _("This file is empty.")})
    kind = kind_of(clean_name(upload.name or ""), upload)
    if kind.charset and shows_nothing_in(upload, kind.charset):
        raise Invalid({"file": _("This file is empty: nothing in it is visible.")})
    return kind


def _require_size(upload: UploadedFile) -> None:
    if (upload.size or 0) > settings.FILE_BYTES_MAX:
        raise FileTooLarge


def shows_nothing_in(upload: UploadedFile, charset: str) -> bool:
    """Whether nothing of a text file is seen, such as one of spaces alone."""
    decoder = codecs.getincrementaldecoder(codec_of(charset))("replace")
    is_blank = all(shows_nothing(decoder.decode(chunk)) for chunk in upload.chunks())
    upload.seek(0)
    return is_blank


def _fault_in(upload: UploadedFile) -> Refused | None:
    try:
        _kind_of_sound(upload)
    except (FileTooLarge, Invalid) as refusal:
        return refusal
    return None


def _require_room(owner: User, size: int, now: datetime) -> None:
    held = Attachment.objects.filter(owner=owner).aggregate(bytes=Sum("size"))["bytes"] or 0
    if held + size > settings.FILES_BYTES_MAX:
        raise FilesFull
    loose = list(
        Attachment.objects.unattached()
        .filter(owner=owner, created_at__gt=now - UNATTACHED_FOR)
        .order_by("created_at")
        .values_list("created_at", flat=True)[:UNATTACHED_FILES_MAX]
    )
    if len(loose) >= UNATTACHED_FILES_MAX:
        raise TooManyUploads(retry_at=loose[0] + UNATTACHED_FOR)


def text_of(attachment: Attachment, content: bytes, *, is_whole: bool = True) -> str:
    """Return the text that a text file's bytes, or the first of them, were saved as; older rows are in UTF-8."""
    decoder = codecs.getincrementaldecoder(codec_of(attachment.charset or UTF_8))("replace")
    return decoder.decode(content, final=is_whole).removeprefix("\ufeff")


def nameless_files(revision: Revision) -> list[Attachment]:
    """The revision's files as whoever judges sees them: by number, because a name might say who wrote it.

    They are never to be saved.
    """
    files = sorted(revision.attachments.all(), key=lambda file: file.pk)
    for number, file in enumerate(files, start=1):
        file.name = f"file-{number}{suffix_of(file.name)}"
    return files


def files_to_judge(revision: Revision, judge: User) -> list[Attachment]:
    """Return `nameless_files` less those that staff took out of sight, unless staff judge."""
    files = nameless_files(revision)
    if judge.moderates:
        return files
    seen = set(Attachment.objects.in_sight().filter(pk__in=[file.pk for file in files]).values_list("pk", flat=True))
    return [file for file in files if file.pk in seen]


def named_for(attachment: Attachment, viewer: User | None) -> Attachment:
    """The file as `viewer` may know it: without its name while it belongs to somebody else's entry being judged."""
    revision = attachment.revisions.filter(counts_for__drop__status="ranking").first()
    if revision is None or (viewer is not None and attachment.owner_id == viewer.pk):
        return attachment
    return next(file for file in nameless_files(revision) if file.pk == attachment.pk)


def serve_attachment(attachment: Attachment) -> FileResponse:
    """The bytes as a download that no browser opens, guesses at or runs. Whether the viewer may is asked before."""
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError as error:
        raise FileGone from error
    response = FileResponse(content, as_attachment=True, filename=attachment.name, content_type=attachment.full_type)
    response["Content-Length"] = str(attachment.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-cache"
    return response
