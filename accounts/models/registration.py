"""An account that a program opened for itself, until a person adopts its key."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def purgeable(self, *, before: datetime) -> RegistrationQuerySet:
        """Return those that nobody adopted since before then."""
        return self.filter(created_at__lte=before)


class Registration(models.Model):
    """It goes with the provisional account, once its key is adopted or too old."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="registration")
    claim_digest = models.CharField(max_length=64, unique=True, help_text=_("SHA-256 of the link's secret"))
    created_at = models.DateTimeField()

    objects: ClassVar[RegistrationQuerySet] = RegistrationQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"registration of {self.user_id}"
