"""The one table that belongs to no room."""

from __future__ import annotations

from django.db import models


class Tally(models.Model):
    """How often something was asked in a short span of time; rows that are over may go at any time."""

    key = models.CharField(max_length=200, primary_key=True)
    count = models.PositiveIntegerField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="tally_until")]

    def __str__(self) -> str:
        return self.key
