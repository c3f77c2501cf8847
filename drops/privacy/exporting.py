"""A copy of somebody's data: asked for on a page, built by a worker, kept for some days behind a signed link."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Export, User
from accounts.models.leaving import FOLDER
from accounts.notifications.notify import notify
from core.errors import Refused
from core.files import let_go, stored_below
from core.queue import LEASE, back_off
from drops.privacy.archive import write_archive

log = logging.getLogger(__name__)

PAGE = "/me/data"
TRIES_MAX = 5


class ExportUnderWay(Refused):
    code = "export_under_way"
    message = _("A copy of your data is being made already.")
    next_step = _("We tell you when it is ready; that takes minutes.")


class ExportTooSoon(Refused):
    code = "export_too_soon"
    status = 429
    message = _("You asked for a copy of your data a short while ago.")
    next_step = _("Download that one, or ask for a new one later.")


class NoSuchExport(Refused):
    code = "no_such_export"
    status = 404
    message = _("This copy is gone, or it isn't yours.")
    next_step = _("Ask for a new one on the page “Your data”.")


class LeaseLost(Exception):
    """Another worker has it: this one was too slow, or stood still."""


@transaction.atomic
def ask_for_export(*, user: User, now: datetime) -> Export:
    """Have a copy made of all that is the user's, and tell them that it was asked for, in case it was not they.

    Raises ExportUnderWay, ExportTooSoon.
    """
    user = User.objects.lock(user.pk)
    if user.exports.waiting().exists():  # type: ignore[attr-defined]
        raise ExportUnderWay
    newest = user.exports.filter(built_at__isnull=False).order_by("-asked_at").first()
    again_at = newest.asked_at + timedelta(seconds=settings.EXPORT_SECONDS_BETWEEN) if newest else now
    if now < again_at:
        raise ExportTooSoon(retry_at=again_at)
    export = Export.objects.create(user=user, asked_at=now, next_attempt_at=now)
    text = _("A copy of all your data was asked for. If that was not you, set a new password and sign out everywhere.")
    notify([user], kind="export-asked", text=text, href=PAGE, now=now)
    return export


def build_export(*, export_id: UUID, clock: Callable[[], datetime]) -> None:
    """Build a copy that waits, and tell its owner. What fails is tried again, some times; half a file is replaced."""
    now = clock()
    export = Export.objects.take(export_id, now)
    if export is None:
        return
    try:
        with TemporaryFile() as whole:
            write_archive(whole, export.user, now, go_on=partial(_renew, export, clock))
            size, digest = measure(whole)
            # Whoever took over meanwhile may have finished: theirs must not be replaced.
            _renew(export, clock)
            _store(export, whole)
    except LeaseLost:
        return
    except Exception:
        log.exception("export failed", extra={"export": str(export.pk), "tries": export.tries + 1})
        _try_later(export, clock())
        return
    _finish(export, size, digest, clock())


def _renew(export: Export, clock: Callable[[], datetime]) -> None:
    if not export.hold(lease_until=clock() + LEASE):
        raise LeaseLost


def measure(whole: IO[bytes]) -> tuple[int, str]:
    whole.seek(0)
    digest = hashlib.file_digest(whole, "sha256").hexdigest()  # type: ignore[arg-type]
    return whole.tell(), digest


def _store(export: Export, whole: IO[bytes]) -> None:
    """In place of half a file. Of two who write at once, a folder gives the second another name, and theirs is dropped;
    a bucket keeps whichever ends last, and only the lease, renewed just before, is between them."""
    whole.seek(0)
    default_storage.delete(export.path)
    stored = default_storage.save(export.path, File(whole))
    if stored != export.path:
        default_storage.delete(stored)
        raise LeaseLost


def _try_later(export: Export, now: datetime) -> None:
    tries = export.tries + 1
    if tries < TRIES_MAX:
        export.put_back(back_off(now, tries), "failed", tries=tries)
        return
    if export.put_back(None, "failed", tries=tries, gone_at=now):
        text = _("The copy of your data could not be made. That is our fault; ask for it again, or write to us.")
        notify([export.user], kind="export-failed", text=text, href=PAGE, now=now)


@transaction.atomic
def _finish(export: Export, size: int, digest: str, now: datetime) -> None:
    until = now + timedelta(seconds=settings.EXPORT_SECONDS_KEPT)
    if not export.put_back(None, built_at=now, expires_at=until, size=size, sha256=digest):
        if not Export.objects.filter(pk=export.pk, gone_at=None).exists():
            # Its account was erased meanwhile.
            transaction.on_commit(partial(let_go, default_storage, export.path))
        return
    for older in Export.objects.filter(user=export.user, built_at__isnull=False, gone_at=None).exclude(pk=export.pk):
        _take_away(older, now)
    text = format_lazy(
        _("The copy of your data is ready. You can download it until {day} UTC, after signing in again."),
        day=f"{until:%Y-%m-%d %H:%M}",
    )
    notify([export.user], kind="export-ready", text=text, href=PAGE, now=now)


@transaction.atomic
def take_away_export(*, export_id: UUID, now: datetime) -> None:
    """Delete a copy that has had its time; that there was one stays on record."""
    export = Export.objects.over(now).select_for_update().filter(pk=export_id).first()
    if export is None:
        raise NoSuchExport
    _take_away(export, now)


def take_away_all(user: User, now: datetime) -> None:
    """Delete all copies of somebody's data, and make none that still waits."""
    for export in Export.objects.select_for_update().filter(user=user, gone_at=None):
        _take_away(export, now)


def _take_away(export: Export, now: datetime) -> None:
    """The file goes after the commit that says so; a crash between the two leaves litter, which is swept."""
    Export.objects.filter(pk=export.pk).update(gone_at=now, lease_until=None, next_attempt_at=None)
    transaction.on_commit(partial(let_go, default_storage, export.path))


def sweep_exports(*, now: datetime) -> int:
    """Delete bytes of copies that are gone, or whose building a crash cut short for good. Returns how many."""
    before = now - timedelta(seconds=settings.ORPHAN_FILE_SECONDS_MAX)
    kept = {export.path for export in Export.objects.filter(gone_at=None)}
    stored = stored_below(default_storage, FOLDER)
    old = [path for path, came_at in stored if path not in kept and came_at < before]
    for path in old:
        let_go(default_storage, path)
    return len(old)


def token_of(export: Export) -> str:
    """Return what the address of the download ends in: signed, and good for its owner alone."""
    return _signer(export.user_id).sign(export.pk.hex)


def _signer(user_id: UUID) -> Signer:
    return Signer(salt=f"clorp.export.{user_id}")


def open_export(*, user: User, token: str, now: datetime) -> tuple[Export, IO[bytes]]:
    """Return a copy and its bytes, and count the download. Raises NoSuchExport, StoreAway."""
    try:
        pk = UUID(_signer(user.pk).unsign(token))
    except (BadSignature, ValueError) as error:
        raise NoSuchExport from error
    ready = Export.objects.ready(now).filter(pk=pk, user=user)
    export = ready.first()
    if export is None:
        raise NoSuchExport
    try:
        content = default_storage.open(export.path, "rb")
    except FileNotFoundError as error:
        raise NoSuchExport from error
    ready.update(downloads=F("downloads") + 1, downloaded_at=now)
    return export, content
