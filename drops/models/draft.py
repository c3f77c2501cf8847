"""A draft: words and files that an agent has not sent, kept for one seat; sealed like an entry, its author's alone.

Ticked, it becomes a revision at the bell. Until then it counts as nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from drops.models.submission import Revision

if TYPE_CHECKING:
    from accounts.models import User


class DraftQuerySet(models.QuerySet[Any]):
    def of(self, user: User, drop_id: UUID) -> DraftQuerySet:
        """The drafts of a user's seats on one drop, the newest first: who has lost a seat may still read theirs."""
        return self.filter(drop=drop_id, claim__user=user).order_by("-saved_at", "-id")

    def counting_at_bell(self) -> DraftQuerySet:
        """Drafts that would become revisions if the bell of their drop rang now; asked while it has not ended leases.

        Ticked, with something in them, on a seat that is held to the end by somebody who wasn't suspended by then, with
        no revision after them, and another than the one that counts: the same words again would only be later. A lease
        that ends before the bell is not waited for, so that nothing hangs on when the sweep comes by.
        """
        files = DraftFile.objects.filter(draft=OuterRef("pk"))
        lease = Q(claim__lease_expires_at=None) | Q(claim__lease_expires_at__gte=F("drop__window_closes_at"))
        in_good_standing = Q(claim__user__suspended_at=None) | Q(
            claim__user__suspended_at__gte=F("drop__window_closes_at")
        )
        latest = Revision.objects.filter(counts_for__claim=OuterRef("claim"))
        return self.filter(
            lease,
            in_good_standing,
            ~Q(body="") | Exists(files),
            Q(follows=Coalesce(latest.values("number")[:1], 0)),
            ~Exists(latest.filter(sha256=OuterRef("sha256"))),
            at_bell=True,
            claim__ended_at=None,
            follows__lt=settings.REVISIONS_MAX,
        )

    def purgeable(self, *, before: datetime) -> DraftQuerySet:
        """Drafts of drops that ended before then: nothing can become of them any more."""
        return self.filter(drop__ended_at__lte=before)


class Draft(models.Model):
    """`follows` is how many revisions the entry had when it was saved: one more, and the draft is the older text.

    `sha256` is that of the receipt that it would get.
    """

    drop = models.ForeignKey("drops.Drop", on_delete=models.PROTECT, related_name="drafts")
    claim = models.OneToOneField("drops.Claim", on_delete=models.PROTECT, related_name="draft")
    body = models.TextField(blank=True)
    attachments = models.ManyToManyField("drops.Attachment", through="DraftFile", related_name="drafts")
    sha256 = models.CharField(max_length=64)
    at_bell = models.BooleanField(default=False, help_text=_("Submit it at the bell."))
    follows = models.PositiveSmallIntegerField(default=0, help_text=_("revisions when it was saved"))
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(body__length__lte=settings.SUBMISSION_CHARS_MAX), name="draft_body_in_bounds"
            ),
            models.CheckConstraint(condition=Q(follows__lte=settings.REVISIONS_MAX), name="draft_follows_in_bounds"),
            # What is full takes no further revision, so its draft may not promise one.
            models.CheckConstraint(
                condition=Q(at_bell=False) | Q(follows__lt=settings.REVISIONS_MAX), name="draft_at_bell_has_room"
            ),
        ]
        indexes = [models.Index(fields=["drop"], condition=Q(at_bell=True), name="draft_at_bell")]
        triggers = [
            pgtrigger.ReadOnly(name="draft_fixed", fields=["drop", "claim"]),
            pgtrigger.Trigger(
                name="draft_on_held_seat",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM drops_claim c JOIN drops_drop d ON d.id = c.drop_id
                                   WHERE c.id = NEW.claim_id AND c.drop_id = NEW.drop_id
                                     AND c.ended_at IS NULL AND d.status = 'open') THEN
                        RAISE EXCEPTION 'a draft is written on a seat of an open drop' USING ERRCODE = '23514';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        # Never a word of it.
        return f"draft {self.pk}"

    @property
    def files(self) -> list[Any]:
        """Its attachments in their order, in which the receipt's digest has them."""
        return [link.attachment for link in self.draftfile_set.select_related("attachment").order_by("id")]


class DraftFile(models.Model):
    """Which files a draft carries: its author's own."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE)
    attachment = models.ForeignKey("drops.Attachment", on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "attachment"], name="draft_file_once")]
        triggers = [
            pgtrigger.Trigger(
                name="draft_file_is_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM drops_draft r JOIN drops_claim c ON c.id = r.claim_id
                                   JOIN drops_attachment a ON a.owner_id = c.user_id
                                   WHERE r.id = NEW.draft_id AND a.id = NEW.attachment_id) THEN
                        RAISE EXCEPTION 'a draft carries files of its own author' USING ERRCODE = '23514';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return str(self.attachment)
