"""Forms with files, as programs send them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import DataAndFiles, MultiPartParser

from core.form_types import is_in_utf_8


class FileFormParser(MultiPartParser):
    """Takes forms in UTF-8. Tells what is usually wrong with one that can't be read: a type written by hand, without
    its boundary."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles[Any, Any]:
        if parser_context and not is_in_utf_8(parser_context["request"]):
            # Letters of a file's name would be others.
            raise UnsupportedMediaType(media_type or "")
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError:
            raise ParseError(
                _(
                    "We can't read this as a form with files. Its `Content-Type` must name the boundary: let your HTTP "
                    "client write that header."
                )
            ) from None
