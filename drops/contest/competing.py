"""The acts of agents: claim a seat, let it go, lose it, submit. Each verb takes the drop's row lock first.

Locks are taken in this order: user, what ties them to other accounts, drop. The lock makes look-then-write one step;
the constraints of the tables are the second guard.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agent, User
from accounts.permissions import require_good_standing
from core.errors import Invalid, Refused
from core.live.pubsub import announce
from core.text import fault_in, kept, shows_nothing
from drops.contest import rules
from drops.contest.eligibility import Eligibility
from drops.contest.links import note_evidence, take_signs
from drops.contest.seat_rules import require_seat_beside_linked
from drops.models import Attachment, Claim, Cooldown, Drop, Revision, Submission
from drops.models.claim import SEATS_MAX, ClaimEnd
from drops.packs import PACKS

NOTHING_SEEN = gettext_lazy("Your entry is empty.")
TO_WRITE = gettext_lazy("Write something visible or add a file, then submit again.")


class TooManyRevisions(Refused):
    code = "too_many_revisions"
    message = format_lazy(
        gettext_lazy("An entry can have {most} revisions, and you've used them all."), most=settings.REVISIONS_MAX
    )
    next_step = gettext_lazy("The latest of them counts.")


def lease_seconds(window_seconds: int) -> float:
    """How long a seat is held for a first submission."""
    return max(settings.CLAIM_LEASE_SECONDS_MIN, settings.CLAIM_LEASE_WINDOW_SHARE * window_seconds)


@transaction.atomic
def claim_drop(*, drop_id: UUID, agent: User, now: datetime, profile: Agent | None = None) -> Claim:
    """Seat `agent` on the drop, in a free seat whose number says nothing about who came first.

    Raises DropNotOpen or WindowOver outside the window, OwnDrop, AlreadyClaimed, DropFull, TooManyClaims,
    OneSeatUntilProven, SeatsOfLinked, ForProvenAgents, Suspended, and CoolingDown with `retry_at`. The lease ends with
    the window at the latest.
    """
    # One claim at a time for each agent, or two requests could both pass the limit on active seats.
    agent = User.objects.lock(agent.pk)
    # And one for all that seem to be one person's, who may be at several drops.
    take_signs(agent)
    drop = Drop.objects.lock(drop_id)
    _lapse_overdue(drop, now)
    eligibility = Eligibility.of(agent, [drop], now)
    rules.check_claim(drop, eligibility)
    note_evidence(agent, now)
    require_seat_beside_linked(eligibility)
    taken = set(drop.claims.active().values_list("seat", flat=True))
    seat = secrets.choice([seat for seat in range(1, SEATS_MAX + 1) if seat not in taken])
    lease_over = now + timedelta(seconds=lease_seconds(drop.window_seconds))
    claim = Claim.objects.create(
        drop=drop,
        user=agent,
        agent=profile,
        seat=seat,
        lease_expires_at=min(lease_over, drop.bell),
        created_at=now,
    )
    _count(drop, claims_count=F("claims_count") + 1)
    return claim


@transaction.atomic
def release_claim(*, drop_id: UUID, agent: User, now: datetime) -> Claim:
    """Let a seat go before a first submission. How long its agent then cools down is `Eligibility.cooldown_end`."""
    drop = Drop.objects.lock(drop_id)
    eligibility = Eligibility.of(agent, [drop], now)
    rules.check_release(drop, eligibility)
    claim = eligibility.claims[drop.pk]
    _end_claim(drop, claim, ClaimEnd.RELEASED, now=now, cooldown_until=eligibility.cooldown_end(drop))
    return claim


@transaction.atomic
def lapse_claim(*, claim: Claim, now: datetime) -> bool:
    """Free a seat whose lease ran out with nothing submitted. False where somebody was quicker."""
    drop = Drop.objects.lock(claim.drop_id)
    overdue = Claim.objects.lease_over(now).filter(pk=claim.pk).first()
    if overdue is not None:
        _lapse(drop, overdue, now)
    return overdue is not None


def _lapse_overdue(drop: Drop, now: datetime) -> None:
    """By the clock a lapsed seat is free at once, however late the sweep comes by."""
    for claim in Claim.objects.lease_over(now).filter(drop=drop):
        _lapse(drop, claim, now)


def _lapse(drop: Drop, claim: Claim, now: datetime) -> None:
    _end_claim(drop, claim, ClaimEnd.LAPSED, now=now, cooldown_until=drop.bell)


def follow_bell(*, drop: Drop, old_bell: datetime) -> None:
    """Let leases that `old_bell` cut short run on, and cooldowns for the rest of the window last as long as it does.

    Runs inside the caller's transaction, under the drop's lock.
    """
    held_for = timedelta(seconds=lease_seconds(drop.window_seconds))
    for claim in drop.claims.active().filter(lease_expires_at=old_bell):
        claim.lease_expires_at = min(claim.created_at + held_for, drop.bell)
        claim.save(update_fields=["lease_expires_at"])
    drop.cooldowns.filter(expires_at=old_bell).update(expires_at=drop.bell)


def free_seats_of_suspended(*, agent: User, now: datetime) -> int:
    """End `agent`'s seats in open windows that hold no submission; entries already made are judged like any other, and
    what was ticked to go in at a bell that has rung goes in.

    Runs inside the caller's transaction. Returns how many seats came free.
    """
    unused = Claim.objects.of(agent).active().filter(drop__status="open", submission__isnull=True)
    # However late a drop is closed, its bell has ended what can still be taken from anybody.
    unused = unused.filter(drop__window_closes_at__gt=now)
    freed = 0
    for drop_id in unused.order_by("drop_id").values_list("drop_id", flat=True):
        drop = Drop.objects.lock(drop_id)
        # Asked again under the lock: an entry may have come in meanwhile.
        for claim in unused.filter(drop=drop):
            _end_claim(drop, claim, ClaimEnd.SUSPENDED, now=now, cooldown_until=drop.bell)
            freed += 1
    return freed


def _end_claim(drop: Drop, claim: Claim, reason: ClaimEnd, *, now: datetime, cooldown_until: datetime) -> None:
    claim.ended_at, claim.end_reason, claim.lease_expires_at = now, reason, None
    claim.save(update_fields=["ended_at", "end_reason", "lease_expires_at"])
    Cooldown.objects.update_or_create(
        user_id=claim.user_id,
        drop=drop,
        defaults={"expires_at": cooldown_until},
        create_defaults={"expires_at": cooldown_until, "created_at": now},
    )
    _count(drop, claims_count=F("claims_count") - 1)


def _count(drop: Drop, **counts: Combinable) -> None:
    # `updated_at` stays: a submission's time is sealed, and the counts are all that is live.
    Drop.objects.filter(pk=drop.pk).update(**counts)
    announce([drop.pk])
    drop.refresh_from_db()


@transaction.atomic
def submit_entry(
    *,
    drop_id: UUID,
    agent: User,
    body: str,
    now: datetime,
    attachments: Sequence[Attachment] = (),
    idempotency_key: str | None = None,
) -> Revision:
    """Store the next revision of the agent's entry; the latest one counts. Returns it as the receipt.

    Accepted up to the last microsecond before `window_closes_at`. Raises WindowOver or DropNotOpen, NoSeat,
    SeatLapsed, TooManyRevisions, Suspended, and Invalid naming the fields at fault.
    """
    require_good_standing(agent)
    # Before it is measured and digested: of one text, all doors give the same receipt.
    body = kept(body) if isinstance(body, str) else body
    # Without this lock the bell could fall between the check and the insert, and the entry would never be judged.
    drop = Drop.objects.lock(drop_id)
    repeated = find_revision(idempotency_key)
    if repeated is not None:
        return repeated
    eligibility = Eligibility.of(agent, [drop], now)
    rules.check_submit(drop, eligibility)
    require_valid_entry(drop, agent, body, attachments)
    submission = _entry_of(drop, eligibility.claims[drop.pk], now)
    number = submission.revisions.count() + 1
    if number > settings.REVISIONS_MAX:
        raise TooManyRevisions
    revision = Revision.objects.create(
        submission=submission,
        number=number,
        body=body,
        sha256=receipt_sha256(body, attachments),
        received_at=now,
        idempotency_key=idempotency_key,
    )
    revision.attachments.set(attachments)
    submission.counting = revision
    submission.save(update_fields=["counting"])
    return revision


def find_revision(idempotency_key: str | None) -> Revision | None:
    """Return the revision that was received under this key, if any."""
    return Revision.objects.filter(idempotency_key=idempotency_key).first() if idempotency_key else None


def _entry_of(drop: Drop, claim: Claim, now: datetime) -> Submission:
    """The claim's entry; making it keeps the seat for good."""
    if hasattr(claim, "submission"):
        return claim.submission
    submission = Submission.objects.create(drop=drop, claim=claim, user_id=claim.user_id, created_at=now)
    Claim.objects.filter(pk=claim.pk).update(lease_expires_at=None)
    _count(drop, submissions_count=F("submissions_count") + 1)
    return submission


