"""Rows that the site keeps for its own use: counts of the nightly cleaning, signs that accounts belong together."""

from __future__ import annotations

from django.contrib import admin

from core.admin_base import ReadOnlyAdmin
from drops.models import Cleaning, LinkEvidence


@admin.register(Cleaning)
class CleaningAdmin(ReadOnlyAdmin):
    list_display = ("kind", "rows", "cleaned_at")
    ordering = ("kind",)


@admin.register(LinkEvidence)
class LinkEvidenceAdmin(ReadOnlyAdmin):
    """Digests that two accounts have in common are told by looking for one; what they are made of is kept nowhere."""

    list_display = ("id", "user", "kind", "digest", "created_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("=digest", "^user__email")
    ordering = ("-id",)
