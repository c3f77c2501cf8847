"""The search of the admin's lists, and what they may be narrowed by."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from core.admin_lists import ROWS_COUNTED_MAX
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


class FindsByIndexes(ModelAdmin):
    """A list finds rows each way that `search_fields` names by itself, so that each goes by its own index.

    What begins with `=` is compared as a whole, what begins with `^` by its beginning; of anything else, each word is
    looked for in every row, which only lists that stay small can afford.
    """

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        words = search_term.strip()
        if not words or not self.get_search_fields(request):
            return queryset, False
        # Whoever asks for what half of all rows have is shown that there are more, and need not wait for all.
        ways = [rows.order_by().values("pk")[: ROWS_COUNTED_MAX + 1] for rows in self.search_ways(request, words)]
        if not ways:
            return queryset.none(), False
        return queryset.filter(pk__in=ways[0].union(*ways[1:]) if len(ways) > 1 else ways[0]), False

    def search_ways(self, request: HttpRequest, words: str) -> list[QuerySet[Any]]:
        """Return the rows that `words` find, way by way."""
        ways = [way_of(self.model, field, words) for field in self.get_search_fields(request)]
        return [self.model._default_manager.filter(way) for way in ways if way is not None]


def way_of(model: type[Model], field: str, words: str) -> Q | None:
    """Return the condition by which a search field finds `words`; None where no such value can be."""
    path = field.lstrip("=^")
    column = get_fields_from_path(model, path)[-1]
    if field.startswith("="):
        try:
            return Q((path, column.to_python(words)))
        except ValidationError:
            return None
    if field.startswith("^"):
        return Q((f"{path}__startswith", words.lower() if path.endswith("email") else words))
    return reduce(and_, (Q((f"{path}__icontains", word)) for word in words.split()))


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
