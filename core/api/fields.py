"""Strict types for what comes in: nothing is made into something that it was not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from core.text import kept
from core.words import Words


class Whole(serializers.IntegerField):
    """A whole number, which to JSON Schema 5.0 is as well as 5; not 5.5, not "5", not true.

    `told` are the bounds that its verb keeps, for the reference; None for a side that has none.
    """

    def __init__(self, *, told: tuple[int | None, int | None] = (None, None), **options: Any) -> None:
        super().__init__(**options)
        self.told = told

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int and not (type(data) is float and data.is_integer()):
            self.fail("invalid")
        return int(data)


class Text(serializers.CharField):
    """A text as it is kept: what shows nothing is empty. Its length is for the verb to judge.

    `told` is what its verb takes, for the reference: at least and at most so many characters.
    """

    def __init__(self, *, told: tuple[int, int | None] = (0, None), **options: Any) -> None:
        super().__init__(trim_whitespace=False, **{"allow_blank": True, **options})
        self.told = told

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return self.in_form(data)

    def in_form(self, text: str) -> str:
        return kept(text)


class Verbatim(Text):
    """A text that a program reads and no person, such as a password: to the character as it came."""

    def in_form(self, text: str) -> str:
        return text


class OneOf(Text):
    """One of several names, which its verb judges; the reference tells them."""

    def __init__(self, names: Iterable[str], **options: Any) -> None:
        super().__init__(**options)
        self.names = [*names]


class Flag(serializers.BooleanField):
    """true or false; not "yes", not 1."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Id(serializers.UUIDField):
    """One of our ids, as the text it was given out as."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """An RFC 3339 time."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid", format=_("RFC 3339, such as 2030-01-31T12:00:00Z"))
        return super().to_internal_value(data)


class Body(serializers.Serializer[Any]):
    # What comes in. Where the shape of a field is wrong, what its verb would say of the others is told with it; where
    # all shapes are right the verb says it itself, in its own order. `sense_faults` may ask for the context's `caller`.
    # The context's `faults_besides` are those of the request outside its body, such as a header: told with the body's.
    # No docstring: the reference would show it as that of every body.

    default_error_messages = {
        "invalid": gettext_lazy("Send one JSON object."),
        "null": gettext_lazy("Send one JSON object."),
    }

    def sense_faults(self, wanted: dict[str, Any]) -> Mapping[str, Words]:
        """Return what the verb would refuse in `wanted`, which lacks what is missing or wrong in shape: by field."""
        return {}

    def to_internal_value(self, data: Any) -> Any:
        # What is read within another body shares its context, but not the request's other faults.
        besides: dict[str, str] = self.context.get("faults_besides", {}) if self.parent is None else {}
        try:
            wanted = super().to_internal_value(data)
            wrong: dict[str, Any] = {}
        except ValidationError as error:
            if not isinstance(data, Mapping):
                raise
            wrong = error.detail  # type: ignore[assignment]  # that of a serializer is by field
        if not wrong and not besides:
            return wanted
        rest = {name: value for name, value in data.items() if name not in wrong}
        right = type(self)(data=rest, partial=True, context={**self.context, "faults_besides": {}})
        right.is_valid(raise_exception=True)
        told = {**self.sense_faults(right.validated_data), **besides}
        sense = {name: [ErrorDetail(str(text), "invalid")] for name, text in told.items() if name not in wrong}
        both = {**wrong, **sense}
        # In the fields' own order, as a person would go through them.
        raise ValidationError({name: both[name] for name in (*self.fields, *both) if name in both})
