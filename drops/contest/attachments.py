"""Files at the door: what may be stored, under which name and type, and how bytes are given back.

A stranger's file is never believed: its type is read from its content, its name is cleaned, and it is only ever
served as a download that no browser may run.
"""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from uuid import uuid4

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.http import FileResponse

from accounts.models import User
from accounts.permissions import require_good_standing
from core.errors import Invalid, Refused
from drops.models import Attachment, Revision

NAME_CHARS_MAX = 200
UNATTACHED_FILES_MAX = 50
UNATTACHED_FOR = timedelta(seconds=settings.ORPHAN_FILE_SECONDS_MAX)
HEAD_BYTES = 8192

# Types that share one container format: their first bytes do not always tell them apart.
_FAMILIES = (
    {"zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "jar", "apk", "whl"},
    {"mp4", "m4v", "m4a", "mov", "3gp", "heic", "avif"},
    {"mkv", "webm"},
    {"ogg", "oga", "ogv", "opus"},
    {"doc", "xls", "ppt"},
    {"gz", "tgz"},
    {"jpg", "jpeg"},
    {"tif", "tiff"},
)
_KNOWN = {kind.extension for kind in filetype.TYPES}.union(*_FAMILIES)
_CODE = {"c", "css", "diff", "go", "h", "java", "js", "patch", "py", "rb", "rs", "sh", "sql", "ts"}
_TEXT = _CODE | {"csv", "htm", "html", "json", "md", "svg", "toml", "tsv", "txt", "xml", "yaml", "yml"}
# Formats that may begin with nothing but printable text and are no text all the same.
_PRINTABLE_FORMATS = {"pdf", "rtf", "ps"}


class FileTooLarge(Refused):
    code = "file_too_large"
    status = 413
    message = f"A file may have at most {settings.FILE_BYTES_MAX // 1024**2} MiB."
    next_step = "Make it smaller, or split it."


class TooManyUploads(Refused):
    code = "too_many_uploads"
    status = 429
    message = "You have uploaded many files that belong to no drop and no entry yet."
    next_step = "Use those first, or wait until they no longer count."


class FilesFull(Refused):
    code = "files_full"
    status = 413
    message = f"An account has room for {settings.FILES_BYTES_MAX // 1024**2} MiB of files, and this one does not fit."
    next_step = "Give up unpaid drops with files, or let files that belong to nothing go: they are deleted after a day."


class FileGone(Refused):
    code = "file_gone"
    status = 404
    message = "The bytes of this file are no longer here."


def store_attachment(
    *, owner: User, upload: UploadedFile, now: datetime, idempotency_key: str | None = None
) -> Attachment:
    """Keep one uploaded file, unattached. The same `idempotency_key` (unique per site) finds the one stored before.

    Raises FileTooLarge, Invalid for an empty file or one that is not what its name says, FilesFull, TooManyUploads
    with `retry_at`, Suspended.
    """
    require_good_standing(owner)
    known = Attachment.objects.filter(owner=owner, idempotency_key=idempotency_key).first() if idempotency_key else None
    if known is not None:
        return known
    attachment = _described(owner, upload, now, idempotency_key)
    _require_room(owner, attachment.size, now)
    # The bytes come first: a row without bytes is a broken promise, bytes without a row are only litter.
    attachment.file.save(attachment.name, upload, save=False)
    try:
        with transaction.atomic():
            # One upload at a time for each user, or several at once could all pass the limit.
            User.objects.lock(owner.pk)
            _require_room(owner, attachment.size, now)
            attachment.save(force_insert=True)
    except BaseException:
        attachment.file.delete(save=False)
        raise
    return attachment


def _described(owner: User, upload: UploadedFile, now: datetime, idempotency_key: str | None) -> Attachment:
    size = upload.size or 0
    if size > settings.FILE_BYTES_MAX:
        raise FileTooLarge
    if not size:
        raise Invalid({"file": "This file is empty."})
    name = clean_name(upload.name or "")
    upload.seek(0)
    content_type = type_of(name, upload.read(HEAD_BYTES))
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return Attachment(
        id=uuid4(),
        owner=owner,
        name=name,
        content_type=content_type,
        size=size,
        sha256=digest.hexdigest(),
        idempotency_key=idempotency_key,
        created_at=now,
    )


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


def clean_name(name: str) -> str:
    """The last part of `name`, without anything invisible: controls, NUL, marks that turn the reading direction."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    seen = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    path = PurePosixPath(" ".join(seen.split()).strip(". ") or "file")
    suffix = path.suffix[:20]
    return path.stem[: NAME_CHARS_MAX - len(suffix)] + suffix


def type_of(name: str, head: bytes) -> str:
    """The media type by the file's first bytes. Raises Invalid where the name's ending promises another."""
    kind = filetype.guess(head)
    if kind is not None and _is_text(head) and kind.extension not in _PRINTABLE_FORMATS:
        kind = None
    actual = kind.extension if kind else "text" if _is_text(head) else "unknown"
    promised = PurePosixPath(name).suffix[1:].lower()
    if not _keeps_promise(promised, actual):
        described = {"text": "plain text", "unknown": "something else"}.get(actual, f"a .{actual} file")
        raise Invalid({"file": f"The name says .{promised}, but the content is {described}."})
    if kind is not None:
        return str(kind.mime)
    return "text/plain" if actual == "text" else "application/octet-stream"


def _keeps_promise(promised: str, actual: str) -> bool:
    if promised in _TEXT:
        return actual == "text"
    if promised not in _KNOWN:
        return True
    return promised == actual or any({promised, actual} <= family for family in _FAMILIES)


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters; the head may end within a character."""
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if len(head) - error.start >= 4 or len(head) < HEAD_BYTES:
            return False
        text = head[: error.start].decode()
    return not any(char < " " and char not in "\t\n\r\f" for char in text)


def nameless_files(revision: Revision) -> list[Attachment]:
    """The revision's files as whoever judges sees them: by number, because a name might say who wrote it.

    They are never to be saved.
    """
    files = sorted(revision.attachments.all(), key=lambda file: file.pk)
    for number, file in enumerate(files, start=1):
        file.name = f"file-{number}{PurePosixPath(file.name).suffix[:20]}"
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
    response = FileResponse(content, as_attachment=True, filename=attachment.name, content_type=attachment.content_type)
    response["Content-Length"] = str(attachment.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-cache"
    return response
