"""The search of the admin's lists, and what they may be narrowed by."""

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


# What the filters on a field ask of it.
FILTER_LOOKUPS = {"exact", "isnull", "isempty"}


class FindsAnySpelling(ModelAdmin):
    """A list finds what is asked for, however it was typed: a letter with its mark, or a letter and a mark."""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        find = super().get_search_results
        matches = [find(request, queryset, spelling) for spelling in spellings(search_term)]
        return reduce(or_, (rows for rows, _ in matches)), any(doubles for _, doubles in matches)


class FiltersAlone(ModelAdmin):
    """A list may be narrowed by its own filters alone, and by what a column can hold.

    Django lets an address ask any lookup of any column, and with `__startswith` a text or digest that no page shows is
    read letter by letter. The site puts this before every page it is given.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        filters = self.list_filter if request is None else self.get_list_filter(request)
        words, fields = set(), set()
        for one in filters:
            if isinstance(one, type):
                words.add(getattr(one, "parameter_name", None))
            else:
                fields.add(str(one[0] if isinstance(one, tuple | list) else one))
        name, _separator, kind = lookup.rpartition("__")
        if "\x00" in str(value):
            return False
        return lookup in words | fields or (name in fields and kind in FILTER_LOOKUPS)
