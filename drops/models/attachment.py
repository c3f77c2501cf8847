"""A file somebody uploaded: input of a drop, or part of an entry."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from drops.models.takedown import Takedown, in_sight

if TYPE_CHECKING:
    from accounts.models import User


ATTACHMENTS = "attachments"


def storage_path(attachment: Attachment, filename: str) -> str:
    """Where the bytes lie: by id alone, because a stranger's file name is not a path."""
    return f"{ATTACHMENTS}/{attachment.pk.hex[:2]}/{attachment.pk}"


class AttachmentQuerySet(models.QuerySet[Any]):
    def readable_by(self, user: User | None) -> AttachmentQuerySet:
        """One's own; a drop's input where the drop is visible; an entry's files where its text is readable, and
        to the sender while they compare the entries. One that staff took out of sight is its owner's alone."""
        from drops.models.drop import Drop
        from drops.models.submission import Submission

        inputs = Q(input_of__in=Drop.objects.visible_to(user).values("pk"))
        entries = Q(revisions__counts_for__in=Submission.objects.readable_by(user).values("pk"))
        if user is None or not user.is_authenticated:
            return self.filter(inputs | entries).in_sight().distinct()
        if user.moderates:
            return self
        compared = Submission.objects.filter(drop__in=Drop.objects.sent_by(user).waiting_for_sender())
        picks = Q(revisions__counts_for__in=compared.values("pk"))
        return self.filter(Q(owner=user) | ((inputs | entries | picks) & in_sight("attachment"))).distinct()

    def in_sight(self) -> AttachmentQuerySet:
        """Files that staff did not take out of sight."""
        return self.filter(in_sight("attachment"))

    def listed_for(self, user: User | None) -> AttachmentQuerySet:
        """Those of the files that `user` is shown: what is out of sight is listed to its owner alone, saying why."""
        return self._listed(Q(owner=user.pk) if user is not None else Q(pk=None))

    def listed_for_id(self, user_id: UUID) -> AttachmentQuerySet:
        """As `listed_for`, for somebody with an account."""
        return self._listed(Q(owner=user_id))

    def _listed(self, mine: Q) -> AttachmentQuerySet:
        standing = Takedown.objects.standing().filter(attachment=OuterRef("pk"))
        return self.filter(mine | in_sight("attachment")).annotate(hidden_reason=Subquery(standing.values("told")))

    def unattached(self) -> AttachmentQuerySet:
        """Files that belong to no drop, no entry and no draft of one yet."""
        return self.filter(input_of__isnull=True, revisions__isnull=True, drafts__isnull=True)


class Attachment(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attachments")
    file = models.FileField(upload_to=storage_path, max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    charset = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text=_("of text: how it was saved; none in older rows"),
    )
    size = models.PositiveIntegerField(help_text=_("bytes"))
    sha256 = models.CharField(max_length=64)
    idempotency_key = models.CharField(max_length=300, null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__lte=settings.FILE_BYTES_MAX), name="attachment_size_in_bounds")
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="attachment_newest")]

    def __str__(self) -> str:
        # Never the name: it may belong to a sealed entry, and this string shows up in titles and messages.
        return f"file {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("attachment", args=[self.pk])

    @property
    def full_type(self) -> str:
        """Return the media type with the encoding, as HTTP has it."""
        return f"{self.content_type}; charset={self.charset}" if self.charset else self.content_type

    @property
    def is_text(self) -> bool:
        return self.content_type == "text/plain"
