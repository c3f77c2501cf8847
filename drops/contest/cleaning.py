"""Taking away what nobody needs any more: drops without an agent, drafts of old ones, files of nothing, answers kept
for repeats, sessions, what was typed before signing in.

Each row is a transaction of its own, so that a night's work may end anywhere. Files go after the commit that took their
row: the other way round, a crash would leave a file that is promised and not there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import kept_texts, remembering
from core.db.batches import delete_in_batches
from core.errors import Refused
from core.files import let_go, stored_below
from drops.models import Attachment, Cleaning, Draft, Drop
from drops.models.attachment import ATTACHMENTS
from drops.models.cleaning import Cleaned
from drops.models.headings import heading_of

PATHS_AT_ONCE = 1000


class StillNeeded(Refused):
    code = "still_needed"
    message = _("Somebody has come to need this meanwhile.")


def purge_drops_before(now: datetime) -> datetime:
    """Return when a drop that nobody took a seat on must have ended to be taken away now."""
    return now - timedelta(days=settings.NEVER_PAID_DAYS_KEPT)


def purge_files_before(now: datetime) -> datetime:
    """Return when a file that belongs to nothing must have come to be taken away now."""
    return now - timedelta(seconds=settings.ORPHAN_FILE_SECONDS_MAX)


def purge_drafts_before(now: datetime) -> datetime:
    """Return when a drop must have ended for what its agents had not sent to be taken away now."""
    return now - timedelta(days=settings.DRAFT_DAYS_KEPT)


@transaction.atomic
def purge_draft(*, draft_id: int, now: datetime) -> None:
    """Delete a draft of an entry to a drop that ended long ago. Its files are orphans then."""
    gone, _rest = Draft.objects.purgeable(before=purge_drafts_before(now)).filter(pk=draft_id).delete()
    if not gone:
        raise StillNeeded
    Cleaning.objects.add(Cleaned.DRAFTS, 1, now=now)


@transaction.atomic
def purge_drop(*, drop_id: UUID, now: datetime) -> None:
    """Take away a drop that ended long ago without an agent: all of it, if it was never paid for and is the origin of
    no other. Else its heading stays, for the statement and the rerolls that name it. Its files are orphans then."""
    old = Drop.objects.purgeable(before=purge_drops_before(now)).filter(pk=drop_id)
    drop = old.select_for_update(of=("self",)).first()
    if drop is None:
        raise StillNeeded
    if drop.paid_at is None and not drop.rerolls.exists():
        drop.reports.all().delete()
        drop.delete()
        Cleaning.objects.add(Cleaned.DROPS, 1, now=now)
    else:
        rest: dict[str, Any] = {"prompt": heading_of(None, drop.prompt), "description": None, "env_vars": {}}
        if not Drop.objects.filter(pk=drop.pk).exclude(**rest).update(**rest) and not drop.attachments.exists():
            raise StillNeeded
        drop.attachments.clear()
        Cleaning.objects.add(Cleaned.EMPTIED, 1, now=now)


def note_night(*, now: datetime) -> None:
    """Say that a night looked for what goes row by row, also where nothing went."""
    for kind in (Cleaned.DROPS, Cleaned.EMPTIED, Cleaned.DRAFTS):
        Cleaning.objects.add(kind, 0, now=now)


def let_go_of_settings(drop: Drop) -> None:
    """Forget the settings and files of a drop that has just ended, if nobody ever took a seat on it: agents alone need
    them. Its files are orphans then."""
    if drop.claims.exists():
        return
    if drop.env_vars:
        Drop.objects.filter(pk=drop.pk).update(env_vars={})
        drop.env_vars = {}
    drop.attachments.clear()


def purge_file(*, attachment_id: UUID, now: datetime) -> None:
    """Delete a file that belongs to no drop, no entry and no draft, and then its bytes."""
    with transaction.atomic():
        held = Attachment.objects.select_for_update().filter(pk=attachment_id).first()
        # Asked again once it is held: from now on nothing can be attached to it.
        orphans = Attachment.objects.unattached().filter(created_at__lte=purge_files_before(now))
        if held is None or not orphans.filter(pk=attachment_id).exists():
            raise StillNeeded
        file = held.file
        held.delete()
        Cleaning.objects.add(Cleaned.FILES, 1, now=now)
    let_go(file.storage, str(file.name))


def purge_kept_answers(*, now: datetime) -> int:
    """Delete the answers that are kept for repeated requests and are over, whosever they are. Returns how many."""
    gone = remembering.forget_answers(now=now)
    Cleaning.objects.add(Cleaned.ANSWERS, gone, now=now)
    return gone


def purge_litter(*, now: datetime, files_max: int) -> int:
    """Delete bytes that no row names: of an upload whose process was killed before its row came. Returns how many.

    Old enough that no row can still be on its way.
    """
    storage = Attachment._meta.get_field("file").storage
    before = purge_files_before(now)
    old = (path for path, came_at in stored_below(storage, ATTACHMENTS) if came_at < before)
    gone = 0
    while some := list(islice(old, PATHS_AT_ONCE)):
        named = set(Attachment.objects.filter(file__in=some).values_list("file", flat=True))
        for path in some:
            if path not in named and gone < files_max:
                let_go(storage, path)
                gone += 1
    Cleaning.objects.add(Cleaned.FILES, gone, now=now)
    return gone


def purge_sessions(*, now: datetime) -> int:
    """Delete the sessions that are over, and what was typed before signing in and has had its time; return how many."""
    over, typed = delete_in_batches(Session.objects.filter(expire_date__lt=now)), kept_texts.forget_texts(now=now)
    Cleaning.objects.add(Cleaned.SESSIONS, over, now=now)
    Cleaning.objects.add(Cleaned.TYPED, typed, now=now)
    return over + typed
