"""Taking away what nobody needs any more: drops never paid for, drafts of old ones, files of nothing, sessions.

Each row is a transaction of its own, so that a night's work may end anywhere. Files go after the commit that took their
row: the other way round, a crash would leave a file that is promised and not there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.sessions import SessionStore
from drops.models import Attachment, Cleaning, Draft, Drop
from drops.models.cleaning import Cleaned


class StillNeeded(Refused):
    code = "still_needed"
    message = _("Somebody has come to need this meanwhile.")


def purge_drops_before(now: datetime) -> datetime:
    """Return when a drop that was never paid for must have ended to be taken away now."""
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
    """Delete a drop that ended long ago without ever having been paid for. Its files are orphans then."""
    old = Drop.objects.never_paid(before=purge_drops_before(now)).filter(pk=drop_id)
    drop = old.select_for_update(of=("self",)).first()
    if drop is None:
        raise StillNeeded
    drop.delete()
    Cleaning.objects.add(Cleaned.DROPS, 1, now=now)


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
    file.delete(save=False)


def purge_sessions(*, now: datetime) -> int:
    """Delete the sessions that are over, with what strangers had typed into a new drop. Returns how many."""
    over = Session.objects.filter(expire_date__lt=now).count()
    SessionStore.clear_expired()
    Cleaning.objects.add(Cleaned.SESSIONS, over, now=now)
    return over
