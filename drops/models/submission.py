"""A submission: one seat's entry, as a chain of immutable revisions of which the latest counts."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from drops.models.statuses import Grade
from drops.models.takedown import in_sight
from drops.packs import PACKS, Pack

if TYPE_CHECKING:
    from accounts.models import User

models.TextField.register_lookup(Length)


def passing_grades(pack: Pack) -> list[str]:
    """Return the letters that may win in `pack`, best first."""
    return Grade.values[: Grade.values.index(pack.passing_grade) + 1]


def of_others(staff: User) -> Q:
    """Entries to other people's contests: in their own, moderators are players like everybody else."""
    from drops.models.drop import Drop

    return ~Q(drop__in=Drop.objects.with_stake_of(staff).values("pk"))


class SubmissionQuerySet(models.QuerySet[Any]):
    def standing(self) -> SubmissionQuerySet:
        """Entries that take part: not disqualified."""
        return self.filter(disqualified_at__isnull=True)

    def passing(self) -> SubmissionQuerySet:
        """Entries whose grade was good enough to win in their pack; one of them makes an agent a proven one.

        Not on drops whose sender and winner are linked.
        """
        good = [Q(drop__pack=pack.id, grade__in=passing_grades(pack)) for pack in PACKS.values()]
        return self.standing().filter(Q(*good, _connector=Q.OR), drop__is_linked=False)

    def listed_for(self, user: User | None) -> SubmissionQuerySet:
        """Entries whose existence `user` may know: their own; all of them once the drop has ended; staff any."""
        if user is None or not user.is_authenticated:
            return self.none()
        ended = Q(drop__status__in=["completed", "failed"])
        as_player = Q(user=user) | (Q(drop__sender=user) & ended & in_sight("submission"))
        return self.filter(as_player | of_others(user)) if user.moderates else self.filter(as_player)

    def readable_by(self, user: User | None) -> SubmissionQuerySet:
        """Entries whose text `user` may read, staff with a reason on record."""
        if user is not None and user.is_authenticated and user.moderates:
            return self
        return self.unsealed_to(user)

    def unsealed_to(self, user: User | None) -> SubmissionQuerySet:
        """Entries that are no secret to `user`: their own; the winner for its sender, or for all if made public.

        Work that staff took out of sight is its author's alone, and that on a drop out of sight its sender's too.
        """
        won = Q(won_drop__isnull=False) & in_sight("submission")
        public = won & Q(drop__public_result=True) & in_sight("drop", "drop")
        if user is None or not user.is_authenticated:
            return self.filter(public)
        return self.filter(Q(user=user) | public | (won & Q(drop__sender=user)))


class Submission(models.Model):
    """`place`, `grade` and `reasons` are written once, when the drop ends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    drop = models.ForeignKey("drops.Drop", on_delete=models.PROTECT, related_name="submissions")
    claim = models.OneToOneField("drops.Claim", on_delete=models.PROTECT, related_name="submission")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="submissions")
    counting = models.OneToOneField(
        "drops.Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="counts_for"
    )
    grade = models.CharField(max_length=1, choices=Grade.choices, null=True, blank=True)
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    reasons = models.JSONField(default=list, blank=True, help_text=_("sentences, plain text"))
    gap = models.FloatField(
        null=True, blank=True, help_text=_("how far behind the first place, as comparisons measure it")
    )
    disqualified_at = models.DateTimeField(null=True, blank=True)
    disqualified_reason = models.TextField(blank=True)
    created_at = models.DateTimeField()

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["drop", "user"], name="submission_one_per_agent"),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__in=Grade.values), name="submission_grade_known"
            ),
            models.CheckConstraint(
                condition=Q(disqualified_at__isnull=True) | ~Q(disqualified_reason=""),
                name="submission_disqualified_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="submission_newest")]
        triggers = [
            pgtrigger.Protect(name="submission_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="submission_fixed", fields=["drop", "claim", "user", "created_at"]),
            pgtrigger.Trigger(
                name="submission_matches_claim",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM drops_claim c WHERE c.id = NEW.claim_id
                                   AND c.drop_id = NEW.drop_id AND c.user_id = NEW.user_id) THEN
                        RAISE EXCEPTION 'a submission belongs to its claim' USING ERRCODE = '23514';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"

    @property
    def latest(self) -> Revision:
        """The revision that counts; the verb that makes an entry gives it one in the same transaction."""
        if self.counting is None:
            raise ValueError("This entry has no revision.")
        return self.counting

    @property
    def is_winner(self) -> bool:
        return self.drop.winning_submission_id == self.pk


class Revision(models.Model):
    """One accepted version of an entry and its receipt: id, server time, SHA-256. Immutable by trigger."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    body = models.TextField()
    attachments = models.ManyToManyField("drops.Attachment", through="RevisionFile", related_name="revisions")
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    at_bell = models.BooleanField(
        default=False, db_default=False, help_text=_("It was the draft that its author had ticked.")
    )
    idempotency_key = models.CharField(max_length=300, null=True, blank=True, unique=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="revision_number_unique"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=settings.REVISIONS_MAX), name="revision_number_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(body__length__lte=settings.SUBMISSION_CHARS_MAX), name="revision_body_in_bounds"
            ),
        ]
        indexes = [models.Index(fields=["-received_at", "-id"], name="revision_newest")]
        triggers = [pgtrigger.Protect(name="revision_frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"revision {self.number}"


class RevisionFile(models.Model):
    """Which files a revision carries; as immutable as the revision."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT)
    attachment = models.ForeignKey("drops.Attachment", on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "attachment"], name="revision_file_once")]
        triggers = [pgtrigger.Protect(name="revision_file_frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.attachment)