def text_fault(body: object, *, required: bool) -> str | None:
    """Return why an entry can't have this text; None if it can. It is `required` of an entry without files."""
    return fault_in(body, chars_max=settings.SUBMISSION_CHARS_MAX, required=required)


def require_valid_entry(
    drop: Drop, agent: User, body: str, attachments: Sequence[Attachment], *, is_draft: bool = False
) -> None:
    """Raise Invalid, naming the fields, for what can be no entry to this drop; a draft may have nothing in it yet."""
    errors = {}
    if fault := text_fault(body, required=not attachments and not is_draft):
        errors["body"] = NOTHING_SEEN if shows_nothing(body) else fault
    files_max = PACKS[drop.pack].files_max
    if len(attachments) > files_max:
        errors["attachments"] = _("This pack takes at most {most} files; these are {attachments}.").format(
            most=files_max, attachments=len(attachments)
        )
    elif any(attachment.owner_id != agent.pk for attachment in attachments):
        errors["attachments"] = _("One of these files is not yours, or does not exist.")
    if errors:
        raise Invalid(errors, next_step=TO_WRITE if "body" in errors and shows_nothing(body) else None)


def receipt_sha256(body: str, attachments: Sequence[Attachment] = ()) -> str:
    """SHA-256, in hex, of the body's UTF-8; each file appends a line break and its own SHA-256 in hex."""
    digest = hashlib.sha256(body.encode())
    for attachment in attachments:
        digest.update(b"\n" + attachment.sha256.encode())
    return digest.hexdigest()
