"""The copy itself: a ZIP with a table as JSON and as CSV each, and the files that somebody uploaded."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from accounts.models import User
from core.cells import plain
from core.db.walking import walk
from core.words import in_language_of
from drops.models import Attachment
from drops.privacy.tables import TABLES, Row

CHUNK_BYTES = 1 << 20


def write_archive(target: IO[bytes], user: User, now: datetime, *, go_on: Callable[[], None]) -> None:
    """Write the copy of all that is the user's. `go_on` is called between its parts, and may raise to stop it."""
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        with in_language_of(user):
            archive.writestr(_entry("README.txt", now), _read_me(user, now))
        for table in TABLES:
            go_on()
            _write_table(archive, table.name, table.rows(user, now), now)
        _write_table(archive, "files", _write_files(archive, user, now, go_on), now)


def _entry(name: str, now: datetime) -> ZipInfo:
    entry = ZipInfo(name, now.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    return entry


def _write_table(archive: ZipFile, name: str, rows: Iterable[Row], now: datetime) -> None:
    """Write the rows in both forms, reading them once and holding none; of no rows there is an empty list alone."""
    with TemporaryFile() as json_bytes, TemporaryFile() as csv_bytes:
        as_json = io.TextIOWrapper(json_bytes, "utf-8", write_through=True)
        as_csv = io.TextIOWrapper(csv_bytes, "utf-8", newline="", write_through=True)
        lines, count = csv.writer(as_csv), 0
        for row in rows:
            if not count:
                lines.writerow(row)
            lines.writerow([_cell(value) for value in row.values()])
            as_json.write("[\n" if not count else ",\n")
            json.dump(row, as_json, cls=DjangoJSONEncoder, ensure_ascii=False)
            count += 1
        as_json.write("\n]\n" if count else "[]\n")
        _copy(archive, _entry(f"{name}.json", now), json_bytes)
        if count:
            _copy(archive, _entry(f"{name}.csv", now), csv_bytes)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict | list):
        return plain(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True))
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _copy(archive: ZipFile, entry: ZipInfo, content: IO[bytes]) -> None:
    content.seek(0)
    with archive.open(entry, "w", force_zip64=True) as into:
        while some := content.read(CHUNK_BYTES):
            into.write(some)


def _write_files(archive: ZipFile, user: User, now: datetime, go_on: Callable[[], None]) -> Iterable[Row]:
    """Copy the bytes of each file, and yield what is said of it; what its storage has lost is named without them."""
    for file in walk(Attachment.objects.filter(owner=user)):
        go_on()
        # By its id, since names repeat; a name was made fit for every disk when it came.
        path: str | None = f"files/{file.pk}/{file.name}"
        entry = _entry(str(path), now)
        entry.compress_type = ZIP_STORED
        try:
            with file.file.open("rb") as content:
                _copy(archive, entry, content)
        except FileNotFoundError:
            path = None
        names = ("id", "name", "content_type", "size", "sha256", "created_at")
        yield {**{name: getattr(file, name) for name in names}, "path": path}


def _read_me(user: User, now: datetime) -> str:
    return "\n\n".join(
        (
            _("This is a copy of what you made on this site and what it keeps about you, as of {time} UTC.").format(
                time=f"{now:%Y-%m-%d %H:%M}"
            ),
            _(
                "Each table comes as JSON for programs and, if it has rows, as CSV for spreadsheets. Amounts are in "
                "cents, times in UTC. Your uploads are under files/; files.json gives the path of each."
            ),
            _(
                "Not in it: work of others, also what you bought, which you find on your drops' pages; passwords and "
                "keys, of which we keep digests alone; notes that moderators write for each other; and what we compare "
                "accounts by, since it says something about other people too."
            ),
            _("Anybody who has this file can read it. Keep it where you keep your papers."),
        )
    )
