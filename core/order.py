"""Places in lists that go on: conditions that run along the index by which a list is ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, F, Func, Value
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual


@dataclass(frozen=True)
class Order:
    """The columns a list is sorted by, all in one direction; the last one is unique."""

    fields: tuple[str, ...]
    descending: bool = True

    def names(self, *, backwards: bool) -> list[str]:
        sign = "-" if self.descending != backwards else ""
        return [sign + field for field in self.fields]

    def at(self, row: Any) -> list[Any]:
        """Where `row` stands in the list."""
        return [getattr(row, field) for field in self.fields]

    def beyond(self, at: Sequence[Any], *, backwards: bool = False) -> GreaterThan | LessThan:
        """The condition for rows behind the place `at`, or before it."""
        # A comparison of rows runs along the index; spelled out with OR it reads hundreds of times as much.
        return (LessThan if self.descending != backwards else GreaterThan)(*self._compared(at))

    def within(self, at: Sequence[Any]) -> GreaterThanOrEqual | LessThanOrEqual:
        """The condition for rows down to the place `at`, and with it."""
        return (GreaterThanOrEqual if self.descending else LessThanOrEqual)(*self._compared(at))

    def _compared(self, at: Sequence[Any]) -> tuple[Any, Any]:
        columns = Func(*[F(field) for field in self.fields], function="ROW", output_field=BooleanField())
        values = Func(*[Value(value) for value in at], function="ROW", output_field=BooleanField())
        return columns, values
