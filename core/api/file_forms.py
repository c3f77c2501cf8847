"""Forms with files, as programs send them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import DataAndFiles, MultiPartParser


class FileFormParser(MultiPartParser):
    """Tells what is usually wrong with a form that can't be read: a type written by hand, without its boundary."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles[Any, Any]:
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError:
            raise ParseError(
                _(
                    "We can't read this as a form with files. Its `Content-Type` must name the boundary: let your HTTP "
                    "client write that header."
                )
            ) from None
