"""The admin's lists where there are millions of rows: no count reads them all, and no page is reached by
skipping more than are counted.

Behind that bound a list goes on from its last row, along the index that orders it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from core.order import Order

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    RowPaginator = Paginator[Any]
else:  # Django's own classes take no type arguments while they run.
    ModelAdmin = admin.ModelAdmin
    RowPaginator = Paginator

ROWS_COUNTED_MAX = 10_000
# In the address: the row behind which the list goes on.
BEHIND_VAR = "behind"


class BoundedPaginator(RowPaginator):
    """Counts to `ROWS_COUNTED_MAX`; `goes_on` is whether there is more."""

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: ROWS_COUNTED_MAX + 1].count())

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        return min(self._counted, ROWS_COUNTED_MAX)

    @property
    def goes_on(self) -> bool:
        return self._counted > ROWS_COUNTED_MAX


class LongChangeList(ChangeList):
    """A list that goes on `behind` a row, and whose facets are those of its newest rows."""

    order: Order | None = None

    def get_filters_params(self, params: Any = None) -> Any:
        return {name: value for name, value in super().get_filters_params(params).items() if name != BEHIND_VAR}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        rows = super().get_queryset(request, exclude_parameters)
        self.order = order_of(rows)
        if self.order and (behind := self.params.get(BEHIND_VAR)):
            rows = rows.filter(self.order.beyond(self._place_of(behind, self.order)))
        # Facets ask for the rows without one filter each, and would count all of them for every choice.
        return rows if exclude_parameters is None or not self.order else first_of(rows, self.order)

    def _place_of(self, pk: str, order: Order) -> list[Any]:
        try:
            row = self.root_queryset.filter(pk=pk).first()
        except (ValidationError, ValueError) as error:
            raise IncorrectLookupParameters(error) from error
        if row is None:
            raise IncorrectLookupParameters
        return order.at(row)

    @property
    def behind_url(self) -> str:
        """Where the list goes on behind its last page; empty on every other page."""
        is_last = self.page_num == self.paginator.num_pages
        if not (self.order and is_last and self.paginator.goes_on):
            return ""
        return str(self.get_query_string({BEHIND_VAR: list(self.result_list)[-1].pk}))

    @property
    def begins_url(self) -> str:
        """Back to where the list begins; empty there."""
        return str(self.get_query_string(remove=[BEHIND_VAR])) if BEHIND_VAR in self.params else ""


def order_of(rows: QuerySet[Any]) -> Order | None:
    """Return what rows are ordered by, if it is of the rows alone, in one direction, and unique at last; else None."""
    names = [name for name in rows.query.order_by if isinstance(name, str)]
    if len(names) < len(rows.query.order_by):
        return None
    directions, options = {name.startswith("-") for name in names}, rows.model._meta
    fields = [name.removeprefix("-") for name in names]
    fields = [options.pk.name if field == "pk" else field for field in fields]
    columns = {field.name: field for field in options.concrete_fields if not field.null}
    if len(directions) != 1 or not columns.keys() >= set(fields) or not columns[fields[-1]].unique:
        return None
    return Order(tuple(fields), descending=directions == {True})


def first_of(rows: QuerySet[Any], order: Order) -> QuerySet[Any]:
    """The first rows of a list, as many as are counted, as a condition, so that they can be narrowed still."""
    last = list(rows.values_list(*order.fields)[ROWS_COUNTED_MAX - 1 : ROWS_COUNTED_MAX])
    return rows.filter(order.within(last[0])) if last else rows


class LongLists(ModelAdmin):
    """Gives a page such lists. They are sorted anew by nothing that has no index."""

    paginator = BoundedPaginator

    def narrow(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return those of `rows` that whoever looks may read; pages that count them for a list ask it too."""
        return rows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.narrow(request, super().get_queryset(request))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LongChangeList

    def get_sortable_by(self, request: HttpRequest) -> list[Any]:
        """Return the columns that some index begins with; a million rows are not sorted for a page of fifty."""
        begun = {
            index.fields_orders[0][0] for index in self.opts.indexes if index.fields_orders and not index.condition
        }
        columns: dict[str, Any] = {field.name: field for field in self.opts.concrete_fields if not field.is_relation}
        begun |= {name for name, field in columns.items() if field.unique or field.db_index}
        return [name for name in super().get_sortable_by(request) if name in begun & columns.keys()]
