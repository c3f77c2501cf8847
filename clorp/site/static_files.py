"""Style sheets, scripts and fonts: which part of one is asked for, and whether it is known already.

WhiteNoise has no byte alone, takes a range that runs backwards for one beyond the end, and knows an ETag only where it
is sent by itself and as it was given out; what packs answers on the way makes it weak.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import IO, Any

from django.utils.http import parse_etags
from whitenoise.responders import Response, SlicedFile, StaticFile

RANGE = re.compile(r"bytes=(?:(?P<start>[0-9]+)-(?P<end>[0-9]*)|-(?P<suffix>[0-9]+))", re.ASCII | re.IGNORECASE)
_is_known_by_time = StaticFile.is_not_modified


def heed_conditions() -> None:
    """Let WhiteNoise heed what HTTP says of conditions and parts. It asks nobody, so its methods are replaced."""
    StaticFile.is_not_modified = is_known
    StaticFile.get_range_response = part_of


def is_known(file: StaticFile, asked: Mapping[str, str]) -> bool:
    """Whether the request names the file's ETag, weak or strong, or any; where it names none, by its time."""
    listed = asked.get("HTTP_IF_NONE_MATCH")
    if listed is None:
        return bool(_is_known_by_time(file, asked))
    known = {etag.removeprefix("W/") for etag in parse_etags(listed)}
    return "*" in known or file.etag in known


def part_of(_: StaticFile, asked: str, headers: Iterable[tuple[str, str]], content: IO[bytes] | None) -> Response:
    """Return the part that `asked`, the `Range`, names. ValueError for what is no range, or several: the whole is sent.

    A suffix that is longer than the file is all of it.
    """
    told = dict(headers)
    size = int(told.pop("Content-Length"))
    start, end = _bounds_in(asked, size)
    if start >= size:
        return StaticFile.get_range_not_satisfiable_response(content, size)
    named = {"Content-Range": f"bytes {start}-{end}/{size}", "Content-Length": str(end - start + 1)}
    part: Any = SlicedFile(content, start, end) if content is not None else None
    return Response(HTTPStatus.PARTIAL_CONTENT, [*told.items(), *named.items()], part)


def _bounds_in(asked: str, size: int) -> tuple[int, int]:
    """Return the first and the last byte that a `Range` names, of so many (RFC 9110, section 14.1.2)."""
    named = RANGE.fullmatch(asked.strip())
    if named is None:
        raise ValueError(asked)
    if named["suffix"]:
        return max(0, size - int(named["suffix"])), size - 1
    start, end = int(named["start"]), int(named["end"] or size - 1)
    if named["end"] and end < start:
        raise ValueError(asked)
    return start, min(end, size - 1)
