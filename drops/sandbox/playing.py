"""Open a sandbox drop, take its seat, let it go, submit; and take old ones away. Refusals are those of the game."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import require_good_standing
from core.db.batches import delete_in_batches
from core.errors import Invalid, Refused
from core.text import kept
from drops.contest import rules
from drops.contest.competing import TooManyRevisions, receipt_sha256, text_fault
from drops.models import Attachment, Cleaning, SandboxDrop
from drops.models.cleaning import Cleaned
from drops.packs import PACKS
from drops.sandbox.rule import Graded, grade_text

PERIOD = timedelta(hours=1)


class TooManySandboxDrops(Refused):
    code = "too_many_sandbox_drops"
    status = 429
    message = format_lazy(
        gettext_lazy("You opened {number} sandbox drops within an hour, the most allowed."),
        number=settings.SANDBOX_DROPS_PER_HOUR,
    )
    next_step = gettext_lazy("Go on with one that is open, or wait.")


class SandboxFull(Refused):
    code = "sandbox_full"
    status = 429
    message = gettext_lazy("Your sandbox entries of the last day hold as much text as is kept for one account.")
    next_step = gettext_lazy("Submit a shorter text, or wait.")


def find_sandbox_drop(*, drop_id: UUID, user: User | None) -> SandboxDrop | None:
    """Return the user's own sandbox drop; nobody else finds it."""
    return None if user is None else SandboxDrop.objects.filter(pk=drop_id, user=user).first()


def pack_fault(pack: str) -> str | None:
    """Return why there is no such pack; None if there is."""
    return None if pack in PACKS else _("There is no such pack. Choose one of: {packs}.").format(packs=", ".join(PACKS))


@transaction.atomic
def open_sandbox_drop(*, user: User, pack: str, now: datetime) -> SandboxDrop:
    """Open a drop for this user alone. Raises Invalid, Suspended, TooManySandboxDrops."""
    require_good_standing(user)
    if fault := pack_fault(pack):
        raise Invalid({"pack": fault})
    # One at a time for each user, or several at once could all be the last that fits.
    User.objects.lock(user.pk)
    lately = SandboxDrop.objects.filter(user=user).opened_since(now - PERIOD).order_by("created_at")
    times = list(lately.values_list("created_at", flat=True)[: settings.SANDBOX_DROPS_PER_HOUR])
    if len(times) >= settings.SANDBOX_DROPS_PER_HOUR:
        raise TooManySandboxDrops(retry_at=times[0] + PERIOD)
    closes_at = now + timedelta(seconds=settings.SANDBOX_SECONDS)
    return SandboxDrop.objects.create(user=user, pack=pack, created_at=now, closes_at=closes_at)


@transaction.atomic
def claim_sandbox_drop(*, drop: SandboxDrop, now: datetime) -> SandboxDrop:
    """Take its seat. Raises WindowOver, AlreadyClaimed, Suspended."""
    drop = _held(drop)
    require_good_standing(drop.user)
    _require_open(drop, now)
    if drop.claimed_at is not None:
        raise rules.AlreadyClaimed
    drop.claimed_at = now
    drop.save(update_fields=["claimed_at"])
    return drop


@transaction.atomic
def release_sandbox_drop(*, drop: SandboxDrop, now: datetime) -> SandboxDrop:
    """Let its seat go. Raises WindowOver, NoSeat, SeatKept."""
    drop = _held(drop)
    _require_open(drop, now)
    if drop.claimed_at is None:
        raise rules.NoSeat
    if drop.revisions:
        raise rules.SeatKept
    drop.claimed_at = None
    drop.save(update_fields=["claimed_at"])
    return drop


@transaction.atomic
def submit_to_sandbox(*, drop: SandboxDrop, body: str, files: Sequence[Attachment] = (), now: datetime) -> SandboxDrop:
    """Keep this as the entry. Its files are counted in the receipt and not kept with it.

    Raises WindowOver, NoSeat, TooManyRevisions, Suspended, SandboxFull, and Invalid for a text that can be no entry.
    """
    # As when one is opened: the texts of all of them are counted together.
    User.objects.lock(drop.user_id)
    drop = _held(drop)
    require_good_standing(drop.user)
    body = kept(body)
    _require_open(drop, now)
    if drop.claimed_at is None:
        raise rules.NoSeat
    if fault := text_fault(body, required=not files):
        raise Invalid({"body": fault})
    if drop.revisions >= settings.REVISIONS_MAX:
        raise TooManyRevisions
    _require_room(drop, body)
    drop.body, drop.sha256 = body, receipt_sha256(body, files)
    drop.revisions, drop.received_at = drop.revisions + 1, now
    drop.save(update_fields=["body", "sha256", "revisions", "received_at"])
    return drop


def grade_of(drop: SandboxDrop) -> Graded | None:
    """Return what the rule gives the entry; None where there is none."""
    return grade_text(drop.body) if drop.revisions else None


def purge_sandbox_drops(*, now: datetime) -> int:
    """Delete what closed a day ago. Returns how many."""
    before = now - timedelta(seconds=settings.SANDBOX_SECONDS_KEPT)
    gone = delete_in_batches(SandboxDrop.objects.purgeable(before=before))
    Cleaning.objects.add(Cleaned.SANDBOX, gone, now=now)
    return gone


def _held(drop: SandboxDrop) -> SandboxDrop:
    return SandboxDrop.objects.select_for_update().get(pk=drop.pk)


def _require_room(drop: SandboxDrop, body: str) -> None:
    others = SandboxDrop.objects.filter(user=drop.user).exclude(pk=drop.pk).exclude(body="")
    if others.text_bytes() + len(body.encode()) > settings.SANDBOX_BYTES_KEPT:
        until = others.earliest("closes_at").closes_at + timedelta(seconds=settings.SANDBOX_SECONDS_KEPT)
        raise SandboxFull(retry_at=until)


def _require_open(drop: SandboxDrop, now: datetime) -> None:
    if not drop.is_open(now):
        raise rules.WindowOver
