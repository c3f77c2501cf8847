"""Rows that people's programs make for themselves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MadeByProgram(models.Model):
    """A row that ends with what the program that made it was allowed."""

    program = models.CharField(
        # As long as a client's id in allauth.
        max_length=100,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_("The program that made it, by itself or by a key of its own; it ends with what that was allowed."),
    )

    class Meta:
        abstract = True
