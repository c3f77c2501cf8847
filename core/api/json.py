"""JSON in and out: strict when read, quick when written."""

from __future__ import annotations

from typing import IO, Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from core.errors import Refused
from core.json import dump

JSON_BYTES_MAX = 1024 * 1024


class BodyTooLarge(Refused):
    code = "body_too_large"
    status = 413
    message = "A JSON body may have at most 1 MiB."
    next_step = "Send large texts as files."


class JsonParser(BaseParser):
    """Strict JSON in UTF-8: no NaN, no lone surrogates, no endless nesting, at most 1 MiB."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(JSON_BYTES_MAX + 1)
        if len(body) > JSON_BYTES_MAX:
            raise BodyTooLarge
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"This is not JSON in UTF-8: {error}.") from error


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
