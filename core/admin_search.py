"""The search of the admin's lists."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.text import spellings

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:  # Django's own class takes no type arguments while it runs.
    ModelAdmin = admin.ModelAdmin


class FindsAnySpelling(ModelAdmin):
    """A list finds what is asked for, however it was typed: a letter with its mark, or a letter and a mark."""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        find = super().get_search_results
        matches = [find(request, queryset, spelling) for spelling in spellings(search_term)]
        return reduce(or_, (rows for rows, _ in matches)), any(doubles for _, doubles in matches)
