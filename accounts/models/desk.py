"""Notes that moderators write about a person for each other."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import APPEND_ONLY


class Note(models.Model):
    """Something one of the staff knows of somebody that the next should know. Append-only by trigger; its subject never
    reads it."""

    about = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes_about")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=2000)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        indexes = [models.Index(fields=["about", "-id"], name="note_newest")]
        triggers = [pgtrigger.Protect(name="note_is_append_only", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return self.text[:80]
