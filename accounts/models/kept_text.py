"""Texts that were typed before they could be sent."""

from __future__ import annotations

from uuid import uuid4

from django.db import models


class KeptText(models.Model):
    """Fields of a form that wait until whoever typed them has signed in. Their session alone holds the key.

    `whose` is a digest of an account or an address, and which of the two: it bounds how much each may leave, and says
    nothing else.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    whose = models.CharField(max_length=64)
    fields = models.TextField()
    # Of `fields`, in bytes.
    size = models.PositiveIntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["whose"], name="kept_text_whose"),
            models.Index(fields=["expires_at"], name="kept_text_expires"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
