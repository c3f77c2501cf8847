"""JSON in and out: strict when read, quick when written."""

from __future__ import annotations

import json
from collections import Counter
from typing import IO, Any

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from core.errors import Refused
from core.json import dump
from core.text import apart, cut

JSON_BYTES_MAX = 1024 * 1024


class BodyTooLarge(Refused):
    code = "body_too_large"
    status = 413
    message = gettext_lazy("A JSON body may have at most 1 MiB.")
    next_step = gettext_lazy("Send large texts as files.")


class JsonParser(BaseParser):
    """Strict JSON in UTF-8: no NaN, no lone surrogates, no name twice, no endless nesting, at most 1 MiB.

    A byte order mark before it is passed over (RFC 8259, section 8.1).
    """

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(JSON_BYTES_MAX + 1)
        if len(body) > JSON_BYTES_MAX:
            raise BodyTooLarge
        try:
            # No JSON in UTF-8 begins with a NUL, or has one behind its first sign, as those of two or four bytes do.
            text = (b"\xff" if b"\x00" in body[:2] else body).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ParseError(_("This is not UTF-8, the one encoding of JSON. Save or send it as UTF-8.")) from None
        try:
            read = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise ParseError(_("This is not JSON: {error}.").format(error=error)) from error
        refuse_names_twice(text)
        return read


def refuse_names_twice(text: str) -> None:
    """Raise ParseError where an object of valid JSON has a name twice: programs differ on which of the two counts."""

    def once(pairs: list[tuple[str, Any]]) -> None:
        ((name, count),) = Counter(name for name, _value in pairs).most_common(1) or [("", 0)]
        if count > 1:
            raise ParseError(
                _("This has the name “{name}” twice in one object. Send it once.").format(name=apart(cut(name, 60)))
            )

    try:
        # Numbers are read by the other reader; of endless ones this one would make endless work.
        json.loads(text, object_pairs_hook=once, parse_int=float)
    except RecursionError:
        raise ParseError(_("This is nested too deep.")) from None


class JsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else dump(data)


class EventStreamRenderer(JsonRenderer):
    """Where a view answers with a stream of its own; what is refused instead is JSON as everywhere."""

    media_type = "text/event-stream"
    format = "events"
