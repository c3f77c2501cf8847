"""The loop of every periodic task: one verb per row, and a row that fails does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from core.errors import Refused

log = logging.getLogger(__name__)


def each(rows: Iterable[Any], verb: Callable[[Any], object]) -> int:
    """Call `verb` for each row (or its key) and return how often it was done.

    One that cannot be handled is named in the log, by its key, and must not stop the others.
    """
    done = 0
    for row in rows:
        try:
            verb(row)
            done += 1
        except Refused as refusal:
            log.info("row had moved on", extra={"row": str(getattr(row, "pk", row)), "code": refusal.code})
        except Exception:
            log.exception("row failed", extra={"row": str(getattr(row, "pk", row))})
    return done
