"""Names of uploads: what a browser or a program called a file reaches us as it was sent."""

from __future__ import annotations

import html
from typing import Any

from django.http.multipartparser import MultiPartParser

from core.text import without_hidden


def keep_joiners() -> None:
    """Let Django's parser, which the API's is too, keep what spells a name.

    It throws away all that doesn't print, and with it the joiners of Persian words and of families of emoji. It asks
    nobody, so its method is replaced. Names are cleaned again where a file is stored.
    """
    MultiPartParser.sanitize_file_name = last_part  # type: ignore[method-assign, assignment]


def last_part(_: Any, sent: str) -> str | None:
    """Return a file's name without its path, controls and what turns it; None where no file was chosen."""
    last = html.unescape(sent).replace("\\", "/").rpartition("/")[2]
    name = " ".join(without_hidden(last).split())
    # Django takes neither for a name, and whoever sent a file meant to.
    return "file" if name in {".", ".."} else name or None
