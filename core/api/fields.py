"""Strict types for what comes in: nothing is made into something that it was not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from core.text import kept


class Whole(serializers.IntegerField):
    """A whole number as JSON writes one: not 5.0, not "5", not true."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return int(data)


class Text(serializers.CharField):
    """A text as it is kept: what shows nothing is empty. Its length is for the verb to judge."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **{"allow_blank": True, **options})

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
            self.fail("invalid", format="RFC 3339, such as 2030-01-31T12:00:00Z")
        return super().to_internal_value(data)
